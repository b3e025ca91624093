// How a client leaves: it ends what it sends, or is gone while its answer is made; and how it is left.
#include <algorithm>
#include <utility>

#include "io/http/server/session.h"

namespace racesim::http {

// The client sends no more; it may still wait for its answers.
void Session::on_end_of_input() {
  input_ended_ = true;
  if (at_ == At::linger || at_ == At::stream) return close();
  if (at_ == At::body || at_ == At::skip || (at_ == At::head && !input().empty() && searched_ > 0))
    return refuse(problem(400, "the request ends in the middle; send all of it"));
  if (is_watched()) ask_whether_there();
  finish_if_answered();
}

void Session::finish_if_answered() {
  if (closed_ || writing_ || !slots_.empty() || !out_next_.empty()) return;
  if (input_ended_) return close();
  if (at_ == At::end) linger();
}

// Closed at once, a connection with unread bytes is reset, and the answer is lost on its way.
void Session::linger() {
  at_ = At::linger;
  since_ns_ = hub_.clock.now_ns();
  input_.clear();
  used_ = 0;
  wire_->shutdown_send();
  read();
}

void Session::watch(std::uint64_t slot, std::function<void()> gone) {
  if (closed_ || slot < first_slot_ || slot - first_slot_ >= slots_.size()) return gone();
  slots_[static_cast<std::size_t>(slot - first_slot_)].gone = std::move(gone);
}

bool Session::is_watched() const {
  return std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) { return !slot.ready && slot.gone; });
}

// The end of what a client sends says nothing: it may still read. Whoever has left refuses what comes, so
// something is sent that whoever is there passes over (RFC 9110, 15.2).
void Session::ask_whether_there() {
  if (asked_whether_there_ || slots_.front().ready || !slots_.front().http_11) return;
  asked_whether_there_ = true;
  out_next_ += "HTTP/1.1 102 Processing\r\n\r\n";
  flush();
}

void Session::tell_gone() {
  for (Slot& slot : slots_)
    if (!slot.ready && slot.gone) std::exchange(slot.gone, nullptr)();
}

}  // namespace racesim::http
