#include "sim/plays/plan/demand.h"

#include <algorithm>

#include "sim/plays/draws.h"

namespace racesim::plays {

std::array<double, kWeekBins> world_rates(const Audience& audience, std::int64_t epoch_ms) {
  // Sum the weights per (rule, chronotype, setting) first: there are few of those and many listeners.
  const std::size_t rules = audience.rules().size();
  std::vector<double> weight(rules * kChronotypeCount * kSettingCount, 0.0);
  double total = 0;
  for (std::uint32_t i = 0; i < audience.size(); ++i) {
    const Listener& person = audience[i];
    for (const Habit& habit : person.habits) {
      const std::size_t kind =
          (person.rule * kChronotypeCount + static_cast<std::size_t>(person.chronotype)) * kSettingCount +
          static_cast<std::size_t>(setting_of(habit.device));
      weight[kind] += static_cast<double>(person.weight) * static_cast<double>(habit.share);
      total += static_cast<double>(person.weight) * static_cast<double>(habit.share);
    }
  }
  std::array<double, kWeekBins> world{};
  for (std::size_t c = 0; c < kChronotypeCount; ++c) {
    for (std::size_t s = 0; s < kSettingCount; ++s) {
      const auto& local = weekly_rates(static_cast<Chronotype>(c), static_cast<Setting>(s));
      for (std::size_t r = 0; r < rules; ++r) {
        const double share = weight[(r * kChronotypeCount + c) * kSettingCount + s] / total;
        if (share == 0) continue;
        // The local half-hour in which bin 0 of the UTC week begins; the others follow.
        std::size_t local_bin =
            week_bin(4 * kDayMs + offset_minutes(audience.rules()[r], epoch_ms) * 60'000LL);
        for (double& rate : world) {
          rate += share * local[local_bin];
          local_bin = local_bin + 1 < kWeekBins ? local_bin + 1 : 0;
        }
      }
    }
  }
  return world;
}

Courses::Courses(const Audience& audience, bool level, std::int64_t start_ms, std::int64_t window_ms)
    : level_(level) {
  const std::size_t groups = level ? audience.rules().size() : 1;
  std::array<double, kWeekBins> world{};
  if (level) world = world_rates(audience, start_ms);
  for (std::size_t group = 0; group < groups; ++group) {
    std::int64_t offset_ms = 0;
    if (level) offset_ms = offset_minutes(audience.rules()[group], start_ms) * 60'000LL;
    for (std::size_t c = 0; c < kChronotypeCount; ++c) {
      for (std::size_t s = 0; s < kSettingCount; ++s) {
        auto rates = weekly_rates(static_cast<Chronotype>(c), static_cast<Setting>(s));
        if (level)
          for (std::size_t bin = 0; bin < kWeekBins; ++bin)
            rates[bin] /= std::max(
                0.05, world[week_bin(static_cast<std::int64_t>(bin) * kBinMs + 4 * kDayMs - offset_ms)]);
        courses_.emplace_back(rates, static_cast<double>(window_ms) / static_cast<double>(kBinMs));
      }
    }
  }
}

Demand::Demand(const PlaysContent& content, const Frame& frame, const Audience& audience,
               std::int64_t earliest_epoch_ms)
    : per_minute_(content.volume_per_minute), volume_(static_cast<std::int64_t>(content.volume)) {
  if (per_minute_) return;
  span_ms_ = *frame.end_ms - frame.start_ms;
  first_ms_ = std::max(earliest_epoch_ms, audience.first_registration_ms()) - frame.start_ms;
  const std::int64_t bins = (span_ms_ + kBinMs - 1) / kBinMs;
  integral_.reserve(static_cast<std::size_t>(bins) + 1);
  integral_.push_back(0);
  std::array<double, kWeekBins> world{};
  for (std::int64_t bin = 0; bin < bins; ++bin) {
    const std::int64_t epoch_ms = frame.start_ms + bin * kBinMs;
    // Clock changes reach the demand within a week; each session follows its own place's clock exactly.
    if (bin % static_cast<std::int64_t>(kWeekBins) == 0) world = world_rates(audience, epoch_ms);
    const BinSpan span = span_of(bin);
    const double share = audience.registered_share(frame.start_ms + span.end_ms - 1);
    integral_.push_back(integral_.back() +
                        share * world[week_bin(epoch_ms)] * static_cast<double>(span.end_ms - span.begin_ms));
  }
}

/// The half-hour `bin` of the window, as far as anything can be played in it.
Demand::BinSpan Demand::span_of(std::int64_t bin) const {
  const std::int64_t end_ms = std::min((bin + 1) * kBinMs, span_ms_);
  return {std::clamp(first_ms_, bin * kBinMs, end_ms), end_ms};
}

double Demand::window_integral(std::int64_t t_ms) const {
  const auto bin = static_cast<std::size_t>(t_ms / kBinMs);
  if (bin + 1 >= integral_.size()) return integral_.back();
  const BinSpan span = span_of(static_cast<std::int64_t>(bin));
  if (t_ms <= span.begin_ms) return integral_[bin];
  const double share =
      static_cast<double>(t_ms - span.begin_ms) / static_cast<double>(span.end_ms - span.begin_ms);
  return integral_[bin] + share * (integral_[bin + 1] - integral_[bin]);
}

std::int64_t Demand::plays_before(std::int64_t t_ms, std::int64_t next_ms, double share) const {
  const double between = share * static_cast<double>(next_ms - t_ms);
  if (per_minute_) {
    const auto at = static_cast<__int128>(t_ms + static_cast<std::int64_t>(between)) * volume_;
    const auto floor = at >= 0 ? at / 60'000 : -((59'999 - at) / 60'000);
    return static_cast<std::int64_t>(floor);
  }
  if (share == 0 && t_ms >= span_ms_) return volume_;
  const double from = window_integral(t_ms);
  const double to = window_integral(next_ms);
  const double part = std::min(to, from + share * (to - from));
  const double plays = static_cast<double>(volume_) * (part / integral_.back());
  return std::min(volume_, static_cast<std::int64_t>(plays));
}

}  // namespace racesim::plays
