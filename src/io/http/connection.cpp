#include "io/http/connection.h"

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <utility>
#include <vector>

namespace racesim::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

// The executor by its own type: the one that fits all costs a virtual call per operation.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Resolver = asio::ip::basic_resolver<tcp, Executor>;

constexpr std::size_t kReadBytes = 16 * 1024;

// One connection from open to close. Handlers under way hold it; it falls silent when its owner lets go.
class Link : public std::enable_shared_from_this<Link> {
 public:
  Link(asio::io_context& context, const Endpoint& endpoint, std::int64_t open_timeout_ns,
       TransportEvents& events)
      : endpoint_(endpoint),
        open_timeout_ns_(open_timeout_ns),
        events_(&events),
        context_(context),
        resolver_(context),
        address_timer_(context) {}
  virtual ~Link() = default;

  void open();
  void close();
  virtual void send(std::string_view bytes) = 0;
  virtual void receive() = 0;
  virtual bool quiet() = 0;
  bool sent() const { return sent_; }

 protected:
  virtual Socket& socket() = 0;
  /// The socket is connected.
  virtual void on_connected() = 0;

  void report_open() {
    if (events_ != nullptr) events_->on_open();
  }
  void report_open_failure(OpenFailure failure);
  void report_received(ErrorCode error, std::size_t size);
  void report_sent(ErrorCode error);

  const Endpoint& endpoint_;
  std::array<char, kReadBytes> buffer_;
  bool sent_ = true;

 private:
  void resolve();
  void connect_next();

  const std::int64_t open_timeout_ns_;
  TransportEvents* events_;
  asio::io_context& context_;
  Resolver resolver_;
  asio::steady_timer address_timer_;
  std::vector<tcp::endpoint> addresses_;
  std::size_t next_address_ = 0;
  bool address_timed_out_ = false;
  ErrorCode last_error_;
};

void Link::open() {
  // Resolved anew for each connection, since a service may have moved while it was away.
  if (!endpoint_.host_is_address && endpoint_.host != "localhost") {
    resolve();
    return;
  }
  for (const std::string& text : endpoint_.candidates) {
    const auto address = asio::ip::make_address(text, last_error_);
    if (!last_error_) addresses_.emplace_back(address, endpoint_.port);
  }
  connect_next();
}

void Link::resolve() {
  resolver_.async_resolve(endpoint_.host, std::to_string(endpoint_.port), Resolver::numeric_service,
                          [self = shared_from_this()](ErrorCode error, const Resolver::results_type& found) {
                            if (self->events_ == nullptr) return;
                            self->last_error_ = error;
                            for (const auto& entry : found) self->addresses_.push_back(entry.endpoint());
                            self->connect_next();
                          });
}

// Tries the addresses in turn; the failure that is reported is the last one's.
void Link::connect_next() {
  if (next_address_ == addresses_.size()) {
    asio::post(context_, [self = shared_from_this()] {
      self->report_open_failure(
          {self->address_timed_out_ ? "timed out" : self->last_error_.message(), false});
    });
    return;
  }
  const tcp::endpoint& address = addresses_[next_address_++];
  const std::size_t left = addresses_.size() - next_address_;
  ErrorCode ignored;
  socket().close(ignored);
  // Without this, an address that swallows packets would use up the time of those behind it.
  address_timed_out_ = false;
  if (left > 0) {
    address_timer_.expires_after(
        std::chrono::nanoseconds(open_timeout_ns_ / static_cast<std::int64_t>(left + 1)));
    address_timer_.async_wait([self = shared_from_this(), attempt = next_address_](ErrorCode error) {
      if (error || self->events_ == nullptr || attempt != self->next_address_) return;
      self->address_timed_out_ = true;
      ErrorCode none;
      self->socket().close(none);
    });
  }
  socket().async_connect(address, [self = shared_from_this()](ErrorCode error) {
    if (self->events_ == nullptr) return;
    self->address_timer_.cancel();
    if (!error && self->address_timed_out_) error = asio::error::timed_out;
    // A request is one write, and the next one waits for its answer: Nagle's algorithm would only delay.
    if (!error) self->socket().set_option(tcp::no_delay(true), error);
    if (!error) self->socket().non_blocking(true, error);
    if (error) {
      self->last_error_ = error;
      self->connect_next();
      return;
    }
    self->next_address_ = self->addresses_.size() + 1;  // a timer on its way finds that it is late
    self->on_connected();
  });
}

// Handlers that are under way find no one to tell; they keep the link alive until they have run.
void Link::close() {
  events_ = nullptr;
  resolver_.cancel();
  address_timer_.cancel();
  ErrorCode ignored;
  socket().close(ignored);
}

void Link::report_open_failure(OpenFailure failure) {
  if (events_ != nullptr) events_->on_open_failed(failure);
}

void Link::report_received(ErrorCode error, std::size_t size) {
  if (events_ == nullptr) return;
  if (!error) {
    events_->on_received({buffer_.data(), size});
    return;
  }
  // A peer that ends TLS by closing TCP is common; the length of the answer tells whether it is whole.
  const bool eof = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  events_->on_broken(eof, error.message());
}

void Link::report_sent(ErrorCode error) {
  sent_ = !error;
  if (!error || events_ == nullptr) return;
  // What the server said before it closed can still be read; the reader meets the end behind it.
  ErrorCode ignored;
  socket().shutdown(Socket::shutdown_both, ignored);
}

class PlainLink final : public Link {
 public:
  PlainLink(asio::io_context& context, const Endpoint& endpoint, std::int64_t open_timeout_ns,
            TransportEvents& events)
      : Link(context, endpoint, open_timeout_ns, events), socket_(context) {}

  // Nearly every request fits into the socket's buffer: then nothing is left to wait for.
  void send(std::string_view bytes) override {
    ErrorCode error;
    const std::size_t written = socket_.write_some(asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error && error != asio::error::would_block) {
      report_sent(error);
      return;
    }
    sent_ = written == bytes.size();
    if (sent_) return;
    bytes.remove_prefix(written);
    asio::async_write(
        socket_, asio::const_buffer(bytes.data(), bytes.size()),
        [self = shared_from_this(), this](ErrorCode result, std::size_t) { report_sent(result); });
  }
  void receive() override {
    // After the turns of the other connections the answer is often there: one call into the kernel less.
    asio::post(socket_.get_executor(), [self = shared_from_this(), this] { read(); });
  }
  bool quiet() override {
    char byte = 0;
    ErrorCode error;
    socket_.receive(asio::mutable_buffer(&byte, 1), Socket::message_peek, error);
    return error == asio::error::would_block;
  }

 private:
  Socket& socket() override { return socket_; }
  void on_connected() override { report_open(); }
  void read() {
    socket_.async_read_some(asio::mutable_buffer(buffer_.data(), buffer_.size()),
                            [self = shared_from_this(), this](ErrorCode error, std::size_t size) {
                              report_received(error, size);
                            });
  }

  Socket socket_;
};

}  // namespace

struct TlsContext::Impl {
  asio::ssl::context context{asio::ssl::context::tls_client};
};

namespace {

class TlsLink final : public Link {
 public:
  TlsLink(asio::io_context& context, const Endpoint& endpoint, TlsContext::Impl& tls,
          std::int64_t open_timeout_ns, TransportEvents& events)
      : Link(context, endpoint, open_timeout_ns, events), stream_(context, tls.context) {}

  void send(std::string_view bytes) override {
    // OpenSSL may look at the bytes again after the owner has closed the link: it gets its own.
    out_.assign(bytes);
    sent_ = false;
    asio::async_write(
        stream_, asio::buffer(out_),
        [self = shared_from_this(), this](ErrorCode result, std::size_t) { report_sent(result); });
  }
  void receive() override {
    stream_.async_read_some(asio::mutable_buffer(buffer_.data(), buffer_.size()),
                            [self = shared_from_this(), this](ErrorCode error, std::size_t size) {
                              report_received(error, size);
                            });
  }
  bool quiet() override {
    char byte = 0;
    ErrorCode error;
    const std::size_t size = socket().receive(asio::mutable_buffer(&byte, 1), Socket::message_peek, error);
    // Session tickets may lie there unread; they are no answer.
    return error == asio::error::would_block || (!error && size > 0);
  }

 private:
  Socket& socket() override { return stream_.next_layer(); }
  void on_connected() override {
    SSL* ssl = stream_.native_handle();
    const char* host = endpoint_.host.c_str();
    bool ready = true;
    // The name in the certificate must be the one in the URL; an address has to be listed as an address.
    if (endpoint_.host_is_address) {
      ready = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
    } else {
      ready = SSL_set_tlsext_host_name(ssl, host) == 1 && SSL_set1_host(ssl, host) == 1;
    }
    if (!ready) {
      report_open_failure({"cannot set up TLS for " + endpoint_.host, true});
      return;
    }
    stream_.async_handshake(
        asio::ssl::stream_base::client, [self = shared_from_this(), this](ErrorCode error) {
          if (!error) {
            report_open();
            return;
          }
          // Tells a server that is not trusted from one that speaks no TLS: only the first is hopeless at
          // once.
          const long verdict = SSL_get_verify_result(stream_.native_handle());
          if (verdict == X509_V_OK) {
            report_open_failure({"TLS handshake: " + error.message(), false});
          } else {
            report_open_failure(
                {std::string("certificate not trusted: ") + X509_verify_cert_error_string(verdict), true});
          }
        });
  }

  asio::ssl::stream<Socket> stream_;
  std::string out_;
};

class Connection final : public Transport {
 public:
  Connection(asio::io_context& context, const Endpoint& endpoint, const TlsContext* tls,
             std::int64_t open_timeout_ns, TransportEvents& events)
      : context_(context),
        endpoint_(endpoint),
        tls_(tls),
        open_timeout_ns_(open_timeout_ns),
        events_(events) {}
  ~Connection() override { Connection::close(); }

  void open() override {
    close();
    if (tls_ != nullptr) {
      link_ = std::make_shared<TlsLink>(context_, endpoint_, tls_->impl(), open_timeout_ns_, events_);
    } else {
      link_ = std::make_shared<PlainLink>(context_, endpoint_, open_timeout_ns_, events_);
    }
    link_->open();
  }
  void send(std::string_view bytes) override { link_->send(bytes); }
  bool sent() const override { return link_ != nullptr && link_->sent(); }
  void receive() override { link_->receive(); }
  bool quiet() override { return link_ != nullptr && link_->quiet(); }
  void close() override {
    if (link_ != nullptr) link_->close();
    link_.reset();
  }

 private:
  asio::io_context& context_;
  const Endpoint& endpoint_;
  const TlsContext* tls_;
  const std::int64_t open_timeout_ns_;
  TransportEvents& events_;
  std::shared_ptr<Link> link_;
};

}  // namespace

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

Result<std::unique_ptr<TlsContext>> TlsContext::load(const std::string& ca_file) {
  try {
    auto impl = std::make_unique<Impl>();
    ErrorCode error;
    impl->context.set_verify_mode(asio::ssl::verify_peer);
    // Versions before 1.2 were withdrawn by RFC 8996.
    impl->context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                              asio::ssl::context::no_tlsv1_1);
    if (ca_file.empty()) {
      impl->context.set_default_verify_paths(error);
    } else {
      impl->context.load_verify_file(ca_file, error);
    }
    if (error)
      return fail(ErrorKind::usage,
                  "read CA file " + (ca_file.empty() ? "of the system" : ca_file) + ": " + error.message(),
                  "--ca-file takes a PEM file of one or more certificates");
    return std::unique_ptr<TlsContext>(new TlsContext(std::move(impl)));
  } catch (const std::exception& e) {
    return fail(ErrorKind::runtime, std::string("set up TLS: ") + e.what());
  }
}

std::unique_ptr<Transport> make_connection(asio::io_context& context, const Endpoint& endpoint,
                                           const TlsContext* tls, std::int64_t open_timeout_ns,
                                           TransportEvents& events) {
  return std::make_unique<Connection>(context, endpoint, tls, open_timeout_ns, events);
}

}  // namespace racesim::http
