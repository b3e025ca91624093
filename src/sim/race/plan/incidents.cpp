#include "sim/race/plan/incidents.h"

#include <algorithm>
#include <array>

#include "sim/race/plan/draws.h"

namespace racesim::race {
namespace {

constexpr std::array<double, 4> kSafetyCars{0.455, 0.413, 0.099, 0.033};
/// In the first lap, then in fifths of the rest.
constexpr std::array<double, 6> kSafetyCarPart{0.364, 0.136, 0.136, 0.08, 0.193, 0.091};
constexpr double kFirstLapShare = kSafetyCarPart[0];
constexpr double kGrandPrix_laps = 52;
/// Contact with damage in the first lap: in a third of all races, nearly always where a safety car comes out
/// in it.
constexpr double kContact = 0.2, kContactAndSafetyCar = 0.85;
/// Races that are stopped, of a Grand Prix's length: for a pile-up in the first lap, or a heavy accident
/// later.
constexpr double kRedShare = 0.2, kRedFirstLap = 0.25;
constexpr std::size_t kRedLeast_cars = 5;
constexpr double kSecondCar = 0.4;
constexpr std::array<double, 3> kAftermath{0.5, 0.2, 0.3};  ///< wing, puncture, out
constexpr double kVscAfterFailure = 0.227;
constexpr double kVscAfterAccident = 0.15;
constexpr std::uint32_t kSafetyCarGap_laps = 11;  ///< between two safety cars; the longest stays 8
constexpr std::array<std::string_view, 7> kFailures{"gearbox",    "hydraulics", "power unit", "brakes",
                                                    "suspension", "water leak", "electrics"};
constexpr std::array<std::string_view, 4> kAccidents{"accident", "spun off", kCollision, "hit the barrier"};

template <std::size_t N>
std::size_t pick(const std::array<double, N>& shares, double u) {
  std::size_t i = 0;
  for (; i + 1 < N && u >= shares[i]; ++i) u -= shares[i];
  return i;
}

std::uint32_t safety_car_lap(const Draws& draws, std::uint64_t counter, std::uint32_t laps) {
  const std::size_t part = pick(kSafetyCarPart, draws.uniform(counter));
  if (part == 0 || laps < 6) return 1;
  const double fifth = static_cast<double>(laps - 2) / 5.0;
  const double lap = 2.0 + fifth * (static_cast<double>(part - 1) + draws.uniform(counter + 1));
  return std::min(static_cast<std::uint32_t>(lap), laps - 1);
}

/// Laps in which safety cars come out, far enough apart that each is one of its own.
std::vector<std::uint32_t> safety_car_laps(const Draws& draws, std::uint32_t laps) {
  constexpr std::uint64_t kTries = 40;
  std::size_t count = pick(kSafetyCars, draws.uniform(0));
  // A race of a few laps has room for fewer, and less time for accidents: the shares are those of a Grand
  // Prix.
  count = std::min<std::size_t>(count, laps < 3 ? 0 : 1 + laps / 17);
  if (!draws.chance(1, std::max(kFirstLapShare, static_cast<double>(laps) / kGrandPrix_laps))) count = 0;
  std::vector<std::uint32_t> found;
  for (std::uint64_t i = 0; i < kTries && found.size() < count; ++i) {
    const std::uint32_t lap = safety_car_lap(draws, 100 + 2 * i, laps);
    const bool free = std::all_of(found.begin(), found.end(), [&](std::uint32_t other) {
      return (lap > other ? lap - other : other - lap) >= kSafetyCarGap_laps;
    });
    if (free) found.push_back(lap);
  }
  return found;
}

std::uint32_t any_checkpoint(const Draws& draws, std::uint64_t counter, std::uint32_t n) {
  // Away from the grid, where the start has its own way.
  return 3 + static_cast<std::uint32_t>(draws.uniform(counter) * static_cast<double>(n - 5));
}

/// The accident or failure of one car, if it has one; lap and answer still to be settled for accidents.
bool draw_trouble(const PlanInput& input, std::uint32_t entry, Incident& out) {
  const Entry& e = input.entries[entry];
  const Draws draws(input.seed, "race.trouble", e.car);
  // The shares are those of a Grand Prix; of a shorter race only what falls to the first lap stays the same.
  constexpr double kFirstLapAccidents = 0.12, kFirstLapFailures = 0.02;
  const double distance = std::min(1.0, input.laps / kGrandPrix_laps);
  const double accidents = e.accident_share * (kFirstLapAccidents + (1 - kFirstLapAccidents) * distance);
  const double failures = e.failure_share * (kFirstLapFailures + (1 - kFirstLapFailures) * distance);
  const double u = draws.uniform(0);
  if (u >= accidents + failures) return false;
  out.entry = entry;
  out.cause = u < accidents ? Cause::accident : Cause::failure;
  const double first = out.cause == Cause::accident ? kFirstLapAccidents / (accidents / e.accident_share)
                                                    : kFirstLapFailures / (failures / e.failure_share);
  const double later = 2.0 + draws.uniform(1) * static_cast<double>(input.laps - 2);
  out.lap = draws.chance(2, first) ? 1 : std::min(static_cast<std::uint32_t>(later), input.laps - 1);
  out.checkpoint = any_checkpoint(draws, 3, input.piece_tables[0].pieces);
  if (out.cause == Cause::accident) {
    out.reason = kAccidents[static_cast<std::size_t>(draws.uniform(4) * kAccidents.size())];
    out.response = draws.chance(5, kVscAfterAccident) ? Response::vsc : Response::double_yellow;
  } else {
    out.reason = kFailures[static_cast<std::size_t>(draws.uniform(4) * kFailures.size())];
    out.response = draws.chance(5, kVscAfterFailure) ? Response::vsc : Response::yellow;
    out.in_pit = out.response == Response::yellow && draws.chance(6, 0.6);
    if (out.in_pit) out.response = Response::none;
  }
  return true;
}

/// Cars that touch in the first bends. Some drive on to their boxes, some no farther.
void draw_contact(const PlanInput& input, bool safety_car, std::vector<Incident>& list) {
  const Draws draws(input.seed, "race.contact", 0);
  if (!draws.chance(0, safety_car ? kContactAndSafetyCar : kContact)) return;
  const std::uint32_t cars = draws.chance(1, kSecondCar) ? 2 : 1;
  for (std::uint32_t i = 0; i < cars; ++i) {
    Incident incident;
    incident.entry =
        static_cast<std::uint32_t>(draws.uniform(10 + i) * static_cast<double>(input.entries.size()));
    const bool has_trouble = std::any_of(
        list.begin(), list.end(), [&](const Incident& other) { return other.entry == incident.entry; });
    if (has_trouble) continue;
    incident.checkpoint = 3 + static_cast<std::uint32_t>(draws.uniform(20) * 3);
    incident.reason = kCollision;
    const std::size_t aftermath = pick(kAftermath, draws.uniform(30 + i));
    if (aftermath == 2) {
      incident.cause = Cause::accident;
      incident.response = Response::double_yellow;
    } else {
      incident.damage = aftermath == 0 ? Damage::wing : Damage::puncture;
      incident.response = Response::yellow;
    }
    list.push_back(incident);
  }
}

double red_share(const PlanInput& input) {
  const double distance = std::min(1.0, input.laps / kGrandPrix_laps);
  return kRedShare * (kRedFirstLap + (1 - kRedFirstLap) * distance);
}

/// An accident that takes so long to clear away that the race is stopped.
void draw_red_flag(const PlanInput& input, std::vector<Incident>& list) {
  if (input.queue_ways.empty() || !may_be_stopped(input)) return;
  const Draws draws(input.seed, "race.red", 0);
  Incident* cause = nullptr;
  for (Incident& i : list)
    if (cause == nullptr && i.cause == Cause::accident && i.response != Response::sc) cause = &i;
  if (cause == nullptr) {
    Incident fresh;
    fresh.entry = static_cast<std::uint32_t>(draws.uniform(1) * static_cast<double>(input.entries.size()));
    std::erase_if(list,
                  [&](const Incident& i) { return i.entry == fresh.entry && i.response != Response::sc; });
    if (std::any_of(list.begin(), list.end(), [&](const Incident& i) { return i.entry == fresh.entry; }))
      return;
    list.push_back(fresh);
    cause = &list.back();
  }
  cause->cause = Cause::accident;
  cause->reason = "heavy accident";
  cause->damage = Damage::none;
  cause->in_pit = false;
  cause->response = Response::red;
  cause->lap = 1;
  if (draws.chance(2, kRedFirstLap * kRedShare / red_share(input))) {
    cause->checkpoint = 3 + static_cast<std::uint32_t>(draws.uniform(3) * 2);
    cause->reason = kCollision;
    return;
  }
  cause->lap = 2 + static_cast<std::uint32_t>(draws.uniform(4) * static_cast<double>(input.laps - 5));
  cause->checkpoint = any_checkpoint(draws, 5, input.piece_tables[0].pieces);
}

/// Gives a safety car its reason: an accident not yet used, else a failure on track, else debris.
void call_safety_car(std::vector<Incident>& list, std::uint32_t lap, std::uint32_t laps, const Draws& draws,
                     std::uint32_t n) {
  Incident* cause = nullptr;
  for (Incident& i : list)
    if (cause == nullptr && lap == 1 && i.reason == kCollision && i.lap == 1) cause = &i;
  for (const Cause wanted : {Cause::accident, Cause::failure}) {
    for (Incident& i : list)
      if (cause == nullptr && i.cause == wanted && !i.in_pit && i.response != Response::sc) cause = &i;
  }
  if (cause == nullptr) {
    list.push_back({});
    cause = &list.back();
    cause->checkpoint = any_checkpoint(draws, 10 + lap, n);
    cause->reason = "debris";
  }
  cause->lap = lap;
  cause->response = Response::sc;
  cause->laps = laps;
}

}  // namespace

bool may_be_stopped(const PlanInput& input) {
  if (input.kind != SessionKind::race || input.laps < kRedLeast_laps || input.entries.size() < kRedLeast_cars)
    return false;
  return Draws(input.seed, "race.red", 0).chance(0, red_share(input));
}

std::vector<Incident> draw_incidents(const PlanInput& input) {
  std::vector<Incident> list;
  if (input.kind != SessionKind::race || input.laps < 3) return list;
  for (std::uint32_t i = 0; i < input.entries.size(); ++i) {
    Incident incident;
    if (draw_trouble(input, i, incident)) list.push_back(incident);
  }
  const Draws draws(input.seed, "race.safety_car", 0);
  const std::vector<std::uint32_t> laps_of_safety_cars = safety_car_laps(draws, input.laps);
  const bool first_lap = std::count(laps_of_safety_cars.begin(), laps_of_safety_cars.end(), 1U) > 0;
  draw_contact(input, first_lap, list);
  for (const std::uint32_t lap : laps_of_safety_cars) {
    // 2 to 8 laps, most often 3 to 5.
    const double laps = 2.0 + 4.0 * draws.uniform(300 + lap) + 3.0 * draws.uniform(400 + lap);
    call_safety_car(list, lap, static_cast<std::uint32_t>(laps), draws, input.piece_tables[0].pieces);
  }
  draw_red_flag(input, list);
  std::stable_sort(list.begin(), list.end(), [](const Incident& a, const Incident& b) {
    return a.lap != b.lap ? a.lap < b.lap : a.checkpoint < b.checkpoint;
  });
  return list;
}

}  // namespace racesim::race
