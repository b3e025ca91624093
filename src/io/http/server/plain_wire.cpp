#include <sys/socket.h>

#include <boost/asio/write.hpp>
#include <utility>

#include "io/http/server/wire.h"

namespace racesim::http {
namespace {

class PlainWire final : public Wire {
 public:
  explicit PlainWire(ServerSocket socket) : socket_(std::move(socket)) {}

  void wait_readable(Handler ready) override {
    socket_.async_wait(ServerSocket::wait_read, std::move(ready));
  }
  std::size_t read_some(boost::asio::mutable_buffer to, NetError& error) override {
    return socket_.read_some(to, error);
  }
  void write(const std::vector<boost::asio::const_buffer>& bytes, Handler sent) override {
    boost::asio::async_write(
        socket_, bytes,
        [sent = std::move(sent)](const NetError& error, std::size_t) mutable { sent(error); });
  }
  bool is_broken() override { return has_error(socket_); }
  void shutdown_send() override {
    NetError ignored;
    socket_.shutdown(ServerSocket::shutdown_send, ignored);
  }
  void close() override {
    NetError ignored;
    socket_.close(ignored);
  }

 private:
  ServerSocket socket_;
};

}  // namespace

bool has_error(ServerSocket& socket) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0;
}

std::unique_ptr<Wire> make_plain_wire(ServerSocket socket) {
  return std::make_unique<PlainWire>(std::move(socket));
}

}  // namespace racesim::http
