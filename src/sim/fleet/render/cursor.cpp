#include "sim/fleet/render/cursor.h"

#include <limits>

namespace racesim::fleet {

Cursor::Cursor(const Vehicle& vehicle, const Planner& planner, const LocalTime& time, std::int64_t at_us)
    : vehicle_(&vehicle), planner_(&planner), time_(&time) {
  begin(planner.spell_at(vehicle, at_us));
}

void Cursor::begin(const Spell& spell) {
  spell_ = spell;
  end_us_ = spell.end_us != 0 ? spell.end_us : INT64_MAX;
  cell_ = 0;
  stays_ = false;
  if (spell.stands) {
    origin_us_ = spell.end_us;
    const Course& course = *spell.trip.course;
    const Section& at = course.sections[course.section_at(spell.trip.begin_m)];
    piece_ = Motion{};
    piece_.s_m = spell.trip.begin_m;
    piece_.fuel_l = spell.trip.fuel_l;
    piece_.road_type = at.type;
    piece_.limit_kmh = at.limit_kmh;
    stay_until(spell.end_us);
  } else {
    origin_us_ = spell.trip.depart_us;
    driver_ = Driver(*vehicle_, spell.trip);
    driver_.next(piece_);
  }
  enter_cell(piece_.s_m);
}

/// It stands where it is, engine off.
void Cursor::stay_until(std::int64_t end_us) {
  stays_ = true;
  end_us_ = end_us;
  piece_.s_m = piece_.s_at(piece_.end_s - piece_.begin_s);
  piece_.fuel_l += piece_.fuel_lps * (piece_.end_s - piece_.begin_s);
  piece_.fuel_lps = 0;
  piece_.v_mps = 0;
  piece_.a_mps2 = 0;
  piece_.rpm = 0;
  piece_.rpm_ps = 0;
  piece_.gear = 0;
  piece_.begin_s = piece_.end_s;
  piece_.end_s = static_cast<double>(end_us - origin_us_) * 1e-6;
}

void Cursor::advance(std::int64_t time_us) {
  for (;;) {
    if (time_us >= end_us_) {
      begin(planner_->spell_after(*vehicle_, spell_, end_us_));
      continue;
    }
    if (static_cast<double>(time_us - origin_us_) * 1e-6 < piece_.end_s) return;
    if (stays_) return;
    if (!driver_.next(piece_)) {
      const std::int64_t arrival_us = origin_us_ + static_cast<std::int64_t>(driver_.time_s() * 1e6);
      stay_until(planner_->end_of(spell_, arrival_us));
    }
  }
}

void Cursor::enter_cell(double s_m) {
  const std::vector<PathPoint>& path = spell_.trip.course->route->path;
  while (cell_ + 2 < path.size() && path[cell_ + 1].s_m <= s_m) ++cell_;
  const PathPoint& from = path[cell_];
  const PathPoint& to = path[cell_ + 1];
  const double per_m = 1e6 / (to.s_m - from.s_m);
  cell_begin_m_ = from.s_m;
  cell_end_m_ = cell_ + 2 < path.size() ? to.s_m : std::numeric_limits<double>::infinity();
  latitude_udeg_ = from.latitude_deg * 1e6;
  longitude_udeg_ = from.longitude_deg * 1e6;
  latitude_per_m_ = (to.latitude_deg - from.latitude_deg) * per_m;
  longitude_per_m_ = (to.longitude_deg - from.longitude_deg) * per_m;
}

}  // namespace racesim::fleet
