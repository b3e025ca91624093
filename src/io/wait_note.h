// What a sink waits for, so that people can be told.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace racesim {

/// Times are the clock's now_ns().
struct Wait {
  std::int64_t since_ns = 0;  ///< when the first try failed
  std::int64_t until_ns = 0;  ///< of the next try, or when it is given up; 0: not known
  std::string why;            ///< "HTTP 503: busy", "connect: connection refused"
};

/// Any thread. A sink may have several parts that wait, such as its connections.
class WaitNote {
 public:
  /// `part` waits now, or goes on waiting: then since_ns stays as it was.
  void begin(const void* part, Wait wait);
  /// Costs next to nothing while no part waits.
  void end(const void* part);
  /// Of the part that has waited longest; none: nothing is waited for.
  std::optional<Wait> longest() const;

 private:
  std::atomic<bool> any_{false};
  mutable std::mutex mutex_;
  std::map<const void*, Wait> waits_;
};

}  // namespace racesim
