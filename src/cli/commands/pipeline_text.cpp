#include "cli/commands/pipeline_text.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "base/quantity.h"
#include "base/visible.h"

namespace racesim::cli {
namespace {

constexpr double kNotableWait_s = 1;  ///< shorter waits are how networks and disks are

}  // namespace

std::string clock_text(double seconds) {
  const auto s = static_cast<std::uint64_t>(std::clamp(seconds, 0.0, 3.6e9));
  if (s < 3600) return fmt::format("{:02}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::string took_text(double seconds) {
  if (seconds < 60) return format_number(seconds, seconds < 10 ? 2 : 1) + " s";
  return format_duration(std::llround(seconds) * 1'000'000'000);
}

std::string waiting_text(const IngestStatus& status) {
  if (!status.wait) return {};
  const double waited_s = static_cast<double>(system_clock().now_ns() - status.wait->since_ns) / 1e9;
  if (waited_s < kNotableWait_s) return {};
  return fmt::format("waiting {} s for {}: {}", format_number(waited_s, waited_s < 10 ? 1 : 0),
                     status.waiting_for, visible_text(status.wait->why));
}

bool stdin_has_data() {
  struct stat info {};
  return ::fstat(STDIN_FILENO, &info) == 0 &&
         (S_ISFIFO(info.st_mode) || S_ISREG(info.st_mode) || S_ISSOCK(info.st_mode));
}

}  // namespace racesim::cli
