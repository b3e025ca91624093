// Getting past: duels for a place, and lapped cars that make room. Settled when the car in front passes a
// checkpoint; both are then bound for the piece that follows.
#include <algorithm>
#include <string>

#include "sim/race/plan/field.h"

namespace racesim::race {
namespace {

constexpr double kNeeded_s = 1.35;    ///< lap-time advantage that makes a pass even odds
constexpr double kPerKmh_s = 0.032;   ///< what a faster straight saves of it
constexpr double kDrs_s = 0.49;       ///< worth of an open wing per lap
constexpr double kDrsKmh = 12;        ///< its speed edge at the end of a straight
constexpr double kSoftness_s = 0.30;  ///< width of the step from never to always
constexpr std::int64_t kDuelGap_ms = 750;
constexpr std::int64_t kBlueGap_ms = 1200;
constexpr std::int64_t kAhead_ms = 60;  ///< by at least so much the passing car is in front
constexpr double kStep = 1.045;
constexpr double kDuelFlagStep = 1.13;
constexpr std::int64_t kBlueClose_ms = 700;
constexpr double kBlueHint = 0.03;
constexpr double kBluePress = 0.30;
constexpr double kQueuePress = 0.10;
constexpr double kBlueMost = 1.10;
constexpr double kDuelPress = 0.042;

double logistic(double x) {
  return 1 / (1 + detmath::exp(-x));
}

}  // namespace

Runner* Field::follower(const Runner& f, std::uint32_t k) {
  Runner* found = nullptr;
  for (Runner& a : cars_) {
    if (a.index == f.index || !a.moving || a.next % n_ != k || a.time_ms < f.time_ms) continue;
    if (found == nullptr || a.time_ms < found->time_ms) found = &a;
  }
  if (found == nullptr || found->way != Way::line) return nullptr;
  if (k == found->pit->entry && (wants_pit(*found) || may_queue(*found))) return nullptr;
  foresee_gap(*found, k, static_cast<double>(found->time_ms - f.time_ms) / 1000.0);
  return found;
}

double Field::attack_edge_s(const Runner& f, const Runner& a, bool drs) const {
  const double kmh = a.entry->top_speed_kmh - f.entry->top_speed_kmh + (drs ? kDrsKmh : 0);
  const double skill_s = 0.6 * (a.entry->overtaking - f.entry->defending);
  return (f.target_s - a.target_s) / lap_scale_ + (drs ? kDrs_s : 0) + skill_s -
         (kNeeded_s - kPerKmh_s * kmh);
}

double Field::pass_share(const Runner& f, const Runner& a, std::uint32_t k) const {
  bool zone = false;
  bool drs = false;
  for (std::size_t z = 0; z < input_.drs_zones.size(); ++z) {
    const DrsPieces& d = input_.drs_zones[z];
    if (k < d.first_piece || k > d.last_piece) continue;
    zone = true;
    drs = drs || (a.drs_zones >> z & 1U) != 0;
  }
  const double share = logistic(attack_edge_s(f, a, drs) / kSoftness_s);
  if (has_just_started(f))
    return 0.05 + 0.4 * share + (f.last() < f.start_pass + n_ / 2 ? 0.30 : 0.10) * a.entry->overtaking;
  return share * (zone ? 0.78 : 0.09);
}

void Field::face_follower(Runner& f, std::uint32_t k) {
  // At the timing line the follower's next lap is not drawn yet; at the start everyone is side by side.
  const Flag flag = control_.field_flag();
  if (!is_race()) return;
  if (k == 0 || f.way == Way::start || flag == Flag::vsc || flag == Flag::red || f.limping ||
      f.damage != Damage::none)
    return;
  if (control_.yellow_factor(k) > 1) return;
  Runner* a = follower(f, k);
  if (a == nullptr || a->limping || a->damage != Damage::none) return;
  const std::int64_t gap_ms = a->time_ms - f.time_ms;
  const std::int64_t lead = static_cast<std::int64_t>(a->next) - static_cast<std::int64_t>(f.last());
  if (lead > 0) {
    // Behind the safety car lapped cars drop to the end of the queue.
    if (gap_ms > (flag == Flag::sc ? 2 * kBlueGap_ms : kBlueGap_ms)) return;
    // From afar a hint, close up as much as it takes; but nobody stops for it.
    const bool much = gap_ms <= kBlueClose_ms && f.ratio <= f.clear * kBlueMost;
    f.press = flag == Flag::sc ? kQueuePress : much ? kBluePress : kBlueHint;
    f.yielding_to = a->index;
    return;
  }
  if (gap_ms > kDuelGap_ms || flag != Flag::green) return;
  const Draws draws(input_.seed, "race.duel", a->entry->car);
  if (!draws.chance(f.last(), pass_share(f, *a, k))) return;
  f.press = kDuelPress;
  f.yielding_to = a->index;
}

void Field::agree(Runner& f, std::uint32_t k, std::int64_t front_ms) {
  if (f.yielding_to == kNobody) return;
  Runner& a = cars_[f.yielding_to];
  f.yielding_to = kNobody;
  Bucket bucket;
  const double fast_s = piece_s(a, k, bucket);
  const double low = std::max(kAttack, a.ratio / (a.ramp ? kDuelFlagStep : kStep));
  std::int64_t to_ms = a.time_ms + static_cast<std::int64_t>(low * fast_s * 1000.0 + 1);
  std::int64_t hard_ms = 0;
  a.passing = f.index;
  // Whoever is in front of both must leave room.
  to_ms = behind_others(a, k, to_ms, front_ms, hard_ms);
  to_ms = std::max(to_ms, hard_ms);
  if (to_ms > front_ms - kAhead_ms) {
    a.passing = kNobody;
    return;
  }
  const double own_s = std::clamp(a.clear, low, std::max(low, a.ratio * kStep)) * fast_s;
  const std::int64_t own_ms = a.time_ms + static_cast<std::int64_t>(own_s * 1000.0);
  a.passing_ms = std::clamp(own_ms, to_ms, front_ms - kAhead_ms);
}

void Field::announce_pass(const Runner& a) {
  const Runner& f = cars_[a.passing];
  const std::int64_t lead = static_cast<std::int64_t>(a.last()) - static_cast<std::int64_t>(f.last());
  const std::uint32_t lap = a.last() / n_ + 1;
  const std::string who = "CAR " + std::to_string(f.entry->car) + " (" + f.entry->driver + ")";
  if (lead > 0)
    control_.say(a.time_ms, lap, Category::flag, Flag::blue, Scope::driver, 0, f.entry->car,
                 "WAVED BLUE FLAG FOR " + who);
  else if (lead == 0)
    control_.say(a.passing_ms, lap, Category::overtake, Flag::none, Scope::driver, 0, a.entry->car,
                 "CAR " + std::to_string(a.entry->car) + " (" + a.entry->driver + ") OVERTAKES " + who);
}

}  // namespace racesim::race
