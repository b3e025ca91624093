// A vehicle at a moment. Moves forward piece by piece; to begin anywhere it drives the trip of that moment
// from its departure, without keeping the pieces.
#pragma once

#include <cstdint>

#include "sim/fleet/drive/driver.h"
#include "sim/fleet/plan/planner.h"
#include "sim/fleet/plan/trouble.h"

namespace racesim::fleet {

/// What a packet tells, before it is rounded.
struct Sight {
  double v_mps;
  double latitude_udeg;
  double longitude_udeg;
  double rpm;
  double fuel_l;
};

/// A cache: what it shows of a moment does not depend on where it has been. Flat, some 500 bytes; what it is
/// made of outlives it.
class Cursor {
 public:
  Cursor() = default;
  /// At a moment not before the start.
  Cursor(const Vehicle& vehicle, const Planner& planner, const LocalTime& time, std::int64_t at_us);

  bool is_open() const { return vehicle_ != nullptr; }
  /// Times ascend, and are not before the cursor's first.
  Sight at(std::int64_t time_us) {
    double t_s = static_cast<double>(time_us - origin_us_) * 1e-6;
    if (t_s >= piece_.end_s) [[unlikely]] {
      advance(time_us);
      t_s = static_cast<double>(time_us - origin_us_) * 1e-6;
    }
    const double dt_s = t_s - piece_.begin_s;
    const double s_m = piece_.s_at(dt_s);
    if (s_m >= cell_end_m_) [[unlikely]]
      enter_cell(s_m);
    const double ahead_m = s_m - cell_begin_m_;
    return {piece_.v_at(dt_s), latitude_udeg_ + latitude_per_m_ * ahead_m,
            longitude_udeg_ + longitude_per_m_ * ahead_m, double{piece_.rpm} + double{piece_.rpm_ps} * dt_s,
            piece_.fuel_l + piece_.fuel_lps * dt_s};
  }
  /// Of the moment of the last at().
  const Motion& piece() const { return piece_; }
  const Trouble& trouble(std::int64_t time_us) {
    if (time_us >= trouble_.until_us) [[unlikely]]
      trouble_ = trouble_at(*vehicle_, *time_, time_us);
    return trouble_;
  }

 private:
  void advance(std::int64_t time_us);
  void begin(const Spell& spell);
  void stay_until(std::int64_t end_us);
  void enter_cell(double s_m);

  Motion piece_{};
  double cell_begin_m_ = 0, cell_end_m_ = 0;
  double latitude_udeg_ = 0, latitude_per_m_ = 0;
  double longitude_udeg_ = 0, longitude_per_m_ = 0;
  std::int64_t origin_us_ = 0;  ///< epoch: when the spell's trip departs
  Trouble trouble_{};
  std::int64_t end_us_ = INT64_MAX;  ///< of the spell; INT64_MAX: not known before the arrival
  std::size_t cell_ = 0;
  bool stays_ = false;
  const Vehicle* vehicle_ = nullptr;
  const Planner* planner_ = nullptr;
  const LocalTime* time_ = nullptr;
  Spell spell_{};
  Driver driver_;
};

}  // namespace racesim::fleet
