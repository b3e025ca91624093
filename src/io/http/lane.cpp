#include "io/http/lane.h"

#include <fmt/format.h>
#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/quantity.h"
#include "base/saturate.h"

namespace racesim::http {
namespace {

// A first connection may take so long even where the grace period ends sooner.
constexpr std::int64_t kLastConnectNs = kNsPerSecond;
// Of a refusing answer's body, so much goes into the dead letter.
constexpr std::size_t kReasonBytesMax = 200;

// RFC 9110 and 6585: these say "not now"; all other refusals stay the same however often they are asked for.
bool worth_another_try(unsigned status) {
  return status == 408 || status == 429 || status >= 500;
}

// For the dead letter: the status, and the server's own words unless they are a page of HTML.
std::string describe(const Answer& answer) {
  std::string text = fmt::format("HTTP {}", answer.status);
  if (answer.status >= 300 && answer.status < 400) return text + " (redirects are not followed)";
  std::string_view body = answer.body;
  while (!body.empty() && static_cast<unsigned char>(body.back()) <= ' ') body.remove_suffix(1);
  if (!body.empty() && body.front() != '<') text.append(": ").append(body.substr(0, kReasonBytesMax));
  return text;
}

}  // namespace

void Lane::attach(std::unique_ptr<Transport> transport, std::unique_ptr<Timer> try_timer,
                  std::unique_ptr<Timer> backoff_timer) {
  transport_ = std::move(transport);
  try_timer_ = std::move(try_timer);
  backoff_timer_ = std::move(backoff_timer);
}

void Lane::kick() {
  if (state_ != State::idle || !has_work()) return;
  // A server may close a connection that was idle; to find out now saves a failed try.
  if (connected_ && !transport_->quiet()) disconnect();
  begin();
}

// The connection has just answered, so it needs no look before it is used again.
void Lane::next() {
  state_ = State::idle;
  in_flight_ = 0;
  if (has_work()) begin();
}

bool Lane::has_work() {
  if (parts_.delivery.ended()) return false;  // fail_all comes
  if (queue_.empty() && parts_.take_shared) parts_.take_shared(batch_limit(), queue_);
  return !queue_.empty();
}

void Lane::begin() {
  // What is queued goes out at once: to wait for a full batch would add delay, and under load the queue fills
  // while the request before is under way.
  in_flight_ = std::min(batch_limit(), queue_.size());
  body_bytes_ = parts_.writer.write(queue_, in_flight_, request_);
  tries_ = TryLog{parts_.clock.now_ns(), 0, 0};
  tries_made_ = 0;
  maybe_persisted_ = retried_stale_ = sent_noted_ = gives_up_ = false;
  last_why_.clear();
  start_try();
}

// Later tries do not make the events younger: the first one counts.
void Lane::note_sent() {
  if (!sent_noted_) parts_.delivery.note_sent(queue_, in_flight_);
  sent_noted_ = true;
}

void Lane::start_try() {
  const std::int64_t now_ns = tries_made_ == 0 ? tries_.first_try_ns : parts_.clock.now_ns();
  if (tries_made_++ > 0) parts_.delivery.count_retried(in_flight_);
  try_deadline_ns_ = add_saturating(now_ns, parts_.options.timeout_ns);
  // Before anybody has connected, a try may not outlast the grace period.
  if (!connected_) {
    if (const auto grace_end_ns = parts_.delivery.grace_end_ns(now_ns))
      try_deadline_ns_ = std::min(try_deadline_ns_, std::max(*grace_end_ns, now_ns + kLastConnectNs));
  }
  // One pending wait serves many requests: when it ends it looks whether the deadline has moved on.
  if (!try_timer_armed_) {
    try_timer_armed_ = true;
    try_timer_->arm(try_deadline_ns_);
  }
  if (connected_) {
    send();
    return;
  }
  state_ = State::opening;
  transport_->open();
}

void Lane::on_open() {
  connected_ = true;
  answers_on_connection_ = 0;
  parts_.delivery.note_connected();
  send();
}

void Lane::send() {
  state_ = State::waiting;
  reader_.reset();
  note_sent();
  transport_->send(request_);
  transport_->receive();
}

void Lane::on_received(std::string_view bytes) {
  read_on(reader_.feed(bytes));
}

// One step for bytes of an answer: read more, take it, or give the connection up.
void Lane::read_on(AnswerReader::State state) {
  switch (state) {
    case AnswerReader::State::more:
      transport_->receive();
      return;
    case AnswerReader::State::done:
      take_answer();
      return;
    case AnswerReader::State::bad:
      maybe_persisted_ = maybe_persisted_ || sent_whole();
      // Whatever follows on this connection cannot be told from the rest of the garbage.
      disconnect();
      if (reader_.trouble().lasting)
        give_up("unreadable answer: " + reader_.trouble().why);
      else
        retry_or_give_up(FailureKind::answer, "unreadable answer: " + reader_.trouble().why, -1);
      return;
  }
}

void Lane::take_answer() {
  const Answer& answer = reader_.answer();
  ++answers_on_connection_;
  // An answer that came before the whole request was sent leaves the connection in the middle of a body.
  if (!answer.keep_alive || reader_.has_leftover() || !transport_->sent()) disconnect();
  if (answer.status < 300) {
    accept(answer);
  } else if (worth_another_try(answer.status)) {
    // A server may fail after it has stored; with 408 and 429 it says that it has not begun.
    maybe_persisted_ = maybe_persisted_ || answer.status >= 500;
    std::int64_t retry_after_ns = -1;
    if (!answer.retry_after.empty())
      retry_after_ns = parse_retry_after(answer.retry_after, parts_.clock.wall_ns()).value_or(-1);
    retry_or_give_up(FailureKind::answer, describe(answer), retry_after_ns);
  } else {
    give_up(describe(answer));
  }
}

void Lane::accept(const Answer& answer) {
  const Verdict verdict = read_verdict(answer, in_flight_);
  end_wait();
  if (!verdict.unread.empty()) parts_.delivery.count_unread(verdict.unread, in_flight_);
  parts_.delivery.acked(queue_, in_flight_, body_bytes_, verdict.rejects);
  queue_.pop(in_flight_);
  next();
}

void Lane::on_open_failed(const OpenFailure& failure) {
  disconnect();
  Delivery& delivery = parts_.delivery;
  const std::int64_t now_ns = parts_.clock.now_ns();
  if (const auto grace_end_ns = delivery.grace_end_ns(now_ns)) {
    if (failure.certificate || now_ns >= *grace_end_ns || delivery.is_stopping()) {
      last_why_ = failure.why;
      state_ = State::backing_off;  // until fail_all, which the end of the sink brings
      delivery.abort_unreachable(failure);
      return;
    }
    // The last wait ends with the period, so that the verdict rests on a try at its end.
    const std::int64_t delay_ns = backoff_.next_delay_ns(tries_.network++);
    retry_in(std::min(delay_ns, *grace_end_ns - now_ns), failure.why);
    return;
  }
  retry_or_give_up(FailureKind::network, "connect: " + failure.why, -1);
}

void Lane::on_broken(bool eof, const std::string& why) {
  // The end of the connection may be the end of a body without a length.
  if (eof && reader_.started() && reader_.finish() == AnswerReader::State::done) {
    disconnect();
    take_answer();
    return;
  }
  const bool stale = answers_on_connection_ > 0 && !reader_.started() && !retried_stale_;
  maybe_persisted_ = maybe_persisted_ || sent_whole();
  disconnect();
  if (stale) {
    // The server closed a connection that it had kept; that says nothing about this request.
    retried_stale_ = true;
    start_try();
    return;
  }
  retry_or_give_up(FailureKind::network, eof ? "connection closed without a whole answer" : why, -1);
}

void Lane::on_try_timer() {
  try_timer_armed_ = false;
  if (state_ != State::opening && state_ != State::waiting) return;
  if (parts_.clock.now_ns() < try_deadline_ns_) {
    try_timer_armed_ = true;
    try_timer_->arm(try_deadline_ns_);
    return;
  }
  // No request was sent: this counts as a connection that failed, not as an answer.
  if (state_ == State::opening) {
    on_open_failed({"timed out", false});
    return;
  }
  maybe_persisted_ = maybe_persisted_ || sent_whole();
  disconnect();
  retry_or_give_up(FailureKind::answer,
                   fmt::format("no answer within {} s", static_cast<double>(parts_.options.timeout_ns) /
                                                            static_cast<double>(kNsPerSecond)),
                   -1);
}

void Lane::retry_or_give_up(FailureKind kind, const std::string& why, std::int64_t retry_after_ns) {
  const RetryLimits limits{parts_.options.retries, parts_.options.retry_max_time_ns};
  const auto step = next_step(tries_, kind, retry_after_ns, parts_.clock.now_ns(), limits, backoff_);
  if (!step) return give_up(why);
  gives_up_ = step->gives_up;
  if (!gives_up_) return retry_in(step->delay_ns, why);
  retry_in(step->delay_ns,
           fmt::format("{} (Retry-After {} is beyond --retry-max-time {})", why,
                       format_duration(retry_after_ns), format_duration(limits.retry_max_time_ns)));
}

void Lane::retry_in(std::int64_t delay_ns, std::string why) {
  const std::int64_t now_ns = parts_.clock.now_ns();
  state_ = State::backing_off;
  last_why_ = std::move(why);
  waits_ = true;
  parts_.delivery.waits().begin(this, {now_ns, now_ns + delay_ns, last_why_});
  backoff_timer_->arm(now_ns + delay_ns);
}

void Lane::end_wait() {
  if (waits_) parts_.delivery.waits().end(this);
  waits_ = false;
}

void Lane::give_up(const std::string& why) {
  fail_in_flight(why);
  next();
}

void Lane::fail_in_flight(const std::string& why) {
  end_wait();
  // What never went out counts as sent all the same, so that sent = acked + failed.
  if (!sent_noted_) parts_.delivery.count_sent(in_flight_);
  parts_.delivery.failed(queue_, in_flight_, why, tries_made_,
                         maybe_persisted_ ? Persisted::possibly : Persisted::no);
  queue_.pop(in_flight_);
  in_flight_ = 0;
}

void Lane::fail_all() {
  maybe_persisted_ = maybe_persisted_ || sent_whole();
  disconnect();
  try_timer_->cancel();
  backoff_timer_->cancel();
  try_timer_armed_ = false;
  std::string why = parts_.delivery.end_reason();
  // The dead letter has the last answer, and those behind it what they waited for.
  const std::string last = std::exchange(last_why_, {});
  const bool told = last.empty() || why.find(last) != std::string::npos;
  if (in_flight_ > 0) fail_in_flight(told ? why : last + "; " + why);
  if (!told) why += "; before it: " + last;
  if (parts_.take_shared) parts_.take_shared(SIZE_MAX, queue_);
  if (!queue_.empty()) {
    // These never went out either.
    parts_.delivery.count_sent(queue_.size());
    const std::size_t rest = queue_.size();
    parts_.delivery.failed(queue_, rest, why, 0, Persisted::no);
    queue_.pop(rest);
  }
  state_ = State::idle;
}

void Lane::disconnect() {
  transport_->close();
  connected_ = false;
}

}  // namespace racesim::http
