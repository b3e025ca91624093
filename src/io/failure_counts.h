// Why events failed one by one while their sink went on, and how many of them.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace racesim {

struct FailureReason {
  std::string why;
  std::uint64_t events = 0;
};

/// Any thread. A receiver may give a reason of its own for each event: beyond some twenty all further ones
/// count as "other reasons".
class FailureCounts {
 public:
  void add(const std::string& why, std::uint64_t events);
  /// Most frequent first.
  std::vector<FailureReason> reasons() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> events_;  // by reason
};

}  // namespace racesim
