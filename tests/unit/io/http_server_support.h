// A server under test: POST /echo answers what it got, POST /later keeps replies until the test sends them.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "io/http/server/server.h"
#include "support/raw_client.h"

namespace racesim::http {

inline std::string post(const std::string& path, const std::string& body, const std::string& headers = {}) {
  return "POST " + path + " HTTP/1.1\r\nHost: here\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
inline std::string get(const std::string& path, const std::string& headers = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: here\r\n" + headers + "\r\n";
}

class ServerUnderTest {
 public:
  explicit ServerUnderTest(ServerOptions options = {}, const std::string& listen = "127.0.0.1:0",
                           std::size_t body_most = 1 << 20)
      : server_(std::make_unique<Server>(routes(body_most), std::move(options))) {
    const Done listening = server_->listen(listen);
    EXPECT_TRUE(listening.has_value()) << listening.error().what;
    const std::string url = server_->url();
    port_ = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }

  Server& server() { return *server_; }
  std::uint16_t port() const { return port_; }
  /// Ends the server while replies may still be open.
  void destroy() { server_.reset(); }

  /// The next request to /later, in the order of their arrival.
  std::pair<Request, Reply> next() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return !waiting_.empty(); });
    auto first = std::move(waiting_.front());
    waiting_.pop_front();
    return first;
  }

 private:
  static Response text(std::string body) { return {200, "text/plain", std::move(body), {}, false}; }
  std::vector<Route> routes(std::size_t body_most) {
    std::vector<Route> routes(3);
    routes[0] = {
        "POST",    "/echo",
        body_most, true,
        {},        [](Request request, Reply reply) {
                   reply.send(text(std::string(request.body.view()))); }};
    routes[1] = {"POST", "/later", body_most, true, {}, [this](Request request, Reply reply) {
                   const std::lock_guard lock(mutex_);
                   waiting_.emplace_back(std::move(request), std::move(reply));
                   came_.notify_all();
                 }};
    routes[2] = {
        "GET", "/hello",
        0,     false,
        {},    [](const Request& request, Reply reply) {
                   reply.send(text("hello " + request.head.query)); }};
    return routes;
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<std::pair<Request, Reply>> waiting_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
};

}  // namespace racesim::http
