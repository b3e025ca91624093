#include "io/files/fd_writer.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace racesim {
namespace {

constexpr int kPipeSizeMax = 1 << 20;
/// Bounds the time between two looks at interrupt() while a large batch goes to a slow disk.
constexpr std::size_t kChunkBytesMax = std::size_t{4} << 20;
/// How often a named pipe without a reader is tried again; the kernel has no event for "a reader came".
constexpr int kFifoRetryMs = 50;

/// 64 KiB, the default, makes writer and reader take turns; 1 MiB lets both run (3.5 times as fast into cat).
void widen_pipe(int fd) {
  const int present = fcntl(fd, F_GETPIPE_SZ);
  if (present < 0) return;
  for (int size = kPipeSizeMax; size > present; size /= 2)
    if (fcntl(fd, F_SETPIPE_SZ, size) >= 0) return;
}

}  // namespace

Result<std::unique_ptr<FdWriter>> FdWriter::make() {
  std::unique_ptr<FdWriter> writer(new FdWriter);
  writer->wake_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (writer->wake_fd_ < 0) return tl::make_unexpected(system_error("eventfd", errno));
  return writer;
}

Result<std::unique_ptr<FdWriter>> FdWriter::open(int fd, Owner owner) {
  auto writer = open(fd, owner, Method::direct);
  if (writer) (*writer)->choose_method();
  return writer;
}

Result<std::unique_ptr<FdWriter>> FdWriter::open(int fd, Owner owner, Method method) {
  auto writer = make();
  if (writer) {
    (*writer)->fd_ = fd;
    (*writer)->method_ = method;
    if (owner == Owner::writer) (*writer)->adopted_fd_ = fd;
  } else if (owner == Owner::writer) {
    close(fd);
  }
  return writer;
}

Result<std::unique_ptr<FdWriter>> FdWriter::fifo(std::string path) {
  auto writer = make();
  if (writer) {
    (*writer)->fifo_path_ = std::move(path);
    (*writer)->method_ = Method::non_blocking;
  }
  return writer;
}

FdWriter::~FdWriter() {
  if (opened_fd_ >= 0) close(opened_fd_);
  if (adopted_fd_ >= 0) close(adopted_fd_);
  if (wake_fd_ >= 0) close(wake_fd_);
}

void FdWriter::choose_method() {
  const int fd = fd_;
  struct stat info {};
  if (fstat(fd, &info) != 0) return;  // the first write will say what is wrong
  if (S_ISSOCK(info.st_mode)) {
    method_ = Method::socket;
    return;
  }
  const bool is_pipe = S_ISFIFO(info.st_mode);
  if (is_pipe) widen_pipe(fd);
  const int flags = fcntl(fd, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) != 0) {
    method_ = Method::non_blocking;
  } else if (is_pipe || isatty(fd)) {
    const std::string same_object = "/proc/self/fd/" + std::to_string(fd);
    opened_fd_ = ::open(same_object.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (opened_fd_ >= 0) fd_ = opened_fd_;
    method_ = opened_fd_ >= 0 ? Method::non_blocking : Method::poll_first;
  }
}

WriteStep FdWriter::open_now() {
  if (fd_ >= 0 || fifo_path_.empty()) return {};
  while (!interrupted()) {
    opened_fd_ = ::open(fifo_path_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (opened_fd_ >= 0) {
      fd_ = opened_fd_;
      widen_pipe(fd_);
      return {};
    }
    if (errno != ENXIO && errno != EINTR) return {0, WriteEnd::failed, errno};
    wait_writable(kFifoRetryMs);
  }
  return {0, WriteEnd::interrupted, 0};
}

void FdWriter::wait_writable(int timeout_ms) {
  // poll() skips negative descriptors: a named pipe that is not open yet only waits for the time or the
  // wake-up.
  std::array<pollfd, 2> waits{{{fd_, POLLOUT, 0}, {wake_fd_, POLLIN, 0}}};
  // Whatever ended the wait, the next write tells what became of the descriptor.
  poll(waits.data(), waits.size(), timeout_ms);
}

ssize_t FdWriter::write_once(std::string_view bytes) {
  if (method_ == Method::socket) return send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return write(fd_, bytes.data(), bytes.size());
}

WriteStep FdWriter::write_some(std::string_view bytes) {
  if (const WriteStep opened = open_now(); opened.end != WriteEnd::taken) return opened;
  bytes = bytes.substr(0, method_ == Method::poll_first ? std::size_t{PIPE_BUF} : kChunkBytesMax);
  for (;;) {
    if (method_ == Method::poll_first) wait_writable(-1);
    if (interrupted()) return {0, WriteEnd::interrupted, 0};
    const ssize_t taken = write_once(bytes);
    if (taken > 0) return {static_cast<std::size_t>(taken), WriteEnd::taken, 0};
    if (taken == 0) return {0, WriteEnd::failed, EIO};
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      wait_writable(-1);
    } else if (errno == EPIPE || (method_ == Method::socket && errno == ECONNRESET)) {
      return {0, WriteEnd::reader_gone, errno};
    } else if (errno != EINTR) {
      return {0, WriteEnd::failed, errno};
    }
  }
}

void FdWriter::interrupt() {
  interrupted_.store(true, std::memory_order_release);
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the descriptor is readable already.
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof one);
}

}  // namespace racesim
