#include "run/outlets/run_lock.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/random.h"

namespace racesim {
namespace {

/// A folder that nobody else can write to.
Result<std::string> lock_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const std::string folder = runtime != nullptr && *runtime == '/'
                                 ? std::string(runtime) + "/racesim"
                                 : fmt::format("/tmp/racesim-{}", geteuid());
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return tl::make_unexpected(system_error("make " + folder + " for the lock of the run", errno,
                                            "set XDG_RUNTIME_DIR to a folder that you own"));
  struct stat info {};
  if (lstat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid())
    return fail(ErrorKind::runtime, folder + " for the run's lock does not belong to this user",
                "set XDG_RUNTIME_DIR to a folder that you own");
  return folder;
}

}  // namespace

Result<LockFile> lock_run(const std::string& run, const ShardOption& shard, const std::string& target) {
  const Result<std::string> folder = lock_folder();
  if (!folder) return tl::make_unexpected(folder.error());
  const std::string name = fmt::format("{}/{}-{}of{}-{:016x}.lock", *folder, run, shard.index, shard.count,
                                       mix64(topic_hash(target)));
  Result<LockFile> lock = LockFile::acquire(name);
  if (!lock && lock.error().kind == ErrorKind::busy)
    return fail(ErrorKind::busy,
                "another process is already sending run " + run + " there: " + lock.error().what,
                "wait for that process or end it (a stopped process may continue)");
  return lock;
}

std::string writer_name(const std::string& run, const ShardOption& shard, const std::string& topic) {
  const std::string part = shard.count == 1 ? "" : fmt::format("-{}of{}", shard.index, shard.count);
  return fmt::format("racesim-{}{}-{}", run, part, topic);
}

}  // namespace racesim
