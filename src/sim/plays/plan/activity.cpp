#include "sim/plays/plan/activity.h"

#include <algorithm>

#include "sim/plays/draws.h"

namespace racesim::plays {
namespace {

using Day = std::array<double, 24>;

// Session starts per hour of the local day, relative; the shape of Zhang et al. read as a table.
constexpr Day kWorkday{0.42, 0.26, 0.18, 0.20, 0.28, 0.48, 0.85, 1.25, 1.58, 1.72, 1.62, 1.36,
                       1.12, 1.14, 1.28, 1.42, 1.60, 1.82, 2.02, 1.98, 1.70, 1.38, 1.02, 0.66};
constexpr Day kFreeDay{0.72, 0.50, 0.30, 0.26, 0.26, 0.32, 0.46, 0.66, 0.92, 1.16, 1.34, 1.42,
                       1.46, 1.48, 1.52, 1.58, 1.68, 1.80, 1.86, 1.78, 1.60, 1.40, 1.16, 0.92};

// What a chronotype and a setting make of it, per 4 hours from midnight; our own figures.
constexpr std::array<std::array<double, 6>, kChronotypeCount> kChronotypeFactor{{
    {0.55, 1.55, 1.25, 0.95, 0.85, 0.50},
    {0.60, 0.85, 1.35, 1.30, 0.80, 0.65},
    {0.85, 0.75, 0.80, 0.95, 1.35, 1.30},
    {2.10, 0.70, 0.70, 0.85, 1.05, 1.75},
}};
constexpr std::array<std::array<double, 6>, kSettingCount> kSettingFactor{{
    {0.90, 1.10, 1.00, 1.05, 1.05, 0.85},
    {0.70, 0.90, 1.08, 1.15, 1.04, 0.75},
    {1.20, 0.90, 0.80, 0.85, 1.20, 1.50},
}};

/// Linear between the values, each standing for the middle of its part of the day.
template <std::size_t N>
double smooth(const std::array<double, N>& values, double hour) {
  const double width = 24.0 / static_cast<double>(N);
  double at = hour / width - 0.5;
  if (at < 0) at += static_cast<double>(N);
  const auto left = static_cast<std::size_t>(at) % N;
  const double share = at - static_cast<double>(static_cast<std::size_t>(at));
  return values[left] * (1 - share) + values[(left + 1) % N] * share;
}

constexpr std::int64_t kMondayMs = 4 * kDayMs;  // 1970-01-05

std::int64_t in_week_ms(std::int64_t local_ms) {
  const std::int64_t rest_ms = (local_ms - kMondayMs) % kWeekMs;
  return rest_ms < 0 ? rest_ms + kWeekMs : rest_ms;
}

using Week = std::array<double, kWeekBins>;

Week make_weekly_rates(Chronotype chronotype, Setting setting) {
  const auto& person = kChronotypeFactor[static_cast<std::size_t>(chronotype)];
  const auto& place = kSettingFactor[static_cast<std::size_t>(setting)];
  Week rates{};
  double sum = 0;
  for (std::size_t bin = 0; bin < kWeekBins; ++bin) {
    const std::size_t day = bin / 48;
    const double hour = static_cast<double>(bin % 48) / 2 + 0.25;
    const bool workday = day < 5;
    double course_hour = hour;
    // The phone's morning comes an hour before the desktop's.
    if (workday && setting == Setting::on_the_move && hour < 12)
      course_hour = hour + (hour < 11 ? 1 : 12 - hour);
    rates[bin] =
        smooth(workday ? kWorkday : kFreeDay, course_hour) * smooth(person, hour) * smooth(place, hour);
    if (day == 4 && hour > 18) rates[bin] *= 1.08;  // Friday evening
    sum += rates[bin];
  }
  for (double& rate : rates) rate *= static_cast<double>(kWeekBins) / sum;
  return rates;
}

}  // namespace

const Week& weekly_rates(Chronotype chronotype, Setting setting) {
  static const auto weeks = [] {
    std::array<Week, kChronotypeCount * kSettingCount> all;
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] = make_weekly_rates(static_cast<Chronotype>(i / kSettingCount),
                                 static_cast<Setting>(i % kSettingCount));
    return all;
  }();
  return weeks[static_cast<std::size_t>(chronotype) * kSettingCount + static_cast<std::size_t>(setting)];
}

WeeklyCourse::WeeklyCourse(const std::array<double, kWeekBins>& rates, double window_bins) {
  for (std::size_t bin = 0; bin + 1 < cumulative_.size(); ++bin)
    cumulative_[bin + 1] = cumulative_[bin] + rates[bin % kWeekBins];
  for (std::size_t bin = 0; bin < windows_.size(); ++bin)
    windows_[bin] = integral({static_cast<double>(bin % kWeekBins), window_bins});
}

double week_bins(std::int64_t local_ms) {
  return static_cast<double>(in_week_ms(local_ms)) / static_cast<double>(kBinMs);
}

std::size_t week_bin(std::int64_t local_ms) {
  return static_cast<std::size_t>(in_week_ms(local_ms) / kBinMs);
}

double WeeklyCourse::reach(const Stretch& stretch, double share) const {
  double rest = share * integral(stretch);
  double weeks = 0;
  if (stretch.weeks > 0) [[unlikely]] {
    weeks = std::min(stretch.weeks,
                     static_cast<double>(static_cast<std::int64_t>(rest / cumulative_[kWeekBins])));
    rest -= weeks * cumulative_[kWeekBins];
  }
  const double value = until(stretch.begin) + rest;
  const double* bin = cumulative_.data() + stretch.begin.bin;
  constexpr std::size_t kNear = 8;
  if (stretch.weeks == 0 && stretch.end.bin - stretch.begin.bin <= static_cast<int>(kNear)) {
    // Counted, not searched: which of a few half-hours it is nobody can guess.
    std::int64_t passed = 0;
    for (std::size_t i = 1; i <= kNear; ++i) passed += bin[i] <= value ? 1 : 0;
    bin += passed;
  } else {
    bin = std::upper_bound(cumulative_.data() + 1, cumulative_.data() + cumulative_.size() - 1, value) - 1;
  }
  const double width = bin[1] - bin[0];
  const double part = width > 0 ? (value - bin[0]) / width : 0;
  return weeks * static_cast<double>(kWeekBins) + static_cast<double>(bin - cumulative_.data()) + part -
         stretch.begin.bins();
}

}  // namespace racesim::plays
