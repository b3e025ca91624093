// When to change gear: up at the top of the revs, down while braking, never more often than a driver would.
#pragma once

#include <cstddef>
#include <vector>

namespace racesim::race {

/// Speed at the next apex ahead of every grid point: the lowest before the profile rises again by more than a
/// ripple. `slowest` is any point of the lowest speed in a closed profile, the last point in an open one.
std::vector<double> apexes_ahead(const std::vector<double>& speed_mps, std::size_t slowest);

class Gearbox {
 public:
  /// What the driver sees when he decides.
  struct View {
    double v;       ///< m/s
    double v_soon;  ///< planned for 0.4 s later; needed near the top of the revs only
    double v_apex;  ///< planned for the next apex
    double throttle;
    double brake;
    bool held = false;  ///< by a speed limit
  };

  /// In the lowest gear that speed `v` leaves below the change up.
  explicit Gearbox(double v);
  static Gearbox in(int gear);

  int gear() const { return gear_; }
  /// While the change lasts no torque gets through.
  bool changing() const { return gap_steps_ > 0; }
  /// One step of the driver.
  void step(const View& view);

 private:
  bool wants_up(const View& view) const;
  bool wants_down(const View& view) const;
  void change(int by);

  int gear_;
  int held_steps_;
  int gap_steps_ = 0;
};

}  // namespace racesim::race
