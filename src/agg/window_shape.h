// Which windows of event time there are, and how they are asked for. Windows are aligned to the epoch in UTC:
// a window of a day is a day of UTC, also where a clock is put forward in the course of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/option.h"

namespace racesim {

inline constexpr std::int64_t kLongestWindow_us = std::int64_t{366} * 86'400 * 1'000'000;
/// An event counts in at most so many windows: those of an hour that slide by a second.
inline constexpr std::int64_t kMostWindowsOfEvent = 3600;
/// Of --slide and --gap.
inline constexpr std::string_view kNoDuration = "none";

struct WindowShape {
  std::int64_t size_us = 0;   ///< 0: session windows
  std::int64_t slide_us = 0;  ///< from start to start; at most `size_us`, with which windows tumble
  std::int64_t gap_us = 0;    ///< sessions: a pause of so long ends one

  bool sessions() const { return gap_us > 0; }
  /// Start of the last window that covers the time. The others, which start `slide_us` earlier each, end
  /// before it.
  std::int64_t last_start_us(std::int64_t time_us) const {
    const std::int64_t into = time_us % slide_us;
    return time_us - (into < 0 ? into + slide_us : into);
  }
  /// "5s", "1m/10s", "gap 30s".
  std::string text() const;
};

/// Whole milliseconds, 1 ms to 366 days. Errors (usage) do not name the option.
Done check_window_duration(std::string_view text);
/// The same, or none.
Done check_optional_duration(std::string_view text);

/// "slide", which means the same wherever windows are.
inline constexpr ContentOption kSlideOption{
    .name = "slide",
    .metavar = "DURATION",
    .kind = ValueKind::text,
    .fallback = kNoDuration,
    .help = "Windows begin so far apart and overlap: 1s; none: each begins where the one before ends",
    .check = &check_optional_duration};

/// Windows by the options "window" and "slide". Errors (usage) name the option.
Result<WindowShape> read_aligned_windows(const OptionValues& options);
/// Sets "window" and "slide", or "gap", to what WindowShape::text() was of. False: it is of no windows, or
/// the options have no gap.
bool set_windowing(std::string_view text, OptionValues& options);
/// Windows by the option "gap" where it is given, else by the others.
Result<WindowShape> read_windows(const OptionValues& options);

}  // namespace racesim
