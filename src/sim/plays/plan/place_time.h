// Which time of day it is at a place: our own table of country and longitude → offset from UTC, so that
// events do not depend on the machine's zone database. It holds the world's rules of 2023 to 2026 (after the
// IANA database 2025b) and applies them to all years. Part of the content of plays: a change of the table is
// a new version of the scenario.
#pragma once

#include <cstdint>
#include <string_view>

namespace racesim {

/// Version of the table; named in the scenario's manifest.
inline constexpr int kPlaceTimeVersion = 1;

/// Who changes the clock when.
enum class DstFamily : std::uint8_t {
  none,
  europe,      ///< last Sunday of March to last Sunday of October, 01:00 UTC
  moldova,     ///< the same days, 00:00 UTC
  america,     ///< second Sunday of March to first Sunday of November, 02:00 local
  cuba,        ///< the same days, 00:00 standard time
  australia,   ///< first Sunday of October to first Sunday of April, 02:00 standard time
  newzealand,  ///< last Sunday of September to first Sunday of April, 14:00 UTC the day before
  chile,       ///< first Sunday from 2 September (04:00 UTC) to first from 2 April (03:00 UTC)
  paraguay,    ///< first Sunday of October to first from 22 March; since October 2024 for good
  egypt,       ///< last Friday of April to last Thursday of October, midnight
  israel,      ///< Friday from 23 March to last Sunday of October, 02:00
  lebanon,     ///< last Sunday of March to last Sunday of October, 00:00
  palestine,   ///< after Ramadan (by table to 2025, then the Saturday up to 30 March) to the one up to 30
               ///< October
  morocco,     ///< one hour less during Ramadan (by table, 2023 to 2029)
  kazakhstan,  ///< one hour more until 2024-03-01
};

/// How a place keeps time. Small and comparable: many places share few rules.
struct OffsetRule {
  std::int16_t base_minutes = 0;  ///< east of UTC, outside daylight-saving time
  DstFamily dst = DstFamily::none;
  bool operator==(const OffsetRule&) const = default;
};

/// The rule of a place, by ISO 3166-1 alpha-2 code; countries with several zones are split by longitude. An
/// unknown country gets ⌊longitude / 15 + 0.5⌋ hours. Meant for set-up, not per event.
OffsetRule offset_rule(std::string_view country_code, double longitude_deg);

/// Minutes east of UTC at `utc_ms` since the epoch. Some tens of nanoseconds; pure.
int offset_minutes(OffsetRule rule, std::int64_t utc_ms);

/// The first moment after `utc_ms` at which offset_minutes() changes, so that callers can keep the value
/// until then; the largest std::int64_t if it never does.
std::int64_t next_offset_change_ms(OffsetRule rule, std::int64_t utc_ms);

}  // namespace racesim
