// What the connections of a server share. All of it belongs to the server's thread but the mailbox.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
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
#include "io/http/server/wire.h"

namespace racesim::http {

using ServerAcceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, ServerExecutor>;

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
        router(std::move(routes), options.token, options.sites),
        tls(options.tls) {}

  const ServerLimits limits;
  Clock& clock;
  const Router router;
  const std::shared_ptr<const ServerTls> tls;  ///< none: plain HTTP
  boost::asio::io_context context{1};          // one thread runs it
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
