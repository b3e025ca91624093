#include "io/files/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "io/files/atomic_file.h"

namespace racesim {
namespace {

/// " (process 1234)", or nothing if the holder has not written its id yet.
std::string holder_of(int fd) {
  std::array<char, 24> text{};
  const ssize_t size = pread(fd, text.data(), text.size(), 0);
  if (size <= 0) return {};
  const std::string_view content(text.data(), static_cast<std::size_t>(size));
  const std::string_view digits = content.substr(0, content.find_first_not_of("0123456789"));
  return digits.empty() ? std::string() : " (process " + std::string(digits) + ")";
}

}  // namespace

Result<LockFile> LockFile::acquire(const std::string& path) {
  if (path.empty())
    return fail(ErrorKind::usage, "lock: the path is empty", "name a file: --lock racesim.lock");
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  if (fd < 0) {
    Error error = explain_create_error(path, errno);
    error.what = "lock: " + error.what;
    return tl::make_unexpected(std::move(error));
  }
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    close(fd);
    return fail(ErrorKind::runtime, "lock " + path + ": not a regular file", "choose another path");
  }
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int error_number = errno;
    const std::string holder = holder_of(fd);
    close(fd);
    if (error_number != EWOULDBLOCK) return tl::make_unexpected(system_error("lock " + path, error_number));
    return fail(ErrorKind::busy, "lock " + path + ": held by another run" + holder,
                "wait for that run to end, or give this one another --lock file");
  }
  const std::string id = std::to_string(getpid()) + "\n";
  // The id only informs: a full disk must not keep the lock from being taken.
  [[maybe_unused]] const bool noted =
      ftruncate(fd, 0) == 0 && pwrite(fd, id.data(), id.size(), 0) == static_cast<ssize_t>(id.size());
  return LockFile(fd);
}

LockFile::LockFile(LockFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
  if (this == &other) return *this;
  release();
  fd_ = std::exchange(other.fd_, -1);
  return *this;
}

LockFile::~LockFile() {
  release();
}

void LockFile::release() {
  if (fd_ < 0) return;
  // Removing the file instead would let two processes hold locks on two files of the same name.
  [[maybe_unused]] const int emptied = ftruncate(fd_, 0);
  close(fd_);
  fd_ = -1;
}

}  // namespace racesim
