#include "sim/race/render/segment.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "sim/race/car/forces.h"

namespace racesim::race {
namespace {

// Newton's error squares with each step, times the pace's variation: two steps do at racing pace, three while
// flags change it by 15 %.
constexpr double kEven = 0.08;

constexpr double kStands_mps = 0.01;

/// A foot that brings up the revs moves so slowly: ms per per cent.
constexpr std::int64_t kPress_mspp = 16;

/// Pedals at pace ratio r. All forces but rolling shrink with 1/r², so power with 1/r³; but up to a few per
/// cent a car is slow because it has less power or grip, not because its driver lifts.
constexpr double kSameEffort = 1.04;
constexpr double kLifted = 1.15;
inline double effort(double r) {
  if (r <= kSameEffort) [[likely]]
    return 1;
  const double lifted = 1 / (r * r * r);
  if (r >= kLifted) return lifted;
  const double share = (r - kSameEffort) / (kLifted - kSameEffort);
  return 1 + share * (lifted - 1);
}

inline std::uint8_t scaled(std::uint8_t percent, double factor) {
  return static_cast<std::uint8_t>(static_cast<double>(percent) * factor + 0.5);
}

inline void place(const Segment& segment, double l_m, CarState& state) {
  const PathGrid& grid = *segment.path;
  const double at = l_m * grid.per_m;
  const auto cell = std::clamp<std::int64_t>(static_cast<std::int64_t>(at), 0,
                                             static_cast<std::int64_t>(grid.points.size()) - 2);
  const double share = at - static_cast<double>(cell);
  const PathGrid::Point& p = grid.points[static_cast<std::size_t>(cell)];
  const PathGrid::Point& q = grid.points[static_cast<std::size_t>(cell) + 1];
  state.s_m = p.s_m + share * (q.s_m - p.s_m) + segment.s_offset_m;
  state.x_m = p.x_m + share * (q.x_m - p.x_m);
  state.y_m = p.y_m + share * (q.y_m - p.y_m);
  state.curvature_1pm = p.curvature_1pm + share * (q.curvature_1pm - p.curvature_1pm);
  state.z_m = 0;
  if (!grid.z_m.empty()) [[unlikely]] {
    const double* z = grid.z_m.data() + cell;
    state.z_m = z[0] + share * (z[1] - z[0]);
  }
}

/// Off the path, with what that does to speed, acceleration and bend. `x`: how much of the move is over.
void move_aside(const Segment& segment, double l_m, double x, CarState& state) {
  const PathGrid& grid = *segment.path;
  const double at = l_m * grid.per_m;
  const auto cell = static_cast<std::size_t>(std::clamp<std::int64_t>(
      static_cast<std::int64_t>(at), 0, static_cast<std::int64_t>(grid.points.size()) - 2));
  const double share = at - static_cast<double>(cell);
  const auto between = [&, &p = grid.asides[cell], &q = grid.asides[cell + 1]](double PathGrid::Aside::*of) {
    return p.*of + share * (q.*of - p.*of);
  };
  const double shift_m = between(&PathGrid::Aside::shift_m), slope = between(&PathGrid::Aside::slope);
  const double v = state.v_mps, bend_1pm = state.curvature_1pm;
  // Over in a curve without a bend at either end.
  const double y = 1 - x, per_s = 1000 * segment.over_per_ms;
  const double eased = x * x * x * (10 - x * (15 - 6 * x)), eased_ps = 30 * x * x * y * y * per_s;
  const double eased_ps2 = 60 * x * y * (y - x) * per_s * per_s;
  const double band = segment.band + segment.band_rise * eased;
  const double rise_m = segment.side_rise_m + segment.band_rise * shift_m;
  const double left_m = segment.side_m + segment.side_rise_m * eased + band * shift_m;
  const double left_mps = rise_m * eased_ps + band * slope * v;
  const double left_mps2 = rise_m * eased_ps2 + 2 * segment.band_rise * eased_ps * slope * v +
                           band * (between(&PathGrid::Aside::bend_1pm) * v * v + slope * state.a_mps2);
  state.x_m += left_m * between(&PathGrid::Aside::left_x);
  state.y_m += left_m * between(&PathGrid::Aside::left_y);
  if (v < kStands_mps) return;
  // The inside of a bend is shorter than its outside.
  const double smooth_1pm = between(&PathGrid::Aside::smooth_bend_1pm);
  const double way = 1 - smooth_1pm * left_m;
  const double bend_rise_1pm2 =
      (grid.asides[cell + 1].smooth_bend_1pm - grid.asides[cell].smooth_bend_1pm) * grid.per_m;
  const double ahead_mps = v * way;
  const double ahead_mps2 = state.a_mps2 * way - v * (bend_rise_1pm2 * v * left_m + smooth_1pm * left_mps);
  state.v_mps = std::sqrt(ahead_mps * ahead_mps + left_mps * left_mps);
  state.a_mps2 = (ahead_mps * ahead_mps2 + left_mps * left_mps2) / state.v_mps;
  state.curvature_1pm = bend_1pm / way + left_mps2 / (state.v_mps * state.v_mps);
}

/// What the warp says of some ticks of a segment.
constexpr std::size_t kWarpedAtOnce = 32;
struct Warped {
  double at[kWarpedAtOnce];       ///< sample of the template, with its fraction
  double r[kWarpedAtOnce];        ///< pace ratio
  double r_slope[kWarpedAtOnce];  ///< per second of the template
  double inverse[kWarpedAtOnce];  ///< 1 / r
};

void warp(const Segment& segment, const double* since_ms, std::size_t count, Warped* out) {
  const double r0 = segment.r0, rise = segment.r_rise, c16 = segment.c16;
  const auto ratio = [&](double x) {
    const double y = x * (1 - x);
    return r0 + rise * x * x * (3 - 2 * x) + c16 * y * y;
  };
  const auto corrected = [&](double x, double wanted) {
    const double xxx = x * x * x;
    const double t = r0 * x + rise * xxx * (1 - 0.5 * x) + c16 * xxx * (1.0 / 3 - x * (0.5 - 0.2 * x));
    return x - (t - wanted) / ratio(x);
  };
  // Each step waits for the one before it, through a division; two ticks at a time wait together.
  double x[kWarpedAtOnce];
  for (std::size_t i = 0; i < count; ++i) {
    const double wanted = since_ms[i] * 1e-3 * segment.per_tau;
    x[i] = corrected(corrected(since_ms[i] * segment.per_ms, wanted), wanted);
  }
  if (!segment.even) [[unlikely]]
    for (std::size_t i = 0; i < count; ++i) x[i] = corrected(x[i], since_ms[i] * 1e-3 * segment.per_tau);
  for (std::size_t i = 0; i < count; ++i) {
    const double y = x[i];
    out->r[i] = ratio(y);
    out->r_slope[i] = (6 * rise * y * (1 - y) + 2 * c16 * y * (1 - y) * (1 - 2 * y)) * segment.per_tau;
    out->inverse[i] = 1 / out->r[i];
    out->at[i] = (segment.tau_begin_s + y * segment.tau_s) * (1 / kTemplateStep_s);
  }
}

CarState standing(const Segment& segment, std::int64_t time_ms) {
  CarState state{};
  place(segment, segment.l_m, state);
  if (segment.aside) move_aside(segment, segment.l_m, 1, state);
  state.fuel_g = segment.fuel_begin_g;
  state.wear_pct = segment.wear_begin_pct;
  state.gear = segment.gear;
  const std::int64_t pressed_pct = std::max<std::int64_t>(0, time_ms - segment.begin_ms) / kPress_mspp;
  state.throttle_pct = static_cast<std::uint8_t>(std::min<std::int64_t>(segment.throttle_pct, pressed_pct));
  return state;
}

/// Straight into its place: a copy of what was just written byte by byte costs as much as the rest.
inline void drive_at(const Segment& segment, double since_ms, double at, double r, double r_slope,
                     double inverse, CarState& state) {
  const Template& drive = *segment.drive;
  const auto i = std::clamp<std::int64_t>(static_cast<std::int64_t>(at), 0,
                                          static_cast<std::int64_t>(drive.samples.size()) - 2);
  const double share = at - static_cast<double>(i);
  const Template::Sample& p = drive.samples[static_cast<std::size_t>(i)];
  const Template::Sample& q = drive.samples[static_cast<std::size_t>(i) + 1];
  const double v0 = static_cast<double>(p.v_mps), dv = static_cast<double>(q.v_mps) - v0;
  const double v = v0 + share * dv;
  const double l_m = p.l_m + (v0 + 0.5 * share * dv) * share * kTemplateStep_s;
  place(segment, l_m, state);
  state.v_mps = v * inverse;
  state.a_mps2 = (dv * (1 / kTemplateStep_s) - v * r_slope * inverse) * inverse * inverse;
  if (segment.aside) [[unlikely]]
    move_aside(segment, l_m, std::min(1.0, since_ms * segment.over_per_ms), state);
  const double pedals = effort(r);
  const double burnt_kg = static_cast<double>(p.fuel_kg) +
                          share * (static_cast<double>(q.fuel_kg) - static_cast<double>(p.fuel_kg));
  state.fuel_g = segment.fuel_begin_g - segment.fuel_per_kg_g * burnt_kg;
  const double worn =
      static_cast<double>(p.wear) + share * (static_cast<double>(q.wear) - static_cast<double>(p.wear));
  state.wear_pct = segment.wear_begin_pct + segment.wear_per_pct * worn;
  state.throttle_pct = scaled(p.throttle_pct, pedals);
  state.brake_pct = scaled(p.brake_pct, pedals);
  state.gear = p.gear;
  state.drs = p.drs && segment.drs;
}

}  // namespace

PathGrid::PathGrid(const Path& path) : per_m(1 / path.step_m), z_m(path.z_m) {
  points.reserve(path.s_m.size());
  for (std::size_t i = 0; i < path.s_m.size(); ++i)
    points.push_back({path.s_m[i], path.x_m[i], path.y_m[i], path.curvature_1pm[i]});
}

void set_pace(Segment& segment, double r0, double r1) {
  const double wanted = static_cast<double>(segment.end_ms - segment.begin_ms) * 1e-3 / segment.tau_s;
  segment.r0 = r0;
  segment.r_rise = r1 - r0;
  // ∫ 16x²(1−x)² dx over 0..1 is 8/15.
  const double c = (wanted - (r0 + r1) / 2) * (15.0 / 8.0);
  segment.c16 = 16 * c;
  segment.per_ms = 1 / static_cast<double>(segment.end_ms - segment.begin_ms);
  segment.per_tau = 1 / segment.tau_s;
  segment.even = std::abs(segment.r_rise) + std::abs(c) < kEven;
}

CarState state_at(const Segment& segment, std::int64_t time_ms) {
  CarState state;
  states_at(segment, &time_ms, 1, &state);
  return state;
}

void states_at(const Segment& segment, const std::int64_t* times_ms, std::size_t count, CarState* out) {
  if (segment.drive == nullptr) {
    for (std::size_t i = 0; i < count; ++i) out[i] = standing(segment, times_ms[i]);
    return;
  }
  for (std::size_t begin = 0; begin < count; begin += kWarpedAtOnce) {
    const std::size_t some = std::min(kWarpedAtOnce, count - begin);
    double since_ms[kWarpedAtOnce];
    for (std::size_t i = 0; i < some; ++i)
      since_ms[i] = static_cast<double>(times_ms[begin + i] - segment.begin_ms);
    Warped w;
    warp(segment, since_ms, some, &w);
    for (std::size_t i = 0; i < some; ++i)
      drive_at(segment, since_ms[i], w.at[i], w.r[i], w.r_slope[i], w.inverse[i], out[begin + i]);
  }
}

double engine_rpm(const Segment& segment, const CarState& state) {
  constexpr double kGripsFrom_mps = 25;
  const double rpm = rpm_at(state.gear, state.v_mps, static_cast<double>(state.throttle_pct) / 100);
  if (segment.spin_rpm == 0) [[likely]]
    return rpm;
  return rpm + segment.spin_rpm * std::max(0.0, 1 - state.v_mps / kGripsFrom_mps);
}

}  // namespace racesim::race
