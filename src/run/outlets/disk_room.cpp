#include "run/outlets/disk_room.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "base/quantity.h"
#include "io/files/compression.h"

namespace racesim {
namespace {

struct Disk {
  dev_t device = 0;
  std::uint64_t room = 0;  ///< bytes that this user may take
};

/// Of the folder that the file is written in; none for pipes and devices, and where that is not to be known.
std::optional<Disk> disk_of(const std::string& path) {
  struct stat known {};
  if (::stat(path.c_str(), &known) == 0 && !S_ISREG(known.st_mode)) return std::nullopt;
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  struct statvfs room {};
  if (::stat(folder.c_str(), &known) != 0 || ::statvfs(folder.c_str(), &room) != 0) return std::nullopt;
  return Disk{known.st_dev, static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize};
}

bool is_plain_file(const SinkSpec& sink) {
  return sink.kind == "file" && !is_compressed(sink.target);
}

}  // namespace

std::uint64_t least_disk_room(const std::vector<SinkSpec>& sinks) {
  std::uint64_t least = UINT64_MAX;
  for (const SinkSpec& sink : sinks)
    if (const auto disk = is_plain_file(sink) ? disk_of(sink.target) : std::nullopt; disk)
      least = std::min(least, disk->room);
  return least;
}

std::vector<Error> disk_warnings(const std::vector<SinkSpec>& sinks, double file_bytes) {
  struct Load {
    std::uint64_t room = 0;
    double wanted = 0;
    std::string names;
  };
  std::map<dev_t, Load> loads;
  for (const SinkSpec& sink : sinks) {
    const auto disk = is_plain_file(sink) ? disk_of(sink.target) : std::nullopt;
    if (!disk) continue;
    Load& load = loads[disk->device];
    load.room = disk->room;
    load.wanted += file_bytes;
    load.names += (load.names.empty() ? "" : ", ") + sink.target;
  }
  std::vector<Error> warnings;
  for (const auto& [device, load] : loads) {
    if (load.wanted <= static_cast<double>(load.room)) continue;
    warnings.push_back(
        {ErrorKind::runtime,
         fmt::format("{} will take about {}, and the disk there has {} left", load.names,
                     format_bytes(load.wanted), format_bytes(static_cast<double>(load.room))),
         "free space, make less of it (--dry-run shows how much that is), or write a name that "
         "ends in .zst: that takes about a tenth"});
  }
  return warnings;
}

}  // namespace racesim
