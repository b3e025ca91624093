// What stewards punish: track limits, speeding in the pit lane, causing a collision. Telemetry stays legal: a
// car is timed between loops in the lane, whose reading it does not carry, and wheels beyond a white line are
// seen by cameras.
#include <algorithm>
#include <string>

#include "sim/race/plan/field.h"

namespace racesim::race {
namespace {

constexpr std::uint32_t kWarnings = 3;  ///< strikes; the last with the black-and-white flag
constexpr std::uint16_t kLimits_s = 5, kSpeeding_s = 5;
constexpr std::uint16_t kCollision_s[] = {5, 10};
constexpr double kSpeeding = 0.012;                ///< of stops
constexpr double kQualifyingLimits = 0.02;         ///< of laps
constexpr std::int64_t kBlame_ms = 1'500;          ///< so near must another car be to be blamed
constexpr double kBlamed = 0.4;                    ///< of collisions; others are racing incidents
constexpr std::int64_t kInquiry_ms = 90'000;       ///< stewards look at it for so long at least …
constexpr std::int64_t kInquiryMost_ms = 300'000;  ///< … and at most

std::string car_name(const Entry& entry) {
  return "CAR " + std::to_string(entry.car) + " (" + entry.driver + ")";
}

const char* fault_name(Fault fault) {
  switch (fault) {
    case Fault::track_limits:
      return "TRACK LIMITS";
    case Fault::pit_speeding:
      return "SPEEDING IN THE PIT LANE";
    case Fault::collision:
      return "CAUSING A COLLISION";
  }
  return "";
}

}  // namespace

/// Whether lap `number`, which ends now, is deleted; strikes, warnings and penalties that follow.
bool Field::breaks_limits(Runner& c, std::uint32_t number) {
  const Draws draws(input_.seed, "race.limits", c.entry->car);
  // Some drivers take what they can get, most hardly ever leave the track: about a penalty per race.
  const double bold = draws.uniform(0);
  const double share = is_race() ? 0.008 + 0.055 * bold * bold * bold : kQualifyingLimits;
  if (!draws.chance(number, share)) return false;
  const std::string who = car_name(*c.entry);
  control_.say(c.time_ms, number, Category::track_limits, Flag::none, Scope::driver, 0, c.entry->car,
               who + " TIME DELETED - TRACK LIMITS");
  if (!is_race()) return true;
  ++c.strikes;
  if (c.strikes == kWarnings)
    control_.say(c.time_ms, number, Category::track_limits, Flag::none, Scope::driver, 0, c.entry->car,
                 "BLACK AND WHITE FLAG FOR " + who + " - TRACK LIMITS");
  if (c.strikes > kWarnings) punish(c, c.time_ms, kLimits_s, Fault::track_limits);
  return true;
}

void Field::punish(Runner& c, std::int64_t now_ms, std::uint16_t seconds, Fault fault) {
  const std::uint32_t lap = c.last() / n_ + 1;
  c.out->penalties.push_back({now_ms, lap, seconds, fault, false});
  control_.punish(
      now_ms, lap, c.entry->car, seconds, fault_name(fault),
      std::to_string(seconds) + " SECOND TIME PENALTY FOR " + car_name(*c.entry) + " - " + fault_name(fault));
}

/// How long a car stands in its box before the crew may touch it.
std::int64_t Field::serve_penalties_ms(Runner& c, std::int64_t arrive_ms) {
  std::int64_t sum_ms = 0;
  for (Penalty& p : c.out->penalties) {
    // What stewards decide later comes too late for this stop.
    if (p.served || p.time_ms > arrive_ms) continue;
    p.served = true;
    sum_ms += p.seconds * 1000;
  }
  if (sum_ms > 0)
    control_.punish(arrive_ms + sum_ms, c.pit_lap, c.entry->car, static_cast<std::uint16_t>(sum_ms / 1000),
                    "SERVED", "PENALTY SERVED BY " + car_name(*c.entry));
  return sum_ms;
}

void Field::watch_pit_lane(Runner& c) {
  const Draws draws(input_.seed, "race.speeding", c.entry->car);
  if (draws.chance(c.pit_lap, kSpeeding)) punish(c, c.time_ms, kSpeeding_s, Fault::pit_speeding);
}

/// The car behind or beside the one that was hit, if it was near, may be blamed.
void Field::blame_for(const Runner& hit, std::uint32_t k) {
  const Draws draws(input_.seed, "race.blame", hit.entry->car);
  Runner* near = nullptr;
  for (Runner& o : cars_) {
    if (o.index == hit.index || !o.moving || o.next % n_ != k || o.time_ms - hit.time_ms > kBlame_ms)
      continue;
    if (near == nullptr || o.time_ms < near->time_ms) near = &o;
  }
  if (near == nullptr || !draws.chance(0, kBlamed)) return;
  const auto later_ms = static_cast<std::int64_t>(
      draws.between(1, static_cast<double>(kInquiry_ms), static_cast<double>(kInquiryMost_ms)));
  near->inquiry_ms = hit.time_ms + later_ms;
  near->inquiry_s = kCollision_s[draws.chance(2, 0.4) ? 1 : 0];
}

/// What the stewards have decided by now.
void Field::hear_stewards(Runner& c) {
  if (c.inquiry_s == 0 || c.time_ms < c.inquiry_ms) return;
  punish(c, c.time_ms, c.inquiry_s, Fault::collision);
  c.inquiry_s = 0;
}

}  // namespace racesim::race
