// A lock that one process holds while it runs (`--lock FILE`, for cron). The kernel drops it when the process
// ends, however it ends.
#pragma once

#include <string>

#include "base/error.h"

namespace racesim {

/// flock() on a file that is made when missing and stays behind, empty, afterwards. While the lock is held
/// the file holds the process id. Not safe for use from several threads.
class LockFile {
 public:
  /// Does not wait. Errors: busy, naming the path and the holder's process id, if it is held; runtime if the
  /// file cannot be made.
  static Result<LockFile> acquire(const std::string& path);

  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&& other) noexcept;
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;
  ~LockFile();

 private:
  explicit LockFile(int fd) : fd_(fd) {}
  void release();

  int fd_ = -1;
};

}  // namespace racesim
