// How many plays start when: quotas of cells, exact in sum.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/plays/content.h"
#include "sim/plays/plan/activity.h"
#include "sim/plays/plan/audience.h"

namespace racesim::plays {

/// The courses that listeners follow. With a volume for the whole window they are the plain weekly ones; with
/// a volume per minute each is divided by what all listeners together do at that moment, so that the sum is
/// level at any hour while everybody's evening stays an evening.
class Courses {
 public:
  /// `window_ms`: length of the windows that WeeklyCourse::window() knows.
  Courses(const Audience& audience, bool level, std::int64_t start_ms, std::int64_t window_ms);

  /// Kinds of listening: chronotype × setting.
  static constexpr std::size_t kKinds = kChronotypeCount * kSettingCount;
  static std::size_t kind(const Listener& person, Device device) {
    return static_cast<std::size_t>(person.chronotype) * kSettingCount +
           static_cast<std::size_t>(setting_of(device));
  }

  const WeeklyCourse& of(std::size_t rule, std::size_t kind) const {
    return courses_[(level_ ? rule : 0) * kKinds + kind];
  }
  const WeeklyCourse& of(const Listener& person, Device device) const {
    return of(person.rule, kind(person, device));
  }

 private:
  bool level_;
  std::vector<WeeklyCourse> courses_;
};

/// Sessions of all listeners per half-hour of the UTC week, at the clock offsets of `epoch_ms`; mean near 1.
std::array<double, kWeekBins> world_rates(const Audience& audience, std::int64_t epoch_ms);

/// Cumulative demand: C(t), the plays whose sessions start before t (milliseconds since the run's start).
class Demand {
 public:
  /// Demand is nil before `earliest_epoch_ms`, and grows with the listeners who have registered.
  Demand(const PlaysContent& content, const Frame& frame, const Audience& audience,
         std::int64_t earliest_epoch_ms);

  /// Plays of sessions that start in [0, t_ms) plus `share` (0..1) of those in [t_ms, next_ms); monotone in
  /// (t_ms, share). With a volume for the window C(end) is exactly that volume. Per minute, t_ms may be
  /// negative.
  std::int64_t plays_before(std::int64_t t_ms, std::int64_t next_ms, double share) const;

 private:
  struct BinSpan {
    std::int64_t begin_ms;
    std::int64_t end_ms;
  };
  BinSpan span_of(std::int64_t bin) const;
  double window_integral(std::int64_t t_ms) const;

  bool per_minute_;
  std::int64_t volume_;
  std::int64_t span_ms_ = 0;
  std::int64_t first_ms_ = 0;     ///< since the start, when there are a listener and a song; may be negative
  std::vector<double> integral_;  ///< at every half-hour since the start, and at the end
};

}  // namespace racesim::plays
