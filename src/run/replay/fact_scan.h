// What the records of a block say of themselves: times, keys, streams. Any number of threads can look at
// blocks, each with a scan of its own; what hangs on the order of blocks is FactReader's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// One thread.
class FactScan {
 public:
  /// Both outlive it.
  FactScan(const ReplayConfig& config, const ReplayStreams& streams);

  /// Fills in the block's facts but for entities, its keys and its refusals.
  void scan(const RecordedLane& lane, const LaneInfo& info, TimedBlock& block);

 private:
  RecordFact fact_of(const RecordedLane& lane, const LaneInfo& info, TimedBlock& block, std::size_t i,
                     std::string& why);
  bool passes_filters() const;

  const ReplayConfig& config_;
  const ReplayStreams& streams_;
  RecordScan scan_;
  TimeReader times_;
  TimeReader counted_times_;  ///< of kinds whose times count seconds
  bool needs_lap_;
};

}  // namespace racesim
