// Times, keys and streams of the records of a lane.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "run/replay/entity_keys.h"
#include "run/replay/event_time.h"
#include "run/replay/lanes.h"
#include "run/replay/record_scan.h"
#include "run/replay/timed_block.h"

namespace racesim {

/// The streams of a replay: what a record's kind or topic says of where it goes.
class ReplayStreams {
 public:
  /// A single one, for all events.
  void set_single(const std::string& topic) {
    topics_ = {topic};
    is_single_ = true;
  }
  void add(const std::string& topic);
  /// Of a record of that kind, read from that topic (empty: from none); none: it has no stream here.
  std::optional<std::uint32_t> stream_of(const RecordForm& form, const std::string& topic) const;
  const std::vector<std::string>& topics() const { return topics_; }
  bool is_single() const { return is_single_; }

 private:
  std::vector<std::string> topics_;
  bool is_single_ = false;
};

/// Told of every record that is no event. `lane`: its name.
using RefuseRecord = std::function<void(const std::string& lane, std::int64_t offset, std::string_view record,
                                        const std::string& why)>;

/// One lane's; one thread.
class FactReader {
 public:
  /// All outlive it.
  FactReader(const ReplayConfig& config, RecordScan& scan, EntityKeys& keys, const ReplayStreams& streams,
             const RefuseRecord& refuse);

  /// Fills in the facts. The lane's source owns `info`.
  void read(const RecordedLane& lane, const LaneInfo& info, TimedBlock& block);

 private:
  RecordFact fact_of(const RecordedLane& lane, const LaneInfo& info, const RecordBlock& block, std::size_t i,
                     std::string& why);
  bool passes_filters() const;

  const ReplayConfig& config_;
  RecordScan& scan_;
  EntityKeys& keys_;
  const ReplayStreams& streams_;
  const RefuseRecord& refuse_;
  TimeReader times_;
  TimeReader counted_times_;  ///< of kinds whose times count seconds
  std::int64_t last_ns_ = 0;
  bool needs_lap_;
};

}  // namespace racesim
