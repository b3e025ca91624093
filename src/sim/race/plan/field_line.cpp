// One piece of track: how fast a car wants to be, and what those ahead leave of it.
#include <algorithm>

#include "sim/race/plan/field.h"

namespace racesim::race {
namespace {

constexpr double kRacingStep = 1.045;  ///< largest change of the ratio from piece to piece
constexpr double kRacingStepMost = 1.049;
constexpr double kFlagStep = 1.12;
constexpr double kFlagStepMost = 1.149;
constexpr double kMergeStep = 1.3;  ///< out of the pit lane into the queue: the car merely speeds up less
constexpr double kBeside_s = 0.3;
constexpr double kLate_s =
    1.2;  ///< so little behind, a car that cannot slow down in time joins in front instead
constexpr double kOpenUp_s = 0.1;  ///< per piece at most, or the end of a queue would have to stop
constexpr double kSafetyCar = 1.6;
constexpr double kCatchUp = 1.2;  ///< those who have not reached the queue yet
constexpr double kClosing = 1.5;
constexpr double kNear_s = 3, kFar_s = 9;  ///< gaps between which one turns into the other
constexpr double kVsc = 1.4;
constexpr double kRed = 1.9;
constexpr double kRedStep = 1.25;  ///< lifting at once
constexpr double kGap_s = 0.5;
constexpr double kFreeGap_s = 1.5;    ///< nobody needs to be close but in a race
constexpr double kQueueGap_s = 0.95;  ///< behind the safety car
constexpr std::int64_t kHardGap_ms = 25;
constexpr std::size_t kLookBack = 8;  ///< settled ways that can matter: the last few

bool left_pit(const Runner& c) {
  return !c.out->pieces.empty() && c.out->pieces.back().way == Way::pit;
}

/// It joined where the piece begins that it is on.
bool joined(const Runner& f) {
  const auto& pieces = f.out->pieces;
  return pieces.size() > 1 && pieces[pieces.size() - 2].way == Way::pit && pieces.back().way == Way::line;
}

/// How much slower a car is that is damaged.
double crippled(const Runner& c) {
  if (c.limping) return 1.5;
  return c.damage == Damage::wing ? 1.12 : c.damage == Damage::puncture ? 1.4 : 1;
}

std::int64_t ms(double s) {
  return static_cast<std::int64_t>(s * 1000.0 + 0.5);
}

}  // namespace

double Field::piece_s(const Runner& c, std::uint32_t k, Bucket& bucket) const {
  bucket = c.bucket;
  if (c.way == Way::start) {
    const auto& reach = input_.start_ways[c.slot].reach_s;
    return reach[k + 1] - reach[k];
  }
  for (std::size_t z = 0; z < input_.drs_zones.size(); ++z) {
    const DrsPieces& zone = input_.drs_zones[z];
    if ((c.drs_zones >> z & 1U) != 0 && k >= zone.first_piece && k <= zone.last_piece) bucket.drs = true;
  }
  return c.times->table().at(bucket, k);
}

bool Field::leads(const Runner& c) const {
  return std::none_of(cars_.begin(), cars_.end(), [&](const Runner& o) {
    return o.index != c.index && o.moving && o.way != Way::pit && o.next >= c.next;
  });
}

double Field::queue_ratio(const Runner& c, std::uint32_t k) const {
  // Hurry while the queue is far, slow down before it is reached.
  const auto& ahead = settled_[(k + 1) % n_];
  const double gap_s =
      ahead.empty() ? kFar_s : static_cast<double>(c.time_ms - ahead.back().from_ms) / 1000.0;
  const double share = std::clamp((gap_s - kNear_s) / (kFar_s - kNear_s), 0.0, 1.0);
  return kClosing + (kCatchUp - kClosing) * share;
}

double Field::flag_ratio(const Runner& c, std::uint32_t k) const {
  // The leader speeds up before the line, and those behind follow where he did.
  const bool restart = control_.restart_near() && k + 2 >= n_;
  switch (control_.field_flag()) {
    case Flag::vsc:
      return kVsc;
    case Flag::red:
      return kRed;
    case Flag::sc:
      if (leads(c)) return restart ? 1 : kSafetyCar;
      return restart && leader_pass_ % n_ + 2 >= n_ ? 1 : queue_ratio(c, k);
    default:
      return control_.yellow_factor(k);
  }
}

double Field::wanted_ratio(Runner& c, std::uint32_t k) {
  if (c.way == Way::start) return c.launch;
  const Draws draws(input_.seed, "race.piece", c.entry->car);
  c.piece_noise = 0.7 * c.piece_noise + 0.0009 * draws.normal(c.last());
  if (!is_race()) return session_ratio(c, k);
  double ratio = c.clear * (1 + c.piece_noise + c.press);
  const double flags = flag_ratio(c, k);
  if (flags > 1) {
    ratio *= flags;
    c.ramp = c.neutral_lap = true;
  }
  if (const double slow = crippled(c); slow > 1) {
    ratio *= slow;
    c.ramp = true;
  }
  c.press = 0;
  return ratio;
}

double Field::least_gap_s(const Runner& c) const {
  if (control_.field_flag() == Flag::sc || control_.field_flag() == Flag::red) return kQueueGap_s;
  if (!is_race()) return c.kind == LapKind::push ? kGap_s : kFreeGap_s;
  // The queue of the start stretches over the first lap.
  if (has_just_started(c))
    return 0.08 + (kGap_s - 0.08) * static_cast<double>(c.last() - c.start_pass) / static_cast<double>(n_);
  return kGap_s - 0.2 * c.entry->overtaking;
}

std::int64_t Field::behind_others(const Runner& c, std::uint32_t k, std::int64_t free_ms,
                                  std::int64_t latest_ms, std::int64_t& hard_ms) const {
  const auto& ahead = settled_[(k + 1) % n_];
  const double least_s = least_gap_s(c);
  std::int64_t bound_ms = free_ms;
  // While all slow down for a safety car at once, nobody can slow down more than those in front.
  const Flag flag = control_.field_flag();
  const bool slowing = (flag == Flag::sc || flag == Flag::red) && c.ratio < kClosing;
  const double open_s = slowing ? 0.2 * kOpenUp_s : kOpenUp_s;
  const std::size_t begin = ahead.size() > kLookBack ? ahead.size() - kLookBack : 0;
  for (std::size_t i = begin; i < ahead.size(); ++i) {
    const Settled& f = ahead[i];
    if (f.car == c.index || f.car == c.passing || f.to_ms < c.time_ms) continue;
    const double gap_s = static_cast<double>(c.time_ms - f.from_ms) / 1000.0;
    // At the start and where the pit lane joins, cars run side by side.
    const bool late = gap_s < kLate_s && f.to_ms + kHardGap_ms > latest_ms;
    const bool beside =
        c.way == Way::start || (left_pit(c) && (gap_s < kBeside_s || late)) || (late && joined(cars_[f.car]));
    const bool faster = c.kind <= LapKind::run && cars_[f.car].kind > LapKind::run;
    const bool lets_by = !is_race() && (faster || late);
    const bool open = beside || crippled(cars_[f.car]) > 1 || lets_by;
    if (open && free_ms + kHardGap_ms < f.to_ms) continue;
    hard_ms = std::max(hard_ms, f.to_ms + kHardGap_ms);
    if (open) continue;
    // Close in by half, open up by a third: no jolts.
    const double want_s = gap_s > least_s ? least_s + (gap_s - least_s) * 0.5
                                          : gap_s + std::min(open_s, (least_s - gap_s) * 0.35);
    bound_ms = std::max(bound_ms, f.to_ms + ms(want_s));
  }
  return bound_ms;
}

void Field::drive_line(Runner& c, std::uint32_t k) {
  if (c.passing == kNobody) face_follower(c, k);
  Piece piece;
  piece.way = c.way;
  const double fast_s = piece_s(c, k, piece.bucket);
  double ratio = wanted_ratio(c, k);
  const double step = !c.ramp ? kRacingStep : left_pit(c) && is_race() ? kMergeStep : kFlagStep;
  const double low = std::max(least_ratio(c), c.ratio / step);
  const bool stops = control_.field_flag() == Flag::red && c.ramp;
  const double high = c.ratio * (stops ? std::max(step, kRedStep) : step);
  ratio = std::clamp(ratio, low, std::max(low, high));
  std::int64_t hard_ms = 0;
  std::int64_t to_ms = c.time_ms + ms(ratio * fast_s);
  // What was agreed may have become impossible: flags since then, or the wing stays shut.
  if (c.passing != kNobody && c.passing_ms < c.time_ms + ms((kAttack - 0.001) * fast_s)) c.passing = kNobody;
  if (c.passing != kNobody) {
    to_ms = c.passing_ms;
    announce_pass(c);
  }
  // A little more than of one's own will, when those in front slow down.
  const double most = c.ratio * (stops                ? std::max(step, kRedStep)
                                 : step > kRacingStep ? std::max(step, kFlagStepMost)
                                                      : kRacingStepMost);
  const std::int64_t latest_ms = c.time_ms + ms(std::max(low, most) * fast_s);
  to_ms = behind_others(c, k, to_ms, latest_ms, hard_ms);
  to_ms = std::min(to_ms, latest_ms);
  to_ms = std::max(to_ms, hard_ms);
  c.passing = kNobody;
  ratio = static_cast<double>(to_ms - c.time_ms) / (fast_s * 1000.0);
  piece.ramp = c.ramp;
  piece.ratio = static_cast<float>(ratio);
  c.ratio = ratio;
  const bool free =
      control_.field_flag() == Flag::green && control_.yellow_factor(k) <= 1 && crippled(c) <= 1;
  if (free && ratio < c.clear * 1.04) c.ramp = false;
  agree(c, k, to_ms);
  settle(c, k, to_ms, piece);
}

}  // namespace racesim::race
