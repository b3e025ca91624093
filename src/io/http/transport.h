// One connection and one timer as a lane sees them. Real ones are made by a Loop (loop.h); tests of lanes
// bring their own, so that hours of back-off take no time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace racesim::http {

/// Why a connection could not be made.
struct OpenFailure {
  std::string why;           ///< "Connection refused"
  bool certificate = false;  ///< the server is there but is not trusted
};

class TransportEvents {
 public:
  virtual ~TransportEvents() = default;
  virtual void on_open() = 0;
  virtual void on_open_failed(const OpenFailure& failure) = 0;
  /// `bytes` is valid during the call only.
  virtual void on_received(std::string_view bytes) = 0;
  /// The connection is over: in order (`eof`) or not.
  virtual void on_broken(bool eof, const std::string& why) = 0;
};

/// Used by one thread. Every event comes later, from the loop, never from within one of these calls.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Connects (and shakes hands, for TLS): on_open or on_open_failed follows. Closes what was open.
  virtual void open() = 0;
  /// Starts to send; `bytes` must stay as they are until close() or sent(). Trouble shows at receive().
  virtual void send(std::string_view bytes) = 0;
  /// Everything given to send() is in the kernel's hands.
  virtual bool sent() const = 0;
  /// One on_received or on_broken follows. May be called while send() still goes on.
  virtual void receive() = 0;
  /// Between two requests: the server has neither closed the connection nor sent anything.
  virtual bool quiet() = 0;
  /// No events after this.
  virtual void close() = 0;
};

/// Used by one thread.
class Timer {
 public:
  virtual ~Timer() = default;
  /// Calls back once at `at_ns` of the Clock, in place of an earlier arm().
  virtual void arm(std::int64_t at_ns) = 0;
  virtual void cancel() = 0;
};

}  // namespace racesim::http
