#include "io/http/server/listener.h"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <utility>

#include "io/http/server/listen_address.h"
#include "io/http/server/session.h"
#include "io/http/server/tls.h"

namespace racesim::http {
namespace {

namespace asio = boost::asio;

// Connections beyond the limit that are told so before they are closed.
constexpr std::size_t kTurnedAwayMost = 64;
// Descriptors left to everything else, at most a quarter of the limit.
constexpr std::size_t kReservedFiles = 64;

Response turned_away(const std::string& why) {
  Response response = problem(503, why);
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

Error listen_error(const NetError& error, const std::string& address, std::uint16_t port) {
  const std::string place =
      (address.find(':') == std::string::npos ? address : "[" + address + "]") + ":" + std::to_string(port);
  const std::string what = "listen on " + place;
  if (error == asio::error::address_in_use)
    return {ErrorKind::busy, what + ": the port is taken",
            "stop what listens there (ss -ltnp shows it), or choose another port; 0 takes a free one"};
  if (error.value() == EADDRNOTAVAIL || error.value() == EAFNOSUPPORT)
    return {ErrorKind::usage, what + ": this machine has no such address", "try 127.0.0.1"};
  if (error.value() == EACCES)
    return {ErrorKind::runtime, what + ": not allowed",
            "ports below 1024 need privileges; choose a higher one"};
  return {ErrorKind::runtime, what + ": " + error.message(), ""};
}

}  // namespace

std::size_t sessions_by_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
  std::size_t open = 0;
  std::error_code ignored;
  for (auto at = std::filesystem::directory_iterator("/proc/self/fd", ignored);
       at != std::filesystem::directory_iterator(); at.increment(ignored))
    ++open;
  const auto most = static_cast<std::size_t>(limit.rlim_cur);
  const std::size_t taken = open + std::min(kReservedFiles, most / 4);
  return most > taken ? most - taken : 1;
}

Done Listener::open(const std::string& address, std::uint16_t& port) {
  NetError error;
  const auto ip = asio::ip::make_address(address, error);
  const asio::ip::tcp::endpoint endpoint(ip, port);
  if (!error) acceptor_.open(endpoint.protocol(), error);
  // A restart finds the port free although connections of the last process are still being forgotten.
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  // So that 0.0.0.0 and :: can be listened on side by side.
  if (!error && ip.is_v6()) acceptor_.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    NetError ignored;
    acceptor_.close(ignored);
    return tl::make_unexpected(listen_error(error, address, port));
  }
  port = acceptor_.local_endpoint(error).port();
  return {};
}

void Listener::stop() {
  NetError ignored;
  acceptor_.close(ignored);
}

void Listener::resume() {
  paused_ = false;
  accept();
}

void Listener::accept() {
  if (accepting_ || paused_ || !acceptor_.is_open()) return;
  if (hub_.sessions.size() >= sessions_most_) {
    paused_ = true;
    return;
  }
  accepting_ = true;
  acceptor_.async_accept([this](const NetError& error, ServerSocket socket) {
    accepting_ = false;
    on_accepted(error, std::move(socket));
  });
}

void Listener::on_accepted(const NetError& error, ServerSocket socket) {
  if (error == asio::error::operation_aborted) return;
  if (!error) {
    take(std::move(socket));
  } else if (error.value() == EMFILE || error.value() == ENFILE || error.value() == ENOBUFS ||
             error.value() == ENOMEM) {
    // The connection waits on in the kernel's queue, and asking again at once would only spin.
    paused_ = true;
  }
  accept();
}

void Listener::take(ServerSocket socket) {
  NetError error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return;  // it is gone already
  socket.set_option(asio::ip::tcp::no_delay(true), error);
  socket.non_blocking(true, error);
  const std::size_t taken = hub_.sessions.size();
  if (taken >= hub_.limits.clients + kTurnedAwayMost) return;
  const std::string peer = endpoint.address().to_string();
  const std::uint32_t of_peer = is_loopback_address(peer) ? 0 : ++hub_.per_peer[peer];
  auto wire = hub_.tls ? make_tls_wire(std::move(socket), *hub_.tls) : make_plain_wire(std::move(socket));
  const auto session = std::make_shared<Session>(hub_, std::move(wire), peer);
  hub_.sessions.emplace(session.get(), session);
  hub_.session_count = hub_.sessions.size();
  if (taken >= hub_.limits.clients)
    session->turn_away(turned_away("all " + std::to_string(hub_.limits.clients) +
                                   " connections are in use; try again later"));
  else if (of_peer > hub_.limits.clients_per_peer)
    session->turn_away(turned_away("more than " + std::to_string(hub_.limits.clients_per_peer) +
                                   " connections from this address; use fewer"));
  else
    session->start();
}

}  // namespace racesim::http
