// What bench/serve_fanout.py needs beside racesim serve: many WebSocket clients in one thread, and a bare
// loop that writes as many bytes to as many connections, as the least that a server can do.
//
//   live_readers read PORT CLIENTS SLOW SECONDS QUERY  prints "@read EVENTS BYTES SECONDS THINNED GONE"
//   live_readers loop CLIENTS BYTES TICKS              prints "@loop BYTES PROCESSOR_SECONDS"
//
// SLOW of the clients read nothing. QUERY is what /ws is asked for. The loop sends BYTES to each of its
// connections every 10 ms; another process reads them.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

namespace {

constexpr double kWarmUp_s = 1;
constexpr std::string_view kEvent = R"("type":"event")";
constexpr std::string_view kThinned = R"("type":"thinned")";

using SteadyClock = std::chrono::steady_clock;

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

int connect_to(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) give_up("connect");
  return fd;
}

unsigned long long count_of(std::string_view word, std::string_view text) {
  unsigned long long count = 0;
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) ++count;
  return count;
}

/// Events in the binary messages of one connection, whose bytes come in any pieces.
class FrameCounter {
 public:
  unsigned long long take(std::string_view piece) {
    rest_.append(piece);
    if (!begun_ && !skip_handshake()) return 0;
    unsigned long long events = 0;
    std::size_t at = 0;
    while (rest_.size() - at >= kHeadMost) {
      const std::size_t length = byte(at + 1), more = length == 127 ? 8 : length == 126 ? 2 : 0;
      std::size_t size = more > 0 ? 0 : length;
      for (std::size_t i = 0; i < more; ++i) size = size << 8 | byte(at + 2 + i);
      const std::size_t begin = at + 2 + more;
      if (begin + size > rest_.size()) break;
      if ((byte(at) & 0x0f) == kBinary)
        for (std::size_t i = 0; i < 4; ++i) events += byte(begin + kCountAt + i) << (8 * i);
      at = begin + size;
    }
    rest_.erase(0, at);
    return events;
  }

 private:
  static constexpr std::size_t kHeadMost = 10, kCountAt = 4;
  static constexpr unsigned kBinary = 2;

  std::size_t byte(std::size_t at) const { return static_cast<unsigned char>(rest_[at]); }
  bool skip_handshake() {
    const std::size_t end = rest_.find("\r\n\r\n");
    if (end == rest_.npos) return false;
    rest_.erase(0, end + 4);
    return begun_ = true;
  }

  std::string rest_;
  bool begun_ = false;
};

/// Reads whatever comes until `end`; calls `take` with it.
template <class Take>
void read_all(int epoll, SteadyClock::time_point end, const Take& take) {
  static char buffer[1 << 20];
  epoll_event events[256];
  while (SteadyClock::now() < end) {
    const int ready = epoll_wait(epoll, events, 256, 100);
    for (int i = 0; i < ready; ++i) {
      const ssize_t size = read(events[i].data.fd, buffer, sizeof buffer);
      if (size <= 0) epoll_ctl(epoll, EPOLL_CTL_DEL, events[i].data.fd, nullptr);
      take(events[i].data.fd, std::string_view(buffer, size > 0 ? static_cast<std::size_t>(size) : 0));
    }
  }
}

void watch(int epoll, int fd) {
  fcntl(fd, F_SETFL, O_NONBLOCK);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) give_up("epoll_ctl");
}

int read_live(int port, int clients, int slow, double seconds, const std::string& query) {
  const bool is_binary = query.find("binary") != query.npos;
  const std::string handshake =
      "GET /ws?" + query +
      " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  const int epoll = epoll_create1(0);
  for (int i = 0; i < clients; ++i) {
    const int fd = connect_to(port);
    if (write(fd, handshake.data(), handshake.size()) < 0) give_up("write");
    if (i >= slow) watch(epoll, fd);
  }
  const auto begin = SteadyClock::now() + std::chrono::milliseconds(static_cast<int>(kWarmUp_s * 1000));
  unsigned long long events = 0, bytes = 0, thinned = 0, gone = 0;
  std::unordered_map<int, FrameCounter> frames;
  read_all(epoll, begin, [&](int fd, std::string_view piece) {
    gone += piece.empty() ? 1 : 0;
    if (is_binary) frames[fd].take(piece);
  });
  const auto length = std::chrono::milliseconds(static_cast<int>(seconds * 1000));
  read_all(epoll, begin + length, [&](int fd, std::string_view piece) {
    gone += piece.empty() ? 1 : 0;
    bytes += piece.size();
    // Of text, one that is cut in two by a read is not counted.
    events += is_binary ? frames[fd].take(piece) : count_of(kEvent, piece);
    thinned += count_of(kThinned, piece);
  });
  std::printf("@read %llu %llu %.3f %llu %llu\n", events, bytes, seconds, thinned, gone);
  return 0;
}

/// The other ends of the loop's connections.
void read_loop(int port, int clients) {
  const int epoll = epoll_create1(0);
  for (int i = 0; i < clients; ++i) watch(epoll, connect_to(port));
  int left = clients;
  while (left > 0)
    read_all(epoll, SteadyClock::now() + std::chrono::milliseconds(100),
             [&](int, std::string_view piece) { left -= piece.empty() ? 1 : 0; });
}

int write_loop(int clients, std::size_t size, int ticks) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof at;
  if (bind(listener, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 || listen(listener, 4096) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&at), &length) != 0)
    give_up("listen");
  const pid_t reader = fork();
  if (reader == 0) {
    read_loop(ntohs(at.sin_port), clients);
    std::_Exit(0);
  }
  std::vector<int> connections;
  for (int i = 0; i < clients; ++i) connections.push_back(accept(listener, nullptr, nullptr));
  const std::string piece(size, 'x');
  unsigned long long bytes = 0;
  auto due = SteadyClock::now();
  for (int tick = 0; tick < ticks; ++tick) {
    due += std::chrono::milliseconds(10);
    std::this_thread::sleep_until(due);
    for (const int fd : connections)
      if (const ssize_t sent = write(fd, piece.data(), piece.size()); sent > 0)
        bytes += static_cast<std::size_t>(sent);
  }
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  for (const int fd : connections) close(fd);
  waitpid(reader, nullptr, 0);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  std::printf("@loop %llu %.6f\n", bytes, seconds(used.ru_utime) + seconds(used.ru_stime));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 6 && words[0] == "read")
    return read_live(std::stoi(words[1]), std::stoi(words[2]), std::stoi(words[3]), std::stod(words[4]),
                     words[5]);
  if (words.size() == 4 && words[0] == "loop")
    return write_loop(std::stoi(words[1]), static_cast<std::size_t>(std::stoul(words[2])),
                      std::stoi(words[3]));
  std::fputs("usage: live_readers read PORT CLIENTS SLOW SECONDS QUERY | loop CLIENTS BYTES TICKS\n", stderr);
  return 2;
}
