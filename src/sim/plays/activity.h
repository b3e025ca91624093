// When people listen: the rate of starting sessions over the local week, by kind of listener and of device,
// as an integral that can be evaluated and inverted at any time.
#pragma once

#include <array>
#include <cstdint>

#include "model/play.h"

namespace racesim::plays {

/// Louail and Barthelemy 2017: four groups of listeners of similar size.
enum class Chronotype : std::uint8_t { early, working_hours, evening, night };
inline constexpr std::size_t kChronotypeCount = 4;

/// Devices that share a daily course: phones lead the morning by an hour, desktops follow office hours,
/// tablet, speaker and television belong to the home.
enum class Setting : std::uint8_t { on_the_move, at_the_desk, at_home };
inline constexpr std::size_t kSettingCount = 3;
constexpr Setting setting_of(Device device) {
  return device == Device::mobile    ? Setting::on_the_move
         : device == Device::desktop ? Setting::at_the_desk
                                     : Setting::at_home;
}

inline constexpr std::size_t kWeekBins = 336;  ///< half-hours, the first from Monday 00:00
inline constexpr std::int64_t kBinMs = 1'800'000;
inline constexpr std::int64_t kWeekMs = static_cast<std::int64_t>(kWeekBins) * kBinMs;

/// Session starts over one week, piecewise constant per half-hour. The mean rate over a week need not be 1.
class WeeklyCourse {
 public:
  explicit WeeklyCourse(const std::array<double, kWeekBins>& rates);

  double rate(std::size_t bin) const { return cumulative_[bin + 1] - cumulative_[bin]; }
  /// Integral of the rate, in half-hours of mean rate 1, from an arbitrary fixed Monday to `local_ms` (epoch
  /// milliseconds of the local clock).
  double integral(std::int64_t local_ms) const;
  /// The local time in [from_ms, to_ms] at which integral() reaches `value`, which lies between theirs.
  std::int64_t inverse(double value, std::int64_t from_ms, std::int64_t to_ms) const;

 private:
  std::array<double, kWeekBins + 1> cumulative_{};
};

/// Rates with a weekly mean of 1.
/// Source of the shape: Zhang et al., INFOCOM 2013 (Spotify 2010-11): fewest sessions about 02 h, a steep
/// rise to a peak at 09-10 h, a weekday dip at lunch, most at 18-19 h; mobile's morning peak one hour
/// earlier; weekends without morning peak and dip.
const std::array<double, kWeekBins>& weekly_rates(Chronotype chronotype, Setting setting);

/// Half-hour of the local week.
std::size_t week_bin(std::int64_t local_ms);

}  // namespace racesim::plays
