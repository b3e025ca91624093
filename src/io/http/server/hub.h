// What the connections of a server share. All of it belongs to the server's thread but the mailbox.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "io/http/server/router.h"
#include "io/http/server/server.h"

namespace racesim::http {

// The executor by its own type: the one that fits all costs a virtual call per operation.
using ServerExecutor = boost::asio::io_context::executor_type;
using ServerSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, ServerExecutor>;
using ServerAcceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, ServerExecutor>;
using NetError = boost::system::error_code;

class Session;

/// Brings answers from any thread to that of the server. Outlives it, so that a late answer finds nobody
/// instead of freed memory.
class Mailbox {
 public:
  explicit Mailbox(boost::asio::io_context& context) : context_(&context) {}
  void send(std::weak_ptr<Session> to, std::uint64_t slot, Response response);
  void close();

 private:
  struct Letter {
    std::weak_ptr<Session> to;
    std::uint64_t slot;
    Response response;
  };
  void deliver();

  std::mutex mutex_;
  boost::asio::io_context* context_;
  std::vector<Letter> letters_;
};

struct Hub {
  Hub(std::vector<Route> routes, const ServerOptions& options)
      : limits(options.limits),
        clock(*options.clock),
        router(std::move(routes), options.token, options.sites) {}

  const ServerLimits limits;
  Clock& clock;
  const Router router;
  boost::asio::io_context context{1};  // one thread runs it
  std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>(context);
  std::array<char, std::size_t{64} << 10> scratch;  ///< every read goes through it
  std::map<Session*, std::shared_ptr<Session>> sessions;
  /// A copy: sessions leave the map while they are looked at.
  std::vector<std::shared_ptr<Session>> all_sessions() const {
    std::vector<std::shared_ptr<Session>> all;
    all.reserve(sessions.size());
    for (const auto& [key, session] : sessions) all.push_back(session);
    return all;
  }
  std::map<std::string, std::uint32_t, std::less<>> per_peer;  ///< connections of each address but loopback
  std::uint64_t reading_bytes = 0;                             ///< of bodies on their way in
  bool stopping = false;
  std::atomic<std::size_t> session_count{0};
  std::function<void()> on_session_gone;
};

}  // namespace racesim::http
