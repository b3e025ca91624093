// One I/O thread's event loop and what it makes: connections and timers. Asio stays behind this header.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "io/http/endpoint.h"
#include "io/http/transport.h"

namespace racesim::http {

/// Certificates to trust. Servers are always verified: chain, validity and name.
class TlsContext {
 public:
  /// `ca_file`: a PEM bundle in place of the system's; may be empty. Errors: usage.
  static Result<std::unique_ptr<TlsContext>> load(const std::string& ca_file);
  ~TlsContext();

  struct Impl;
  Impl& impl() const { return *impl_; }

 private:
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// run() is called by the thread that owns the loop and everything made by it; post() and stop() by any.
class Loop {
 public:
  /// All arguments outlive the loop; `tls` is null for http. `open_timeout_ns` is shared out among the
  /// addresses of the endpoint.
  Loop(Clock& clock, const Endpoint& endpoint, const TlsContext* tls, std::int64_t open_timeout_ns);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Returns after stop().
  void run();
  void stop();
  /// After run() has returned: it may be called again.
  void restart();
  void post(std::function<void()> task);

  /// What is made must be destroyed before the loop, by its thread or after run() has returned.
  std::unique_ptr<Transport> make_transport(TransportEvents& events);
  std::unique_ptr<Timer> make_timer(std::function<void()> on_time);

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace racesim::http
