// One lane: one connection, one request in flight, its events in order. A lane that waits to try again holds
// up nobody else.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "io/http/answer.h"
#include "io/http/delivery.h"
#include "io/http/event_queue.h"
#include "io/http/request.h"
#include "io/http/retry.h"
#include "io/http/transport.h"
#include "io/sinks/http_options.h"

namespace racesim::http {

/// What a lane is given; all of it outlives the lane.
struct LaneParts {
  Clock& clock;
  const HttpOptions& options;
  const RequestWriter& writer;
  Delivery& delivery;
  /// Moves up to `count` events that any lane may take into `queue`; null when each lane has its own events.
  std::function<void(std::size_t count, EventQueue& queue)> take_shared;
};

/// Used by one thread, the one whose loop calls its transport and timers back.
class Lane final : public TransportEvents {
 public:
  Lane(LaneParts parts, StreamKey backoff_key) : parts_(std::move(parts)), backoff_(backoff_key) {}

  /// Before anything else. The timers call on_try_timer and on_backoff_timer.
  void attach(std::unique_ptr<Transport> transport, std::unique_ptr<Timer> try_timer,
              std::unique_ptr<Timer> backoff_timer);

  void push(EventGroup group) { queue_.push(std::move(group)); }
  /// Starts a request if none is open and there are events.
  void kick();
  /// The sink has ended: gives up every event of the lane and closes the connection.
  void fail_all();

  void on_try_timer();
  void on_backoff_timer() { gives_up_ ? give_up(last_why_) : start_try(); }

  void on_open() override;
  void on_open_failed(const OpenFailure& failure) override;
  void on_received(std::string_view bytes) override;
  void on_broken(bool eof, const std::string& why) override;

 private:
  enum class State : std::uint8_t { idle, opening, waiting, backing_off };

  void begin();
  void note_sent();
  void fail_in_flight(const std::string& why);
  void start_try();
  void send();
  void read_on(AnswerReader::State state);
  void take_answer();
  void accept(const Answer& answer);
  void retry_or_give_up(FailureKind kind, const std::string& why, std::int64_t retry_after_ns);
  void retry_in(std::int64_t delay_ns, std::string why);
  void end_wait();
  void give_up(const std::string& why);
  void next();
  bool has_work();
  void disconnect();
  std::size_t batch_limit() const { return parts_.options.batch > 1 ? parts_.options.batch : 1; }
  bool sent_whole() const { return state_ == State::waiting && transport_->sent(); }

  LaneParts parts_;
  Backoff backoff_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Timer> try_timer_;
  std::unique_ptr<Timer> backoff_timer_;
  AnswerReader reader_;
  EventQueue queue_;  // the first in_flight_ events are the open request

  State state_ = State::idle;
  std::size_t in_flight_ = 0;
  std::string request_;
  std::size_t body_bytes_ = 0;
  TryLog tries_;
  std::uint32_t tries_made_ = 0;
  std::string last_why_;          // of the last try that failed; empty: none did
  bool gives_up_ = false;         // when the wait is over
  bool sent_noted_ = false;       // some try got as far as to write the request
  bool maybe_persisted_ = false;  // some try was sent whole and remained without an answer that settles it
  bool connected_ = false;
  std::uint64_t answers_on_connection_ = 0;
  bool waits_ = false;          // and the sink's note says so
  bool retried_stale_ = false;  // this request was repeated at once after an idle connection broke
  std::int64_t try_deadline_ns_ = 0;
  bool try_timer_armed_ = false;
};

}  // namespace racesim::http
