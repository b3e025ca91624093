// IANA time zones, for reading times on the command line. Only zone.cpp includes the date library's zones and
// catches what they throw; the zones themselves are the system's (package tzdata).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace racesim {

/// Which offsets from UTC a local time can have in a zone.
struct LocalOffsets {
  enum class Kind : std::uint8_t {
    unique,   ///< both offsets are the same
    gap,      ///< the clock jumped over this time; the offsets before and after the jump
    overlap,  ///< the clock showed it twice; the offsets of the first and of the second time
  };
  Kind kind = Kind::unique;
  std::int64_t first_s = 0;   ///< seconds east of UTC
  std::int64_t second_s = 0;  ///< seconds east of UTC
};

/// The offsets at `local_s`, a wall-clock reading in seconds since 1970-01-01T00:00:00 of the same clock.
/// Errors (usage): the zone is not in the system's database, or has daylight-saving time and `local_s` lies
/// after 2037, where the date library's tables end. Any thread.
Result<LocalOffsets> local_offsets(std::string_view zone, std::int64_t local_s);

}  // namespace racesim
