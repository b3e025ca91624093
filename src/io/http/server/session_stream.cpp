// A session whose answer goes on: event streams and WebSockets.
#include <boost/asio/buffer.hpp>
#include <utility>

#include "io/http/server/session.h"

namespace racesim::http {

void Session::open_stream() {
  const Request request = std::exchange(request_, Request{});
  const auto answer = [&](Response response) {
    const std::uint64_t slot = add_slot(request.head, !keep_alive_);
    at_ = slots_.back().close ? At::end : At::head;
    fill(slots_[static_cast<std::size_t>(slot - first_slot_)], std::move(response));
  };
  since_ns_ = hub_.clock.now_ns();
  if (!slots_.empty()) return answer(problem(400, "a stream takes a connection of its own; open one for it"));
  if (hub_.stopping) return answer(problem(503, "the server is stopping; connect again later"));
  StreamOpening opening = route_->open(request.head);
  if (opening.stream == nullptr) return answer(std::move(opening.refusal));
  at_ = At::stream;
  link_ = std::make_shared<StreamLink>(route_->stream, static_cast<StreamSocket&>(*this),
                                       std::move(opening.stream), hub_.limits.stream, since_ns_);
  std::string more = hub_.router.site_lines(request.head);
  if (!opening.protocol.empty()) more += "Sec-WebSocket-Protocol: " + opening.protocol + "\r\n";
  out_next_ += StreamLink::head_of(route_->stream, request.head, more);
  if (request.head.method == "HEAD") {
    at_ = At::end;  // the head is all of the answer
    link_.reset();
    return;
  }
  link_->begin();
}

bool Session::take_stream_input() {
  const std::shared_ptr<StreamLink> link = link_;
  const std::string bytes(input());
  used_ += bytes.size();
  if (!bytes.empty()) link->on_bytes(bytes, hub_.clock.now_ns());
  return false;
}

void Session::send(std::vector<SharedText> pieces) {
  if (closed_) return;
  pieces_ = std::move(pieces);
  std::vector<boost::asio::const_buffer> buffers;
  buffers.reserve(pieces_.size());
  for (const SharedText& piece : pieces_) buffers.emplace_back(piece->data(), piece->size());
  writing_ = true;
  writing_since_ns_ = hub_.clock.now_ns();
  wire_->write(buffers, [self = shared_from_this()](const NetError& error) {
    self->writing_ = false;
    if (!self->closed_) self->on_written(error);
  });
}

}  // namespace racesim::http
