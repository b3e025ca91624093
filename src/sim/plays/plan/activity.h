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

/// A stretch of local time, in half-hours.
struct Stretch {
  /// A moment: half-hours since Monday 00:00, whole ones and the rest.
  struct Moment {
    std::int32_t bin;
    double part;
    explicit Moment(double bins) : bin(static_cast<std::int32_t>(bins)), part(bins - bin) {}
    double bins() const { return bin + part; }
  };
  Moment begin;      ///< below kWeekBins
  Moment end;        ///< less than a week later
  double weeks = 0;  ///< whole weeks it takes beyond that, mostly 0

  Stretch(double from_bins, double length_bins) : begin(from_bins), end(from_bins + length_bins) {
    if (length_bins < static_cast<double>(kWeekBins)) return;
    weeks = static_cast<double>(static_cast<std::int64_t>(length_bins / kWeekBins));
    end = Moment(from_bins + length_bins - weeks * static_cast<double>(kWeekBins));
  }
};

/// Session starts over one week, piecewise constant per half-hour. The mean rate over a week need not be 1.
class WeeklyCourse {
 public:
  /// `window_bins`: length of the windows that window() knows.
  WeeklyCourse(const std::array<double, kWeekBins>& rates, double window_bins);

  /// Integral of the rate over a stretch, in half-hours of mean rate 1.
  double integral(const Stretch& stretch) const {
    double sum = until(stretch.end) - until(stretch.begin);
    if (stretch.weeks > 0) sum += stretch.weeks * cumulative_[kWeekBins];
    return sum;
  }
  /// The same over the window that begins at `moment`, below kWeekBins: exact at half-hours, linear between.
  double window(const Stretch::Moment& moment) const {
    const double* const bin = windows_.data() + moment.bin;
    return bin[0] + moment.part * (bin[1] - bin[0]);
  }
  /// Half-hours from the stretch's begin until `share` (0 to 1) of its integral() is reached.
  double reach(const Stretch& stretch, double share) const;

 private:
  double until(const Stretch::Moment& moment) const {
    const double* const bin = cumulative_.data() + moment.bin;
    return bin[0] + moment.part * (bin[1] - bin[0]);
  }

  std::array<double, 2 * kWeekBins + 2> cumulative_{};  ///< over two weeks, so that no stretch wraps
  std::array<double, kWeekBins + 1> windows_{};         ///< integral() from each half-hour on
};

/// Rates with a weekly mean of 1.
/// Source of the shape: Zhang et al., INFOCOM 2013 (Spotify 2010-11): fewest sessions about 02 h, a steep
/// rise to a peak at 09-10 h, a weekday dip at lunch, most at 18-19 h; mobile's morning peak one hour
/// earlier; weekends without morning peak and dip.
const std::array<double, kWeekBins>& weekly_rates(Chronotype chronotype, Setting setting);

/// Time since the local week's begin, in half-hours, 0 to kWeekBins.
double week_bins(std::int64_t local_ms);
/// Half-hour of the local week.
std::size_t week_bin(std::int64_t local_ms);

}  // namespace racesim::plays
