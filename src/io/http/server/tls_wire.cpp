#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <limits>
#include <string>
#include <utility>

#include "io/http/server/message.h"
#include "io/http/server/tls_context.h"
#include "io/http/server/wire.h"

namespace racesim::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kRecordBytes = std::size_t{17} << 10;  // the longest record with its head and tail

/// For a client that speaks HTTP where TLS is wanted: the one answer that it understands.
std::string speak_tls() {
  const Response answer = problem(400, "this server speaks https, not http; use https:// in the URL");
  return "HTTP/1.1 400 Bad Request\r\nServer: racesim\r\nContent-Type: " + answer.content_type +
         "\r\nContent-Length: " + std::to_string(answer.body.size()) + "\r\nConnection: close\r\n\r\n" +
         answer.body;
}

/// What writes hold on to beyond the wire: the socket and the bytes under way.
struct TlsSocket {
  explicit TlsSocket(ServerSocket of) : socket(std::move(of)) {}
  ServerSocket socket;
  std::string out;  // on its way
};

/// OpenSSL between two memories: what the socket brings goes into one, what it is to send comes from the
/// other. So all that is sent leaves through one queue, in the order in which OpenSSL has made it.
class TlsWire final : public Wire {
 public:
  TlsWire(ServerSocket socket, const ServerTls& tls);
  ~TlsWire() override { SSL_free(ssl_); }
  TlsWire(const TlsWire&) = delete;
  TlsWire& operator=(const TlsWire&) = delete;

  void wait_readable(Handler ready) override;
  std::size_t read_some(asio::mutable_buffer to, NetError& error) override;
  void write(const std::vector<asio::const_buffer>& bytes, Handler sent) override;
  bool is_broken() override { return has_error(wire_->socket); }
  void shutdown_send() override;
  void close() override;

 private:
  bool take_from_socket(NetError& error);
  NetError failed();
  void put(asio::const_buffer bytes);
  void send();
  void start_send();
  void on_sent(const NetError& error);

  std::shared_ptr<TlsSocket> wire_;
  SSL* ssl_ = nullptr;
  BIO* in_ = nullptr;  // owned by ssl_, and so is out_
  BIO* out_ = nullptr;
  std::string early_;  // to be sent, before the handshake is done
  std::string next_;   // made by OpenSSL, not on its way yet
  bool more_ = false;  // there may be more to read without another word from the socket
  bool sending_ = false, shut_ = false, closed_ = false;
  Handler sent_;  // of the write under way
  std::shared_ptr<bool> alive_ =
      std::make_shared<bool>(true);  // for handlers that come when the wire is gone
};

TlsWire::TlsWire(ServerSocket socket, const ServerTls& tls)
    : wire_(std::make_shared<TlsSocket>(std::move(socket))),
      ssl_(SSL_new(tls.impl().context)),
      in_(BIO_new(BIO_s_mem())),
      out_(BIO_new(BIO_s_mem())) {
  if (ssl_ == nullptr || in_ == nullptr || out_ == nullptr) throw std::bad_alloc();
  BIO_set_mem_eof_return(in_, -1);  // no bytes yet, rather than the end
  BIO_set_mem_eof_return(out_, -1);
  SSL_set_bio(ssl_, in_, out_);
  SSL_set_accept_state(ssl_);
}

void TlsWire::wait_readable(Handler ready) {
  // What has come already wakes no socket.
  if (more_)
    return asio::post(wire_->socket.get_executor(), [ready = std::move(ready)] { ready(NetError()); });
  wire_->socket.async_wait(ServerSocket::wait_read, std::move(ready));
}

/// False: nothing came, and `error` tells why.
bool TlsWire::take_from_socket(NetError& error) {
  std::array<char, kRecordBytes> bytes;
  const std::size_t size = wire_->socket.read_some(asio::buffer(bytes), error);
  if (error) return false;
  if (BIO_write(in_, bytes.data(), static_cast<int>(size)) != static_cast<int>(size)) {
    error = asio::error::no_memory;
    return false;
  }
  return true;
}

std::size_t TlsWire::read_some(asio::mutable_buffer to, NetError& error) {
  error = NetError();
  for (;;) {
    ERR_clear_error();
    std::size_t size = 0;
    const int code = SSL_read_ex(ssl_, to.data(), to.size(), &size);
    if (code != 1) {
      const int why = SSL_get_error(ssl_, code);
      if (why == SSL_ERROR_ZERO_RETURN)
        error = asio::error::eof;
      else if (why != SSL_ERROR_WANT_READ)
        error = failed();
    }
    if (SSL_is_init_finished(ssl_) != 0 && !early_.empty()) put(asio::buffer(std::exchange(early_, {})));
    send();
    more_ = code == 1;
    if (more_) return size;
    if (error || !take_from_socket(error)) return 0;
  }
}

/// OpenSSL takes the connection for broken; it may have an alert to send, and a client without TLS hears why.
NetError TlsWire::failed() {
  if (ERR_GET_REASON(ERR_peek_last_error()) != SSL_R_HTTP_REQUEST) return asio::error::connection_aborted;
  next_ += speak_tls();
  shut_ = true;
  return asio::error::eof;
}

void TlsWire::write(const std::vector<asio::const_buffer>& bytes, Handler sent) {
  sent_ = std::move(sent);
  ERR_clear_error();
  for (const asio::const_buffer& piece : bytes) put(piece);
  send();
  if (sending_) return;
  // It waits for the handshake; its sender has nothing to wait for.
  asio::post(wire_->socket.get_executor(), [alive = std::weak_ptr<bool>(alive_), this] {
    if (!alive.expired() && !sending_ && sent_) std::exchange(sent_, nullptr)(NetError());
  });
}

void TlsWire::put(asio::const_buffer bytes) {
  if (SSL_is_init_finished(ssl_) == 0) {
    early_.append(static_cast<const char*>(bytes.data()), bytes.size());
    return;
  }
  // Into memory, so it is taken whole unless the connection is broken; then reading tells.
  std::size_t written = 0;
  if (bytes.size() > 0) static_cast<void>(SSL_write_ex(ssl_, bytes.data(), bytes.size(), &written));
}

/// Starts to send what OpenSSL has made.
void TlsWire::send() {
  const std::size_t size = BIO_ctrl_pending(out_);
  if (size > 0) {
    const std::size_t before = next_.size();
    next_.resize(before + size);
    const int taken =
        BIO_read(out_, next_.data() + before,
                 static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max())));
    next_.resize(before + static_cast<std::size_t>(std::max(taken, 0)));
  }
  if (!sending_ && !next_.empty() && !closed_) start_send();
}

void TlsWire::start_send() {
  sending_ = true;
  wire_->out.swap(next_);
  next_.clear();
  // The bytes outlive the wire, which may be gone before they are.
  asio::async_write(
      wire_->socket, asio::buffer(wire_->out),
      [alive = std::weak_ptr<bool>(alive_), wire = wire_, this](const NetError& error, std::size_t) {
        if (!alive.expired()) on_sent(error);
      });
}

void TlsWire::on_sent(const NetError& error) {
  sending_ = false;
  wire_->out.clear();
  if (!error && !closed_ && !next_.empty()) return start_send();
  if (shut_ && !closed_) {
    NetError ignored;
    wire_->socket.shutdown(ServerSocket::shutdown_send, ignored);
  }
  if (sent_) std::exchange(sent_, nullptr)(error);
}

void TlsWire::shutdown_send() {
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_) != 0) static_cast<void>(SSL_shutdown(ssl_));
  shut_ = true;
  send();
  if (sending_ || closed_) return;
  NetError ignored;
  wire_->socket.shutdown(ServerSocket::shutdown_send, ignored);
}

void TlsWire::close() {
  closed_ = true;
  NetError ignored;
  wire_->socket.close(ignored);
  // It holds its session, which holds this.
  sent_ = nullptr;
}

}  // namespace

std::unique_ptr<Wire> make_tls_wire(ServerSocket socket, const ServerTls& tls) {
  return std::make_unique<TlsWire>(std::move(socket), tls);
}

}  // namespace racesim::http
