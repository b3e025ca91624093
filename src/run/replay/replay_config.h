// The checked form of what only `racesim replay` can be told. Sinks, pace and faults are those of a run.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/sources/registry.h"

namespace racesim {

/// What a number in a time column counts.
enum class TimeUnit : std::uint8_t {
  by_size,  ///< since 1970, in the unit that gives a year of today
  s,
  ms,
  us,
  ns,
};

/// What becomes of the times in the events.
enum class Stamps : std::uint8_t {
  keep,
  shift,  ///< all by the same, so that the first event happens at ReplayConfig::start_ns
  scale,  ///< likewise, and the spaces between them shrink as the replay is faster
};

/// A place in a recording.
struct SeekPoint {
  enum class Kind : std::uint8_t {
    none,
    time,    ///< the first event at that time or later; value: nanoseconds since 1970
    after,   ///< the same, so long behind the first event; value: nanoseconds
    lap,     ///< the first event of that lap or a later one
    offset,  ///< the event of that number, from 0
  };
  Kind kind = Kind::none;
  std::int64_t value = 0;
  bool operator==(const SeekPoint&) const = default;
};

/// "car=63,44", "speed_kmh=250..": events whose field has one of these values.
struct FieldFilter {
  struct Range {
    std::string text;              ///< of a single value
    std::optional<double> lo, hi;  ///< both included; of a single number they are equal
    bool is_range = false;
  };
  std::string field;
  std::vector<Range> any_of;
  std::string text{};  ///< as the user wrote it
};

/// What was read of a lane, from its first record on.
struct LaneReading {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;              ///< of the records, each with one line end
  std::array<std::uint64_t, 2> hash{};  ///< both halves of XXH3-128 over them
  bool whole = false;                   ///< the lane had no more
  bool operator==(const LaneReading&) const = default;
};

/// A lane as a replay found it: enough to read the same again, and to see whether it is the same.
struct LaneRecord {
  std::string name;
  std::optional<std::uint64_t> file_bytes;          ///< of a file
  std::int64_t first_offset = -1, end_offset = -1;  ///< of a partition: [first, end); else -1
  std::optional<LaneReading> read;                  ///< none: the replay has not ended, or was killed
};

/// What a replay found when it began.
struct FoundRecording {
  std::vector<LaneRecord> lanes;    ///< all, in the order of the merge
  std::vector<std::string> topics;  ///< by stream; "": it has none
  bool one_stream = false;          ///< that takes all events
};

struct ReplayConfig {
  /// What is replayed, merged by event time. Files: one request for each pattern; "dead-letter": a file of
  /// events that a sink gave up.
  std::vector<SourceRequest> sources;
  std::vector<std::string> source_texts;  ///< as the user named them, without secrets
  std::string source_brokers;             ///< of kafka:
  std::string time_field, key_field;      ///< empty: those of our own events
  TimeUnit time_unit = TimeUnit::by_size;
  SeekPoint from, to;
  std::vector<FieldFilter> filters;  ///< all must hold
  Stamps stamps = Stamps::keep;
  std::int64_t start_ns = 0;  ///< with shift and scale: the time that the first event gets
  bool start_is_now = false;  ///< nobody named it, so it is when the replay was first begun
  std::uint64_t rounds = 1;   ///< 0: until stopped
  bool loops = false;         ///< rounds are runs of their own
  /// A longer gap in event time is cut to it, and a clock that jumps further is not believed; 0: no limit.
  std::int64_t max_gap_ns = 3'600'000'000'000;

  /// Of a replay that is made again: its lanes are read as far as they went then.
  std::optional<FoundRecording> found;

  std::function<bool()> interrupted;  ///< somebody asked for the end while the first records are waited for

  /// What is sent is a run of its own, with new names.
  bool is_new_run() const { return loops || stamps != Stamps::keep; }
};

inline constexpr const char* kDeadLetterKind = "dead-letter";

}  // namespace racesim
