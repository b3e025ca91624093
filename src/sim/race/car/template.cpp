#include "sim/race/car/template.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace racesim::race {
namespace {

using Sample = Template::Sample;

/// The sample at whose interval `l_m` lies; the last interval takes what is beyond.
const Sample* interval_of(const std::vector<Sample>& samples, double l_m) {
  RACESIM_CHECK(samples.size() >= 2);
  const auto behind = std::upper_bound(samples.begin() + 1, samples.end() - 1, l_m,
                                       [](double l, const Sample& sample) { return l < sample.l_m; });
  return &*(behind - 1);
}

double speed_in(const Sample* from, double l_m) {
  const double v = static_cast<double>(from->v_mps);
  const double a = (static_cast<double>(from[1].v_mps) - v) / kTemplateStep_s;
  return std::sqrt(std::max(0.0, v * v + 2 * a * (l_m - from->l_m)));
}

}  // namespace

double Template::time_at(double l_m) const {
  const Sample* from = interval_of(samples, l_m);
  const double speeds = static_cast<double>(from->v_mps) + speed_in(from, l_m);
  const double since = speeds > 0 ? 2 * (l_m - from->l_m) / speeds : 0;
  return static_cast<double>(from - samples.data()) * kTemplateStep_s + std::min(since, kTemplateStep_s);
}

double Template::speed_at(double l_m) const {
  return speed_in(interval_of(samples, l_m), l_m);
}

}  // namespace racesim::race
