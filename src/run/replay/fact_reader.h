// What hangs on the order in which the blocks of a lane come: numbers of keys, and what becomes of records
// that are no events.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "run/replay/entity_keys.h"
#include "run/replay/lanes.h"
#include "run/replay/timed_block.h"

namespace racesim {

/// Told of every record that is no event. `lane`: its name.
using RefuseRecord = std::function<void(const std::string& lane, std::int64_t offset, std::string_view record,
                                        const std::string& why)>;

/// One lane's; one thread.
class FactReader {
 public:
  /// All outlive it.
  FactReader(const RecordedLane& lane, EntityKeys& keys, const RefuseRecord& refuse)
      : lane_(lane), keys_(keys), refuse_(refuse) {}

  /// Completes the facts of a block that was scanned; blocks as they were read.
  void complete(TimedBlock& block);

 private:
  const RecordedLane& lane_;
  EntityKeys& keys_;
  const RefuseRecord& refuse_;
  std::int64_t last_ns_ = 0;
};

}  // namespace racesim
