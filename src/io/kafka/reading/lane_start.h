// Where the reading of a partition begins, in view of what the store knows of it and of what the topic holds
// now. Nothing is asked here: it is decided.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "io/sources/record_block.h"

namespace racesim::kafka {

/// A record as it is recognised.
struct RecordSeen {
  std::uint64_t hash = 0;     ///< record_hash() of its value
  std::int64_t time_ms = -1;  ///< -1: it has none
  bool operator==(const RecordSeen&) const = default;
};

struct LaneFacts {
  std::string name;                          ///< for messages: "f1-telemetry [2]"
  std::optional<LanePosition> known;         ///< what the store holds
  std::optional<std::int64_t> group_offset;  ///< what the group holds
  std::int64_t low = 0;                      ///< offset of the first record that is still there
  std::int64_t end = 0;                      ///< behind the last one
  std::optional<RecordSeen> before;          ///< the record before known->next; none: there is none
  bool compacted = false;                    ///< the topic is: single records may be gone
  std::int64_t first = 0;                    ///< where a first reading begins: --start-at
};

struct LaneRules {
  std::string group;
  bool store_keeps_positions = true;  ///< else the group's offsets are what reading goes on from
  bool start_is_given = false;        ///< by the user
  bool allow_gap = false;
};

struct LaneStart {
  std::int64_t next = 0;
  std::uint64_t gap = 0;  ///< records that were gone before they were read
  bool is_new = false;    ///< nobody has read the partition before
};

/// The record before `known.next` is to be looked at before choose_start().
bool has_record_before(const LanePosition& known, std::int64_t low);

/// Errors: usage where the topic is another one than the store has read, or where the group has read what the
/// store does not know of; partial where records are gone and that is not allowed.
Result<LaneStart> choose_start(const LaneFacts& facts, const LaneRules& rules);

}  // namespace racesim::kafka
