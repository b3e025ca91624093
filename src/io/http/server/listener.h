// Takes connections in, as many as limits and file descriptors allow.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "io/http/server/hub.h"

namespace racesim::http {

/// One address that is listened on. The server's thread only, but open().
class Listener {
 public:
  /// `sessions_most`: what the file limit allows; beyond it connections wait in the kernel's queue.
  Listener(Hub& hub, std::size_t sessions_most)
      : hub_(hub), acceptor_(hub.context), sessions_most_(sessions_most) {}

  /// Binds. `port` 0: any; it becomes the one that was given. Errors: busy, runtime, and usage for an address
  /// that the machine does not have. Before the thread starts.
  Done open(const std::string& address, std::uint16_t& port);
  void start() { accept(); }
  void stop();
  /// Tries again after it had to pause.
  void resume();
  bool paused() const { return paused_; }

 private:
  void accept();
  void on_accepted(const NetError& error, ServerSocket socket);
  void take(ServerSocket socket);

  Hub& hub_;
  ServerAcceptor acceptor_;
  const std::size_t sessions_most_;
  bool paused_ = false;
  bool accepting_ = false;
};

/// Connections that the file limit leaves room for, beside what is open now and what stores and logs need.
std::size_t sessions_by_file_limit();

}  // namespace racesim::http
