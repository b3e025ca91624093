#include "agg/timing/crossing.h"

#include <algorithm>

namespace racesim {
namespace {

constexpr double kMmpms_per_dkmh = 1 / 36.0;
constexpr double kMmpms2_per_cg = 9.80665e-5;
constexpr double kHardlyMoved_mm = 20;
constexpr int kHalvings = 40;  // of the time between two sights: far below a microsecond

/// The share of the time at which `driven` (ascending) comes to `wanted_mm`.
double share_at(const Crossing& crossing, double wanted_mm) {
  double low = 0, high = 1;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (driven_mm(crossing.before, crossing.after, middle) < wanted_mm ? low : high) = middle;
  }
  return low;
}

double ratio_between(const Crossing& crossing) {
  return line_ratio(static_cast<double>(crossing.after.s_mm - crossing.before.s_mm),
                    driven_mm(crossing.before, crossing.after, 1));
}

}  // namespace

double driven_mm(const Sight& before, const Sight& after, double share) {
  const auto h_ms = static_cast<double>(after.time_ms - before.time_ms);
  const double v0 = before.speed_dkmh * kMmpms_per_dkmh, v1 = after.speed_dkmh * kMmpms_per_dkmh;
  const double m0 = before.lon_cg * kMmpms2_per_cg * h_ms, m1 = after.lon_cg * kMmpms2_per_cg * h_ms;
  const double c2 = 3 * (v1 - v0) - 2 * m0 - m1, c3 = 2 * (v0 - v1) + m0 + m1;
  return h_ms * share * (v0 + share * (m0 / 2 + share * (c2 / 3 + share * c3 / 4)));
}

double line_ratio(double line_mm, double driven_mm) {
  return driven_mm < kHardlyMoved_mm || line_mm < kHardlyMoved_mm ? 1 : line_mm / driven_mm;
}

std::int64_t place_um(const Crossing& crossing, std::int64_t ms) {
  const double share = static_cast<double>(ms) / static_cast<double>(crossing.gap_ms());
  const double mm = driven_mm(crossing.before, crossing.after, share) * ratio_between(crossing);
  return static_cast<std::int64_t>(crossing.before.s_mm) * 1000 + static_cast<std::int64_t>(mm * 1000);
}

double ms_behind_first(const Crossing& crossing, std::int64_t s_um) {
  const double line_mm =
      static_cast<double>(s_um - static_cast<std::int64_t>(crossing.before.s_mm) * 1000) / 1000;
  return share_at(crossing, line_mm / ratio_between(crossing)) * static_cast<double>(crossing.gap_ms());
}

std::int64_t timing_line_ms(const Crossing& crossing, double ratio) {
  const double behind_mm = static_cast<double>(crossing.after.s_mm) / ratio;
  const double share = share_at(crossing, driven_mm(crossing.before, crossing.after, 1) - behind_mm);
  return whole_ms(crossing, share * static_cast<double>(crossing.gap_ms()));
}

std::int64_t whole_ms(const Crossing& crossing, double ms) {
  // A sample of the very millisecond lies behind the line already.
  return crossing.before.time_ms +
         std::clamp<std::int64_t>(static_cast<std::int64_t>(ms + 0.5), 1, crossing.gap_ms());
}

}  // namespace racesim
