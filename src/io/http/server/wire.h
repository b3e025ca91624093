// What a session reads from and writes to: a socket, plain or through TLS.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace racesim::http {

class ServerTls;

// The executor by its own type: the one that fits all costs a virtual call per operation.
using ServerExecutor = boost::asio::io_context::executor_type;
using ServerSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, ServerExecutor>;
using NetError = boost::system::error_code;

/// The server's thread only. Handlers are called later by its loop, never from within the call; after close()
/// they may still come, with an error or without.
class Wire {
 public:
  using Handler = std::function<void(const NetError&)>;

  virtual ~Wire() = default;
  /// `ready` is called once when read_some() has something to say. One at a time.
  virtual void wait_readable(Handler ready) = 0;
  /// Takes what is there. Errors: would_block (nothing yet: wait again), eof, what broke the connection.
  virtual std::size_t read_some(boost::asio::mutable_buffer to, NetError& error) = 0;
  /// Sends all of it; the bytes stay as they are until `sent` is called. One at a time.
  virtual void write(const std::vector<boost::asio::const_buffer>& bytes, Handler sent) = 0;
  /// The peer refuses what is sent: it is not there any more.
  virtual bool is_broken() = 0;
  /// Nothing follows what was written.
  virtual void shutdown_send() = 0;
  virtual void close() = 0;
};

/// Does the socket have an error that nobody was told of?
bool has_error(ServerSocket& socket);

std::unique_ptr<Wire> make_plain_wire(ServerSocket socket);

/// The handshake happens with the first reads. A client that speaks HTTP without TLS is told so in its own
/// words. `tls` outlives the wire.
std::unique_ptr<Wire> make_tls_wire(ServerSocket socket, const ServerTls& tls);

}  // namespace racesim::http
