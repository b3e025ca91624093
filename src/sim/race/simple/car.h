// The plain car of the simulator document: an id, a random speed, and a location that follows from it.
#pragma once

#include <cstdint>
#include <string>

#include "base/random.h"

namespace racesim::race::simple {

/// Its speed is drawn anew every kInterval_s and goes over smoothly from one draw to the next. Where it is
/// follows in closed form: how far the car is ahead of its even pace is drawn too, and the cubic between two
/// draws (Hermite) has the speeds as its slopes. So any moment is known without those before it. Immutable;
/// any thread.
class Car {
 public:
  static constexpr double kInterval_s = 5;
  static constexpr double kSlowest_kmh = 80;
  static constexpr double kFastest_kmh = 340;

  /// Car `number` (from 1) of the run with this seed; at time 0 it is `start_m` along the track.
  Car(std::uint64_t seed, std::uint32_t number, double start_m);

  /// "car-1".
  const std::string& id() const { return id_; }
  /// Seconds since the start, not negative. Between kSlowest_kmh and kFastest_kmh.
  double speed_kmh(double time_s) const;
  /// How far it has come, from the timing line on: start_m and the integral of its speed.
  double distance_m(double time_s) const;

 private:
  /// One interval: how far ahead of the even pace at its ends, and how much faster.
  struct Interval {
    double begin_s;
    double ahead_m[2];
    double faster_mps[2];
  };
  Interval interval_at(double time_s) const;
  double ahead_m(std::uint64_t draw_number) const;
  double faster_mps(std::uint64_t draw_number) const;

  std::string id_;
  StreamKey places_;
  StreamKey speeds_;
  double start_m_;
  double pace_mps_;
};

}  // namespace racesim::race::simple
