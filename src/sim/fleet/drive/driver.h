// A trip as it is driven: pieces of constant acceleration, one after the other, each in closed form. Place
// and speed of any moment within a piece follow from its beginning; nothing is summed up from tick to tick.
//
// The driver knows the sections ahead as far as he needs to brake, and of the next line whether it will be
// green when he gets there (he drives up to it in his mind). Between two lines he
// - accelerates by a(v) = a₀ (1 − v/60) (1 − (v/v₀)⁴), in steps between fixed shares of v₀ and the speeds of
//   gear shifts,
// - cruises in a wave of some tenths of a metre per second about v₀, whose mean is v₀ exactly,
// - brakes evenly, so that he is slow enough at the end, or at once if a light turns red,
// - waits until it is green and he has seen it, until the crossing road is free, or until the tank is full.
#pragma once

#include <cstdint>
#include <limits>

#include "sim/fleet/drive/course.h"
#include "sim/fleet/plan/vehicle.h"

namespace racesim::fleet {

/// One drive from one place to another, as it is planned.
struct Trip {
  const Course* course = nullptr;
  std::int64_t depart_us = 0;  ///< epoch: the engine starts
  double begin_m = 0;          ///< on the route; where it stood
  double end_m = 0;            ///< where it will stand
  double fuel_l = 0;           ///< in the tank at the beginning
  double refuelled_l = 0;      ///< in the tank when it leaves the station; 0: it passes by
  std::uint64_t key = 0;       ///< of what is drawn on the way
};

/// A piece of a trip. Times are seconds since it began, places metres of its route.
struct Motion {
  double begin_s = 0;
  double end_s = 0;
  double s_m = 0;  ///< at the beginning, as the rest
  double v_mps = 0;
  double a_mps2 = 0;
  double fuel_l = 0;
  double fuel_lps = 0;  ///< change
  float rpm = 0;
  float rpm_ps = 0;  ///< change
  std::uint8_t gear = 0;
  RoadType road_type = RoadType::urban;
  std::uint16_t limit_kmh = 0;

  double v_at(double dt_s) const { return v_mps + a_mps2 * dt_s; }
  double s_at(double dt_s) const { return s_m + (v_mps + 0.5 * a_mps2 * dt_s) * dt_s; }
};

/// Drives one trip. A value of some 200 bytes that holds no memory; copying is cheap. What it is made of
/// outlives it.
class Driver {
 public:
  Driver() = default;
  Driver(const Vehicle& vehicle, const Trip& trip);

  /// The next piece, which begins where the last one ended. False: the vehicle has arrived and stands.
  bool next(Motion& out);
  /// Since the trip began: the end of the last piece.
  double time_s() const { return t_s_; }
  const Trip& trip() const { return trip_; }

 private:
  enum class Phase : std::uint8_t { setting_off, driving, waiting, arrived };
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  const Section& section() const { return trip_.course->sections[section_]; }
  double section_end_m(std::size_t i) const { return trip_.course->sections[i + 1].begin_m; }
  std::uint64_t section_draw(std::size_t i, std::uint64_t what) const;
  double wanted_mps(std::size_t i) const;
  double rpm_per_mps(unsigned gear) const { return double{vehicle_->rpm_per_mps[gear - 1]}; }
  double rpm_in(unsigned gear, double v_mps) const;
  double shift_up_rpm() const;
  unsigned cruising_gear() const;
  bool uses(Line line) const { return line != Line::none && (line != Line::station || fuels()); }
  bool fuels() const { return trip_.refuelled_l > 0 && !fuelled_; }

  void find_exit_speed();
  void look_at_line();
  void stop_for_light(const Signal& light, double stop_m);
  double arrival_at_line_s() const;
  void go_on();
  void enter_next_section();

  void set_off(Motion& out);
  void wait(Motion& out);
  void fuel_up(Motion& out);
  bool drive(Motion& out);
  bool accelerate(Motion& out, double room_m);
  bool cruise(Motion& out, double room_m);
  void brake(Motion& out, double room_m);
  void shift(Motion& out, unsigned gear, double a_mps2);
  double exit_mps() const { return stop_m_ <= section_end_m(section_) ? 0.0 : exit_mps_; }
  double fuel_l() const;

  /// A piece that begins now and ends at speed `end_mps`; `rpm` from its begin to its end.
  void emit(Motion& out, double end_mps, double duration_s, double rpm_begin, double rpm_end);
  void stand(Motion& out, double duration_s, bool engine_on);

  Trip trip_{};
  const Vehicle* vehicle_ = nullptr;
  double t_s_ = 0;
  double s_m_ = 0;
  double v_mps_ = 0;
  double wanted_mps_ = 0;      ///< in this section
  double exit_mps_ = 0;        ///< at most so fast at its end
  double brake_mps2_ = 0;      ///< up to the next line
  double stop_m_ = kNever;     ///< where he will stop
  double release_s_ = kNever;  ///< when he may go on from there
  double cruise_mps_ = 0;      ///< the mean of this cruise
  double wave_s_ = 0;          ///< length of one of its waves
  double known_fuel_l_ = 0;    ///< of the reference car, at the place where the tank was known
  double known_tank_l_ = 0;    ///< and how full it was there
  std::uint32_t section_ = 0;
  std::uint32_t line_section_ = 0;  ///< whose end has the next line, or the trip's end
  std::int32_t pieces_left_ = -1;   ///< of this cruise; -1: it has not begun
  Phase phase_ = Phase::setting_off;
  std::uint8_t gear_ = 1;
  std::uint8_t step_ = 0;  ///< of fuelling
  bool hard_ = false;      ///< this acceleration goes to the redline
  bool fuelled_ = false;
  bool rehearses_ = false;  ///< only to find out when he gets to the next line
};

}  // namespace racesim::fleet
