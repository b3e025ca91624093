// Events under new times and names: what a replay changes in a record so that it is a run of its own. All
// other bytes stay.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "run/replay/event_time.h"
#include "run/replay/record_scan.h"

namespace racesim {

/// The name of the run that the events of `run` (8 hex digits, or empty) are in this replay's round.
std::uint32_t replayed_run(std::uint32_t replay, std::uint64_t round, std::string_view run);

/// One thread.
class Restamper {
 public:
  /// `replay`: number of this replay. `speed`: of Stamps::scale.
  Restamper(const ReplayConfig& config, std::uint32_t replay, double speed);

  /// The first event's time, and the one that it gets.
  void begin(std::int64_t first_ns, std::int64_t start_ns);
  /// From here on events belong to that round, which lies so much behind the first one in event time.
  void begin_round(std::uint64_t round, std::int64_t behind_ns);

  /// Appends the record with its new times, run and id. Only of what scan() finds a form of: anything else
  /// is appended as it is.
  void append(std::string_view record, const LaneInfo& lane, std::string& out);

 private:
  struct Edit {
    std::string_view old;  ///< within the record
    std::string text;
  };

  std::int64_t stamp(std::int64_t time_ns) const;
  void edit(const PickedValue* value, std::string_view record, std::string text);
  void edit_times(const RecordForm& form, std::string_view record);
  void edit_names(const RecordForm& form, std::string_view record);

  const Stamps stamps_;
  const std::uint32_t replay_;
  const double speed_;
  RecordScan scan_;
  TimeReader times_;
  std::int64_t first_ns_ = 0, start_ns_ = 0, behind_ns_ = 0;
  std::uint64_t round_ = 0;
  std::vector<Edit> edits_;
  std::map<std::string, std::uint32_t, std::less<>> runs_;  ///< of this round, by name
};

}  // namespace racesim
