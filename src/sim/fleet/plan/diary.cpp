#include "sim/fleet/plan/diary.h"

#include <algorithm>

#include "sim/fleet/plan/draws.h"

namespace racesim::fleet {
namespace {

constexpr std::uint64_t kTopicHome = topic_hash("fleet.home");
constexpr std::uint64_t kTopicDay = topic_hash("fleet.day");

std::uint32_t pick(const std::vector<std::uint32_t>& places, std::uint64_t bits) {
  return places[below(bits, places.size())];
}

PlaceLists lists_of(const RoutePool& pool, std::uint32_t group) {
  PlaceLists lists;
  for (const std::uint32_t place : pool.places(group)) {
    lists.all.push_back(place);
    if (pool.place(place).kind != PlaceKind::far) lists.near.push_back(place);
    const auto add = [place](std::vector<std::uint32_t>& list) { list.push_back(place); };
    switch (pool.place(place).kind) {
      case PlaceKind::home:
        add(lists.homes);
        break;
      case PlaceKind::work:
        add(lists.works);
        break;
      case PlaceKind::shop:
        add(lists.shops);
        break;
      case PlaceKind::depot:
        add(lists.depots);
        break;
      case PlaceKind::far:
        add(lists.far);
        break;
    }
  }
  for (auto* list : {&lists.homes, &lists.works, &lists.shops, &lists.depots, &lists.far, &lists.near})
    if (list->empty()) *list = lists.all;
  return lists;
}

}  // namespace

/// A day while it is written.
class Diary::Page {
 public:
  Page(const Diary& diary, const Vehicle& vehicle, std::int64_t day)
      : diary_(diary),
        vehicle_(vehicle),
        number_(day),
        key_{vehicle.key.a ^ kTopicDay, vehicle.key.b + static_cast<std::uint64_t>(day)},
        at_(vehicle.home),
        free_us_(diary.time_.utc_us(day, LocalTime::kDayBegins_h) + 600 * kSecond_us),
        end_us_(diary.time_.utc_us(day, 26)) {}

  std::uint64_t bits() { return draw(key_, counter_++); }
  double normal() { return roughly_normal(bits()); }
  bool chance(double share) { return unit(bits()) < share; }
  bool is_weekend() const { return weekday(number_) == 0 || weekday(number_) == 6; }
  std::uint32_t at() const { return at_; }
  std::int64_t free_us() const { return free_us_; }
  std::int64_t clock_us(double hours) const { return diary_.time_.utc_us(number_, hours); }

  /// Drives there at `wish_us`, or as soon as it is free. False: it would not be home again in time.
  bool go(std::uint32_t to, std::int64_t wish_us, std::int64_t home_by_us) {
    if (day_.count + 2 > kMostTrips) return false;
    if (to == at_ && diary_.places(vehicle_.group).all.size() > 1) return true;
    const std::int64_t depart_us = std::max(wish_us, free_us_);
    const std::int64_t there_us = depart_us + longest_us(at_, to);
    const bool ends = to == vehicle_.home;
    if (there_us + (ends ? 0 : longest_us(to, vehicle_.home)) > std::min(home_by_us, end_us_)) return false;
    add(depart_us, to, there_us);
    return true;
  }
  /// At `wish_us`, or as soon as it is free; go() has seen to it that there is time.
  void go_home(std::int64_t wish_us) {
    if (at_ == vehicle_.home) return;
    const std::int64_t longest = longest_us(at_, vehicle_.home);
    const std::int64_t depart_us = std::max(std::min(wish_us, end_us_ - longest), free_us_);
    add(depart_us, vehicle_.home, depart_us + longest);
  }
  const Day& day() const { return day_; }

 private:
  void add(std::int64_t depart_us, std::uint32_t to, std::int64_t there_us) {
    constexpr std::int64_t kShortestStay_us = 60 * kSecond_us;
    day_.trips[day_.count++] = {depart_us, at_, to};
    at_ = to;
    free_us_ = there_us + kShortestStay_us;
  }
  std::int64_t longest_us(std::uint32_t from, std::uint32_t to) const {
    return static_cast<std::int64_t>(diary_.courses_.between(from, to).slowest_s * 1e6);
  }

  const Diary& diary_;
  const Vehicle& vehicle_;
  const std::int64_t number_;
  const StreamKey key_;
  std::uint64_t counter_ = 0;
  std::uint32_t at_;
  std::int64_t free_us_;
  const std::int64_t end_us_;
  Day day_;
};

namespace {

constexpr std::int64_t minutes_us(double minutes) {
  return static_cast<std::int64_t>(minutes * 60e6);
}

/// Shopping, friends: there and back.
template <class Page>
void errand(Page& page, const PlaceLists& places, double around_h, double spread_h) {
  const std::int64_t at_us = page.clock_us(around_h + spread_h * page.normal());
  const auto& goals = page.chance(0.6) ? places.shops : places.near;
  if (!page.go(pick(goals, page.bits()), at_us, page.clock_us(25.5))) return;
  page.go_home(page.free_us() + minutes_us(25 + 40 * std::max(0.0, page.normal())));
}

template <class Page>
void commute(Page& page, const Vehicle& vehicle, const PlaceLists& places) {
  if (page.is_weekend() || page.chance(0.06)) {
    if (page.chance(0.65)) errand(page, places, 11, 1.3);
    if (page.chance(0.35)) errand(page, places, 16.5, 1.2);
    return;
  }
  const double begin_h = 7.25 + 0.6 * page.normal();
  if (!page.go(vehicle.work, page.clock_us(begin_h), page.clock_us(25.5))) return;
  const bool shops = page.chance(0.25);
  const std::int64_t leaves_us = page.clock_us(begin_h + 8.7 + 0.4 * page.normal());
  if (shops && page.go(pick(places.shops, page.bits()), leaves_us, page.clock_us(25.5)))
    page.go_home(page.free_us() + minutes_us(20));
  else
    page.go_home(leaves_us);
  if (page.chance(0.2)) errand(page, places, 19, 0.6);
}

/// From customer to customer.
template <class Page>
void round(Page& page, const PlaceLists& places, double begin_h, double end_h, double stay_min) {
  std::int64_t wish_us = page.clock_us(begin_h + 0.4 * page.normal());
  const std::int64_t home_by_us = page.clock_us(end_h);
  for (std::size_t i = 0; i < kMostTrips; ++i) {
    if (!page.go(pick(places.near, page.bits()), wish_us, home_by_us)) break;
    wish_us = page.free_us() + minutes_us(stay_min * (0.4 + 1.2 * unit(page.bits())));
  }
  page.go_home(wish_us);
}

template <class Page>
void travel(Page& page, const PlaceLists& places) {
  const double begin_h = 8 + 1.2 * page.normal();
  if (!page.go(pick(places.far, page.bits()), page.clock_us(begin_h), page.clock_us(25.5))) return;
  const std::int64_t stay_us = minutes_us(90 + 60 * unit(page.bits()));
  if (page.go(pick(places.far, page.bits()), page.free_us() + stay_us, page.clock_us(22)))
    page.go_home(page.free_us() + stay_us);
  else
    page.go_home(page.free_us() + 2 * stay_us);
}

}  // namespace

Diary::Diary(const Courses& courses, LocalTime time) : courses_(courses), time_(time) {
  for (std::uint32_t group = 0; group < courses.pool().groups(); ++group)
    groups_.push_back(lists_of(courses.pool(), group));
}

void Diary::settle(Vehicle& vehicle, std::uint32_t index) const {
  const StreamKey key{vehicle.key.a ^ kTopicHome, vehicle.key.b};
  vehicle.group = index % static_cast<std::uint32_t>(groups_.size());
  const PlaceLists& places = groups_[vehicle.group];
  vehicle.home = pick(vehicle.kind == VehicleKind::van ? places.depots : places.homes, draw(key, 0));
  if (vehicle.kind == VehicleKind::test_car) vehicle.home = places.all.front();
  vehicle.work = pick(places.works, draw(key, 1));
  if (vehicle.work == vehicle.home) vehicle.work = other_place(vehicle, vehicle.home, draw(key, 2));
  // Who needs much of a tank for five days' work does not wait for a week to be over.
  constexpr double kWaysAWeek = 10;
  const double way_l =
      double{vehicle.fuel_factor} * courses_.between(vehicle.home, vehicle.work).sections.back().fuel_l;
  vehicle.fuels_weekly =
      vehicle.kind == VehicleKind::commuter && kWaysAWeek * way_l < 0.4 * double{vehicle.tank_l};
}

std::uint32_t Diary::other_place(const Vehicle& vehicle, std::uint32_t at, std::uint64_t bits) const {
  const std::vector<std::uint32_t>& all = groups_[vehicle.group].all;
  const std::uint32_t place = pick(all, bits);
  if (place != at) return place;
  return place == all.back() ? all.front() : *(std::upper_bound(all.begin(), all.end(), place));
}

Day Diary::day(const Vehicle& vehicle, std::int64_t day) const {
  Page page(*this, vehicle, day);
  const PlaceLists& places = groups_[vehicle.group];
  switch (vehicle.kind) {
    case VehicleKind::test_car:
    case VehicleKind::commuter:
      commute(page, vehicle, places);
      break;
    case VehicleKind::van:
      if (weekday(day) != 0) round(page, places, 7, weekday(day) == 6 ? 14 : 18.5, 9);
      break;
    case VehicleKind::taxi:
      round(page, places, 9 + 6 * unit(draw(vehicle.key, kTopicDay)), 25, 12);
      break;
    case VehicleKind::traveller:
      if (!page.is_weekend() || page.chance(0.3)) travel(page, places);
      break;
  }
  return page.day();
}

}  // namespace racesim::fleet
