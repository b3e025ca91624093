// A client that sends exactly the bytes that a test gives it, and reads answers with a reader of its own: no
// code in common with the server under test. Blocking, with a guard against hanging.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>

namespace racesim::test {

struct RawAnswer {
  int status = 0;  ///< 0: the connection ended instead
  std::string head, body;
  std::map<std::string, std::string> headers;  ///< names in small letters

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, const std::string& address = "127.0.0.1") {
    sockaddr_storage storage{};
    const bool v6 = address.find(':') != std::string::npos;
    auto* in4 = reinterpret_cast<sockaddr_in*>(&storage);
    auto* in6 = reinterpret_cast<sockaddr_in6*>(&storage);
    storage.ss_family = v6 ? AF_INET6 : AF_INET;
    (v6 ? in6->sin6_port : in4->sin_port) = htons(port);
    inet_pton(storage.ss_family, address.c_str(),
              v6 ? static_cast<void*>(&in6->sin6_addr) : static_cast<void*>(&in4->sin_addr));
    fd_ = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval guard{30, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &guard, sizeof guard);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &guard, sizeof guard);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&storage), v6 ? sizeof *in6 : sizeof *in4) == 0;
  }
  ~RawClient() { hang_up(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }

  /// False: the server has closed.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  void end_sending() const { ::shutdown(fd_, SHUT_WR); }
  /// Closes with a reset: whatever the server writes then fails.
  void reset() {
    const linger at_once{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    hang_up();
  }
  void hang_up() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  /// The next answer; `to_head`: that to a HEAD request, which has no body.
  RawAnswer answer(bool to_head = false) {
    RawAnswer answer;
    std::size_t end = 0;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos)
      if (!receive()) return answer;
    answer.head = input_.substr(0, end + 2);
    input_.erase(0, end + 4);
    answer.status = std::atoi(answer.head.c_str() + std::strlen("HTTP/1.1 "));
    read_headers(answer);
    const std::size_t size = to_head ? 0 : std::stoul("0" + answer.header("content-length"));
    while (input_.size() < size)
      if (!receive()) return RawAnswer{};
    answer.body = input_.substr(0, size);
    input_.erase(0, size);
    return answer;
  }
  /// Nothing follows and the server has closed.
  bool at_end() {
    while (input_.empty())
      if (!receive()) return true;
    return false;
  }

 private:
  bool receive() {
    char piece[65536];
    const ssize_t n = ::recv(fd_, piece, sizeof piece, 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      ADD_FAILURE() << "the server neither answers nor closes";
    if (n <= 0) return false;
    input_.append(piece, static_cast<std::size_t>(n));
    return true;
  }
  static void read_headers(RawAnswer& answer) {
    for (std::size_t at = answer.head.find("\r\n") + 2; at < answer.head.size();) {
      const std::size_t end = answer.head.find("\r\n", at), colon = answer.head.find(": ", at);
      std::string name = answer.head.substr(at, colon - at);
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      answer.headers[name] = answer.head.substr(colon + 2, end - colon - 2);
      at = end + 2;
    }
  }

  int fd_ = -1;
  bool connected_ = false;
  std::string input_;
};

}  // namespace racesim::test
