#include "sim/fleet/drive/course.h"

#include <algorithm>
#include <cmath>

#include "sim/fleet/drive/road_load.h"

namespace racesim::fleet {
namespace {

constexpr double kGiveWayGap_m = 30;  // a line so close behind another one is the same junction's

struct LineAt {
  double s_m;
  Line line;
  std::uint32_t signal;
};

/// The lines that a driver minds, ascending.
std::vector<LineAt> lines_of(const Route& route) {
  std::vector<LineAt> lines;
  for (const Stop& stop : route.stops) {
    const bool signal = stop.kind == StopKind::signal;
    const double gap_m = signal ? kJunction_m : kGiveWayGap_m;
    if (!lines.empty() && stop.s_m - lines.back().s_m < gap_m) continue;
    lines.push_back({stop.s_m, signal ? Line::signal : Line::give_way, stop.signal});
  }
  if (!route.stations_m.empty()) lines.push_back({route.stations_m.front(), Line::station, 0});
  std::sort(lines.begin(), lines.end(), [](const LineAt& a, const LineAt& b) { return a.s_m < b.s_m; });
  return lines;
}

std::vector<double> cuts_of(const Route& route, const std::vector<LineAt>& lines) {
  constexpr double kShortest_m = 0.5;
  std::vector<double> cuts{0};
  for (const Stretch& stretch : route.stretches) cuts.push_back(stretch.begin_m);
  for (const Bend& bend : route.bends) {
    cuts.push_back(bend.begin_m);
    cuts.push_back(bend.end_m);
  }
  for (const LineAt& line : lines) cuts.push_back(line.s_m);
  std::sort(cuts.begin(), cuts.end());
  const double length_m = route.length_m();
  std::vector<double> kept;
  for (const double cut : cuts)
    if (cut < length_m - kShortest_m && (kept.empty() || cut - kept.back() >= kShortest_m))
      kept.push_back(cut);
  return kept;
}

/// What the reference driver drives here.
double usual_mps(const Section& section) {
  const double free_mps = section.limit_kmh / 3.6;
  return section.radius_m > 0 ? std::min(free_mps, std::sqrt(2.2 * section.radius_m)) : free_mps;
}

/// Fuel of the reference car: the constant speed's, and what is lost by braking at the end of a section.
void add_fuel(Course& course) {
  double sum_l = 0;
  for (std::size_t i = 0; i < course.size(); ++i) {
    Section& section = course.sections[i];
    const double length_m = course.sections[i + 1].begin_m - section.begin_m;
    const double v_mps = usual_mps(section);
    const double next_mps = i + 1 < course.size() ? usual_mps(course.sections[i + 1]) : 0;
    double fuel_l = length_m / v_mps * fuel_lph(v_mps) / 3600;
    if (next_mps > v_mps) fuel_l += fuel_to_gain_l(v_mps, next_mps);
    if (section.line == Line::signal) {
      const Signal& signal = section.light;
      const double red = static_cast<double>(signal.red_ms) / static_cast<double>(signal.cycle_ms);
      fuel_l += red * (fuel_to_gain_l(0, next_mps) + signal.red_ms / 2000.0 * kIdleFuel_lph / 3600);
    } else if (section.line == Line::give_way) {
      fuel_l += fuel_to_gain_l(3.5, std::max(3.5, next_mps));
    }
    if (i == 0) fuel_l += fuel_to_gain_l(0, v_mps);
    section.fuel_l = static_cast<float>(sum_l);
    section.fuel_l_per_m = static_cast<float>(fuel_l / length_m);
    sum_l = double{section.fuel_l} + length_m * double{section.fuel_l_per_m};
  }
  course.sections.back().fuel_l = static_cast<float>(sum_l);
}

double slowest_s(const Course& course) {
  constexpr double kSlowest = 0.74;  // of the limit: pace, road and waves at their lowest
  constexpr double kChange_s = 3;    // speeds that change at a section's ends
  constexpr double kSetOff_s = 22;   // braking, reaction and acceleration at a line
  constexpr double kFuelling_s = 330;
  double sum_s = 2 * kSetOff_s;
  for (std::size_t i = 0; i < course.size(); ++i) {
    const Section& section = course.sections[i];
    double v_mps = section.limit_kmh / 3.6 * kSlowest;
    if (section.radius_m > 0) v_mps = std::min(v_mps, std::sqrt(1.4 * section.radius_m));
    sum_s += (course.sections[i + 1].begin_m - section.begin_m) / v_mps + kChange_s;
    if (section.line == Line::signal) sum_s += section.light.red_ms / 1000.0 + kSetOff_s;
    if (section.line == Line::give_way) sum_s += kSetOff_s;
    if (section.line == Line::station) sum_s += kFuelling_s + kSetOff_s;
  }
  return sum_s;
}

}  // namespace

double Course::fuel_until_l(double s_m) const {
  return fuel_l(section_at(s_m), s_m);
}

std::size_t Course::section_at(double s_m) const {
  const auto after = std::upper_bound(sections.begin(), sections.end() - 1, s_m,
                                      [](double s, const Section& section) { return s < section.begin_m; });
  return after == sections.begin() ? 0 : static_cast<std::size_t>(after - sections.begin()) - 1;
}

std::size_t Course::station_section() const {
  std::size_t i = 0;
  while (i < size() && sections[i].line != Line::station) ++i;
  return i;
}

Course make_course(const Route& route, const RoutePool& pool) {
  Course course;
  course.route = &route;
  const std::vector<LineAt> lines = lines_of(route);
  const std::vector<double> cuts = cuts_of(route, lines);
  auto stretch = route.stretches.begin();
  auto bend = route.bends.begin();
  auto line = lines.begin();
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const double begin_m = cuts[i];
    const double end_m = i + 1 < cuts.size() ? cuts[i + 1] : route.length_m();
    const double middle_m = (begin_m + end_m) / 2;
    while (stretch + 1 != route.stretches.end() && (stretch + 1)->begin_m <= middle_m) ++stretch;
    while (bend != route.bends.end() && bend->end_m <= middle_m) ++bend;
    Section section;
    section.begin_m = begin_m;
    section.limit_kmh = stretch->limit_kmh;
    section.type = stretch->type;
    if (bend != route.bends.end() && bend->begin_m <= middle_m)
      section.radius_m = static_cast<float>(bend->radius_m);
    // A cut within half a metre of the line stands for it.
    while (line != lines.end() && line->s_m < end_m - 0.6) ++line;
    if (line != lines.end() && line->s_m <= end_m + 0.6 && i + 1 < cuts.size()) {
      section.line = line->line;
      if (line->line == Line::signal) section.light = pool.signal(line->signal);
      ++line;
    }
    course.sections.push_back(section);
  }
  course.sections.push_back(course.sections.back());
  course.sections.back().begin_m = route.length_m();
  course.sections.back().line = Line::none;
  add_fuel(course);
  course.slowest_s = slowest_s(course);
  return course;
}

Courses::Courses(const RoutePool& pool) : pool_(pool) {
  std::size_t slots = 0;
  for (std::uint32_t group = 0; group < pool.groups(); ++group) {
    const auto places = pool.places(group);
    for (const std::uint32_t place : places) {
      if (first_.size() <= place) {
        first_.resize(place + 1);
        group_begin_.resize(place + 1);
      }
      first_[place] = slots;
      group_begin_[place] = places.front();
      slots += places.back() - places.front() + 1;
    }
  }
  slots_ = std::vector<std::atomic<const Course*>>(slots);
}

Courses::~Courses() {
  for (std::atomic<const Course*>& slot : slots_) delete slot.load();
}

const Course& Courses::between(std::uint32_t from, std::uint32_t to) const {
  std::atomic<const Course*>& slot = slots_[first_[from] + (to - group_begin_[from])];
  if (const Course* made = slot.load(std::memory_order_acquire)) return *made;
  auto course = std::make_unique<const Course>(make_course(pool_.between(from, to), pool_));
  const Course* expected = nullptr;
  // Two threads make the same: the first one's stays.
  if (slot.compare_exchange_strong(expected, course.get(), std::memory_order_acq_rel))
    return *course.release();
  return *expected;
}

}  // namespace racesim::fleet
