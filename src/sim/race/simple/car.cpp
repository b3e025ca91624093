#include "sim/race/simple/car.h"

namespace racesim::race::simple {
namespace {

constexpr double kKmhPerMps = 3.6;
// Even paces differ by ±6 km/h, a draw by ±62, and the way between two draws bends the speed by up to 1.5 ×
// 40 more: together they stay within kSlowest_kmh and kFastest_kmh.
constexpr double kPace_kmh = 210;
constexpr double kPaceSpread_kmh = 6;
constexpr double kFaster_kmh = 62;
constexpr double kAhead_kmh = 40;
static_assert(kPace_kmh - kPaceSpread_kmh - kFaster_kmh - 1.5 * kAhead_kmh >= Car::kSlowest_kmh);
static_assert(kPace_kmh + kPaceSpread_kmh + kFaster_kmh + 1.5 * kAhead_kmh <= Car::kFastest_kmh);

/// Uniform in (−1, 1).
double either_way(StreamKey key, std::uint64_t number) {
  return 2 * unit(draw(key, number)) - 1;
}

}  // namespace

Car::Car(std::uint64_t seed, std::uint32_t number, double start_m)
    : id_("car-" + std::to_string(number)),
      places_(stream_key(seed, "race.simple.place", number)),
      speeds_(stream_key(seed, "race.simple.speed", number)),
      start_m_(start_m),
      pace_mps_((kPace_kmh + kPaceSpread_kmh * either_way(stream_key(seed, "race.simple.pace", number), 0)) /
                kKmhPerMps) {}

double Car::ahead_m(std::uint64_t draw_number) const {
  if (draw_number == 0) return 0;  // at the start it is where it was put
  return either_way(places_, draw_number) * kAhead_kmh / kKmhPerMps * kInterval_s / 2;
}

double Car::faster_mps(std::uint64_t draw_number) const {
  return either_way(speeds_, draw_number) * kFaster_kmh / kKmhPerMps;
}

Car::Interval Car::interval_at(double time_s) const {
  const auto number = static_cast<std::uint64_t>(time_s / kInterval_s);
  Interval i{};
  i.begin_s = static_cast<double>(number) * kInterval_s;
  for (std::uint64_t end = 0; end < 2; ++end) {
    i.ahead_m[end] = ahead_m(number + end);
    i.faster_mps[end] = faster_mps(number + end);
  }
  return i;
}

double Car::speed_kmh(double time_s) const {
  const Interval i = interval_at(time_s);
  const double x = (time_s - i.begin_s) / kInterval_s;
  const double faster_mps = 6 * x * (1 - x) * (i.ahead_m[1] - i.ahead_m[0]) / kInterval_s +
                            (1 - x) * (1 - 3 * x) * i.faster_mps[0] + x * (3 * x - 2) * i.faster_mps[1];
  return (pace_mps_ + faster_mps) * kKmhPerMps;
}

double Car::distance_m(double time_s) const {
  const Interval i = interval_at(time_s);
  const double x = (time_s - i.begin_s) / kInterval_s;
  const double y = 1 - x;
  const double ahead_m = (1 + 2 * x) * y * y * i.ahead_m[0] + x * x * (3 - 2 * x) * i.ahead_m[1] +
                         kInterval_s * x * y * (y * i.faster_mps[0] - x * i.faster_mps[1]);
  return start_m_ + pace_mps_ * time_s + ahead_m;
}

}  // namespace racesim::race::simple
