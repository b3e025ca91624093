// Times as recordings have them: ISO 8601 or a number since 1970, in whatever unit.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "run/replay/replay_config.h"

namespace racesim {

/// How a time is written: enough to write another one like it.
struct TimeForm {
  bool is_number = false;
  TimeUnit unit = TimeUnit::s;  ///< of a number
  int decimals = 0;             ///< digits behind the point
  char separator = 'T';         ///< between date and time
  bool has_seconds = true;      ///< "14:00" has none
  std::string offset;           ///< "Z", "+02:00", "" as it stands there
  std::int64_t offset_s = 0;    ///< local − UTC
  bool operator==(const TimeForm&) const = default;
};

/// One thread; remembers the last minute, which most events share with the one before.
class TimeReader {
 public:
  /// `unit` of numbers. `any_number`: no year is unlikely, since numbers need not count from 1970.
  explicit TimeReader(TimeUnit unit, bool any_number = false) : unit_(unit), any_number_(any_number) {}

  /// Nanoseconds since 1970. None: it is no time, or an unlikely one; `why` names it and what it was taken
  /// for.
  std::optional<std::int64_t> read(std::string_view text, std::string& why);
  /// The same, and how it is written.
  std::optional<std::int64_t> read(std::string_view text, TimeForm& form, std::string& why) const;

 private:
  std::optional<std::int64_t> read_number(std::string_view text, TimeForm& form, std::string& why) const;

  const TimeUnit unit_;
  const bool any_number_;
  std::array<char, 17> minute_{};  ///< "2026-07-05T14:18:"
  std::int64_t minute_s_ = 0;
};

/// Appends the time in that form; what it has no digits for is cut off.
void append_time(std::int64_t time_ns, const TimeForm& form, std::string& out);

}  // namespace racesim
