// What plays look like as a whole: sessions told apart by idle time, shares, quantiles, correlations.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "support/plays_world.h"

namespace racesim::plays_test {

/// As a receiver sees it: plays of one user with less than half an hour of silence between them.
struct SeenSession {
  std::uint32_t user;  ///< row of the users
  std::int64_t begin_ms;
  std::int64_t end_ms;
  std::int64_t local_begin_ms;
  std::uint32_t plays;
  Device device;
};
inline constexpr std::int64_t kIdleMs = 30 * kMinuteMs;

/// Sessions in order of user, then time.
inline std::vector<SeenSession> sessions_of(const World& world, const std::vector<Event>& events) {
  std::vector<std::vector<std::uint32_t>> by_user(world.users.size());
  for (std::uint32_t i = 0; i < events.size(); ++i)
    by_user[world.user_index.at(events[i].row.user_id)].push_back(i);
  std::vector<SeenSession> sessions;
  for (std::uint32_t user = 0; user < by_user.size(); ++user) {
    std::int64_t silent_since = INT64_MIN / 2;
    for (const std::uint32_t i : by_user[user]) {
      const PlayRow& row = events[i].row;
      if (row.played_at.ms - silent_since >= kIdleMs)
        sessions.push_back({user, row.played_at.ms, 0, world.local_ms(row), 0, row.device_type});
      silent_since = row.played_at.ms + row.play_duration_ms;
      sessions.back().end_ms = silent_since;
      ++sessions.back().plays;
    }
  }
  return sessions;
}

inline double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

inline double correlation(const std::vector<std::pair<double, double>>& pairs) {
  double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  for (const auto& [a, b] : pairs) {
    n += 1, x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
  }
  return (xy / n - x / n * y / n) / std::sqrt((xx / n - x / n * x / n) * (yy / n - y / n * y / n));
}

/// Share of the sum that the largest `fraction` of the values have.
inline double top_share(std::vector<double> values, double fraction) {
  std::sort(values.begin(), values.end(), std::greater<>());
  const double all = std::accumulate(values.begin(), values.end(), 0.0);
  const auto count = static_cast<std::ptrdiff_t>(std::round(fraction * static_cast<double>(values.size())));
  return std::accumulate(values.begin(), values.begin() + count, 0.0) / all;
}

/// 0: all equal, 1: one has everything.
inline double gini(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  double weighted = 0, sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    weighted += (static_cast<double>(i) + 1) * values[i];
    sum += values[i];
  }
  return 2 * weighted / (n * sum) - (n + 1) / n;
}

/// Variance over mean of counts; 1 for Poisson.
inline double dispersion(const std::vector<double>& counts) {
  const double m = mean(counts);
  double squares = 0;
  for (const double c : counts) squares += (c - m) * (c - m);
  return squares / (static_cast<double>(counts.size()) - 1) / m;
}

inline constexpr std::int64_t kMondayMs = 4 * kDayMs;  // 1970-01-05
inline int hour_of(std::int64_t local_ms) {
  return static_cast<int>(local_ms % kDayMs / kHourMs);
}
/// 0 is Monday.
inline int weekday_of(std::int64_t local_ms) {
  return static_cast<int>((local_ms - kMondayMs) / kDayMs % 7);
}
inline bool free_day(std::int64_t local_ms) {
  return weekday_of(local_ms) >= 5;
}

}  // namespace racesim::plays_test
