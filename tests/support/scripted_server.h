// An HTTP server on loopback whose every answer is decided by the test. Blocking sockets, a thread per
// connection, no code in common with the client under test.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace racesim::test {

struct ServedRequest {
  std::size_t number = 0;      ///< over all connections, from 0
  std::size_t connection = 0;  ///< in the order of accept, from 0
  std::string head;            ///< request line and headers
  std::string body;

  /// The value of a header, or "".
  std::string header(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
  std::string key() const { return header("Idempotency-Key"); }
};

struct Reply {
  std::string bytes;
  enum class Then { keep, close, reset, hang } then = Then::keep;  ///< hang: silent until the server stops
};

/// An answer with headers such as "Retry-After: 1\r\n".
inline Reply reply(int status, const std::string& headers = {}, const std::string& body = {}) {
  return {"HTTP/1.1 " + std::to_string(status) + " Some Reason\r\n" + headers +
              "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
          Reply::Then::keep};
}
inline Reply no_content() {
  return {"HTTP/1.1 204 No Content\r\n\r\n", Reply::Then::keep};
}

struct TlsFiles {
  std::string certificate, key;
};

/// A listening socket; `port` 0 means any and is replaced by the one given. `address` is an IPv4 or IPv6
/// literal.
inline int listen_on(const std::string& address, std::uint16_t& port) {
  sockaddr_storage storage{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  const bool is_v6 = address.find(':') != std::string::npos;
  storage.ss_family = is_v6 ? AF_INET6 : AF_INET;
  (is_v6 ? v6->sin6_port : v4->sin_port) = htons(port);
  inet_pton(storage.ss_family, address.c_str(), is_v6 ? static_cast<void*>(&v6->sin6_addr) : &v4->sin_addr);
  socklen_t size = is_v6 ? sizeof *v6 : sizeof *v4;
  const int listener = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  EXPECT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&storage), size), 0) << strerror(errno);
  EXPECT_EQ(listen(listener, 128), 0);
  getsockname(listener, reinterpret_cast<sockaddr*>(&storage), &size);
  port = ntohs(is_v6 ? v6->sin6_port : v4->sin_port);
  return listener;
}

/// Accepts one connection after the other and leaves each to `talk`, which must not close it.
class RawServer {
 public:
  explicit RawServer(std::function<void(int fd)> talk) {
    listener_ = listen_on("127.0.0.1", port_);
    thread_ = std::thread([this, talk = std::move(talk)] {
      for (int fd = 0; (fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; close(fd)) talk(fd);
    });
  }
  ~RawServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::thread thread_;
};

class ScriptedServer {
 public:
  /// Called once per request, never by two threads at a time.
  using Script = std::function<Reply(const ServedRequest&)>;

  /// `port` 0: any. `address` is an IPv4 or IPv6 literal.
  explicit ScriptedServer(Script script, std::uint16_t port = 0, const TlsFiles* tls = nullptr,
                          const std::string& address = "127.0.0.1")
      : script_(std::move(script)) {
    if (tls != nullptr) use_tls(*tls);
    port_ = port;
    listener_ = listen_on(address, port_);
    acceptor_ = std::thread([this] { accept_loop(); });
  }
  ~ScriptedServer() { stop(); }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path = "/play") const {
    return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) + path;
  }

  /// Closes everything; the port refuses from then on.
  void stop() {
    if (!acceptor_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      for (const int fd : open_) shutdown(fd, SHUT_RDWR);
    }
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    close(listener_);
    for (std::thread& thread : threads_) thread.join();
  }

  std::vector<ServedRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
  }

 private:
  struct Peer {
    int fd = -1;
    SSL* ssl = nullptr;
    ssize_t read_some(char* to, std::size_t size) const {
      return ssl != nullptr ? SSL_read(ssl, to, static_cast<int>(size)) : recv(fd, to, size, 0);
    }
    void write_all(std::string_view bytes) const {
      while (!bytes.empty()) {
        const ssize_t n = ssl != nullptr ? SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size()))
                                         : ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(n));
      }
    }
  };

  void use_tls(const TlsFiles& files) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to its socket with plain write()
    tls_.reset(SSL_CTX_new(TLS_server_method()));
    EXPECT_EQ(SSL_CTX_use_certificate_chain_file(tls_.get(), files.certificate.c_str()), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey_file(tls_.get(), files.key.c_str(), SSL_FILETYPE_PEM), 1);
  }

  void accept_loop() {
    while (true) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const std::lock_guard lock(mutex_);
      if (fd < 0 || stopping_) {
        if (fd >= 0) close(fd);
        return;
      }
      open_.push_back(fd);
      threads_.emplace_back([this, fd, number = connections_++] { serve(fd, number); });
    }
  }

  void serve(int fd, std::size_t connection) {
    Peer peer{fd, nullptr};
    bool ready = true;
    if (tls_) {
      peer.ssl = SSL_new(tls_.get());
      SSL_set_fd(peer.ssl, fd);
      ready = SSL_accept(peer.ssl) == 1;
    }
    std::string input;
    while (ready && serve_one(peer, connection, input)) {
    }
    SSL_free(peer.ssl);
    const std::lock_guard lock(mutex_);
    std::erase(open_, fd);
    close(fd);
  }

  // One request of the connection; false: the connection is over.
  bool serve_one(const Peer& peer, std::size_t connection, std::string& input) {
    ServedRequest request;
    if (!read_request(peer, input, request)) return false;
    Reply answer;
    {
      const std::lock_guard script_lock(script_mutex_);
      {
        const std::lock_guard lock(mutex_);
        request.number = requests_.size();
        request.connection = connection;
        requests_.push_back(request);
      }
      answer = script_(request);
    }
    peer.write_all(answer.bytes);
    switch (answer.then) {
      case Reply::Then::keep:
        return true;
      case Reply::Then::hang: {
        char byte = 0;
        static_cast<void>(peer.read_some(&byte, 1));  // until the client or stop() ends it
        return false;
      }
      case Reply::Then::reset: {
        const linger at_once{1, 0};
        setsockopt(peer.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        return false;
      }
      case Reply::Then::close:
        return false;
    }
    return false;
  }

  static bool read_request(const Peer& peer, std::string& input, ServedRequest& request) {
    char piece[65536];
    std::size_t need = std::string::npos, head_size = 0;
    while (true) {
      const std::size_t end = head_size > 0 ? head_size : input.find("\r\n\r\n");
      if (head_size == 0 && end != std::string::npos) {
        head_size = end + 4;
        request.head = input.substr(0, end + 2);
        need = head_size + std::stoul("0" + request.header("Content-Length"));
      }
      if (input.size() >= need) break;
      const ssize_t n = peer.read_some(piece, sizeof piece);
      if (n <= 0) return false;
      input.append(piece, static_cast<std::size_t>(n));
    }
    request.body = input.substr(head_size, need - head_size);
    input.erase(0, need);
    return true;
  }

  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  Script script_;
  std::unique_ptr<SSL_CTX, FreeContext> tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread acceptor_;
  std::mutex script_mutex_;
  mutable std::mutex mutex_;
  bool stopping_ = false;
  std::vector<int> open_;
  std::size_t connections_ = 0;
  std::vector<std::thread> threads_;
  std::vector<ServedRequest> requests_;
};

}  // namespace racesim::test
