// A block of a recording's lane, and what is known of each of its records.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/sources/record_block.h"

namespace racesim {

/// Of a record that says no time.
inline constexpr std::int64_t kNoTime_ns = INT64_MIN;

struct RecordFact {
  enum class Kind : std::uint8_t {
    event,
    filtered,  ///< it is none of those asked for, but its time counts
    refused,   ///< it is none; among the dead letters
  };
  std::int64_t time_ns = 0;   ///< since 1970, as it says
  std::int64_t place_ns = 0;  ///< never before that of the record in front of it; set by LaneClock
  std::int32_t lap = -1;      ///< below 0: it has none
  std::uint32_t entity = 0;   ///< number of its key
  std::uint32_t stream = 0;
  Kind kind = Kind::event;
};

struct TimedBlock {
  RecordBlock records;
  std::vector<RecordFact> facts;        ///< parallel to the records
  std::string key_text;                 ///< their keys, one behind the other
  std::vector<std::uint32_t> key_ends;  ///< of each record in it
  std::vector<std::string> refusals;    ///< of each record that is refused, in order: why

  std::string_view key(std::size_t i) const {
    const std::uint32_t begin = i == 0 ? 0 : key_ends[i - 1];
    return std::string_view(key_text).substr(begin, key_ends[i] - begin);
  }
};

/// A lane as it is merged. One thread.
class TimedLane {
 public:
  virtual ~TimedLane() = default;
  /// Nothing comes for the moment: next() would wait.
  virtual bool would_wait() { return false; }
  /// The next block, with at least one record; blocks. False: there is none any more.
  virtual Result<bool> next(TimedBlock& to) = 0;
};

}  // namespace racesim
