#include "io/stores/sqlite/lock_holder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace racesim::sqlite {
namespace {

/// The inode, or 0.
unsigned long long inode_of(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

/// Byte 120 of the index beside a WAL database is the lock of who writes.
constexpr long long kWalWriteByte = 120;

}  // namespace

std::string lock_holder(const std::string& database) {
  const unsigned long long index = inode_of(database + "-shm");
  const unsigned long long file = inode_of(database);
  std::ifstream locks("/proc/locks");
  std::string line;
  while (std::getline(locks, line)) {
    // "1: POSIX  ADVISORY  WRITE 1234 fe:00:5678 120 120"
    std::istringstream words(line);
    std::string number, kind, advice, mode, place;
    long pid = 0;
    long long first = -1;
    if (!(words >> number >> kind >> advice >> mode >> pid >> place >> first)) continue;
    const std::size_t colon = place.rfind(':');
    if (mode != "WRITE" || pid == getpid() || pid <= 0 || colon == std::string::npos) continue;
    const unsigned long long inode = std::strtoull(place.c_str() + colon + 1, nullptr, 10);
    if (inode == 0 || !((inode == index && first == kWalWriteByte) || inode == file)) continue;
    std::ifstream command("/proc/" + std::to_string(pid) + "/comm");
    std::string name;
    std::getline(command, name);
    return "process " + std::to_string(pid) + (name.empty() ? "" : " (" + name + ")");
  }
  return "another writer";
}

}  // namespace racesim::sqlite
