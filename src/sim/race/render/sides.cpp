#include "sim/race/render/sides.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "sim/race/render/aside.h"

namespace racesim::race {
namespace {

/// Cars whose middles are nearer than this along the road are next to each other: a length of 5.6 m, and what
/// templates of other conditions differ by within a piece.
constexpr double kNextTo_m = 8;
/// Cars that begin a piece farther apart do not meet in it; nor those that begin and end it so far apart in
/// the same order.
constexpr double kFar_s = 6, kApart_s = 0.8;
constexpr std::size_t kLooks = 12;  ///< at a pair, per piece
/// Moving over takes so long; where pieces are shorter a lane is taken earlier, and left later.
constexpr std::int64_t kMove_ms = 3'200;
/// Moving over presses a car sideways by no more than this, or it keeps its lane.
constexpr double kMost_mps2 = 5;
/// A car that has just been launched is in its column of the grid; this long after, that is a lane.
constexpr std::int64_t kLaunch_ms = 4'000;
/// What the looks at speeds are taken from.
constexpr Bucket kLookBucket{0, 2, false};

/// Half lanes from the middle of the band, + = left; a car on the racing line is in none.
constexpr std::int8_t kNoLane = 9;
constexpr std::array<std::int8_t, 4> kLanes{1, -1, 3, -3};
double lane_m(std::int8_t lane) {
  return lane == kNoLane ? 0 : kLane_m / 2 * lane;
}

// What speaks against a lane, in metres away from the racing line.
constexpr double kTaken = 1'000;     ///< a neighbour is in it
constexpr double kTooQuick = 5'000;  ///< there is no time to move there
constexpr double kCrossing = 500;    ///< a neighbour is passed through on the way there
constexpr double kOtherColumn = 20;  ///< of the grid
constexpr double kOuter = 15;        ///< it may leave the road in bends
constexpr double kChange = 10;       ///< per half lane

/// A segment of a car, or the seam at its begin.
struct Spot {
  std::uint32_t car;
  std::uint32_t index;
};

/// The place where two segments of a car meet; it may have a lane there.
struct Seam {
  bool free = false;  ///< both are on the road
  std::int8_t lane = kNoLane;
  std::int8_t column = kNoLane;  ///< of the grid: the lane to be in behind the launch
  std::vector<Spot> others;      ///< seams of cars that are next to it on either side
};

/// Whoever drives for a time keeps to the line, and the others give way.
bool keeps_line(const CarTimeline& car, std::size_t i) {
  constexpr double kFast = 1.03;
  return planned_s(car.segments[i]) < kFast * car.sketches[i].tau_s;
}

class Sides {
 public:
  Sides(std::vector<CarTimeline>& cars, const Templates& templates, bool race);

  void find_neighbours();
  void choose_lanes();
  void move_in_time();
  void drop_quick_moves();
  void fill_in();

 private:
  const Segment& segment(Spot at) const { return cars_[at.car].segments[at.index]; }
  const Sketch& sketch(Spot at) const { return cars_[at.car].sketches[at.index]; }
  Seam& seam(Spot at) { return seams_[at.car][at.index]; }
  const Seam& seam(Spot at) const { return seams_[at.car][at.index]; }
  std::int8_t column_of(const Sketch& launch) const;
  double elapsed_s(Spot at, double x) const;
  double speed_mps(Spot at, double x) const;
  bool next_to(Spot a, Spot b) const;
  double cost(Spot at, std::int8_t lane) const;
  double moving_ms(Spot at) const;
  double off_line_m(Spot at, std::int8_t lane) const;
  bool crosses(Spot at, std::int8_t before, std::int8_t lane, Spot other) const;
  bool too_quick(Spot at, std::int8_t from, std::int8_t to) const;
  std::vector<Spot> in_order(std::vector<Spot> spots) const;

  std::vector<CarTimeline>& cars_;
  const Templates& templates_;
  std::vector<std::vector<Seam>> seams_;                    ///< by car; seam i is the begin of segment i
  std::vector<std::vector<std::vector<Spot>>> neighbours_;  ///< by car and segment
};

Sides::Sides(std::vector<CarTimeline>& cars, const Templates& templates, bool race)
    : cars_(cars), templates_(templates) {
  for (const CarTimeline& car : cars_) {
    const std::vector<Sketch>& all = car.sketches;
    std::vector<Seam>& seams = seams_.emplace_back(all.size() + 1);
    neighbours_.emplace_back(all.size());
    std::int64_t go_ms = INT64_MIN / 2;
    std::int8_t column = kNoLane;
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (all[i - 1].road == Road::launch && column == kNoLane) {
        go_ms = car.segments[i - 1].begin_ms;
        column = column_of(all[i - 1]);
      }
      seams[i].free = all[i - 1].road != Road::none && all[i].road != Road::none &&
                      car.segments[i].begin_ms >= go_ms + kLaunch_ms &&
                      (race || !keeps_line(car, i - 1) || !keeps_line(car, i));
      if (seams[i].free) seams[i].column = std::exchange(column, kNoLane);
    }
    // Whoever halts does so on the side that is farther from the racing line.
    if (!all.empty() && all.back().road == Road::halt)
      seams.back().lane = all.back().baked->path->asides.back().shift_m < 0 ? -3 : 3;
  }
}

std::int8_t Sides::column_of(const Sketch& launch) const {
  return launch.baked->path->asides.front().shift_m < 0 ? 1 : -1;
}

std::vector<Spot> Sides::in_order(std::vector<Spot> spots) const {
  std::sort(spots.begin(), spots.end(), [&](Spot a, Spot b) {
    return std::pair(segment(a).begin_ms, a.car) < std::pair(segment(b).begin_ms, b.car);
  });
  return spots;
}

/// Since the segment's begin, at the share `x` of the template's time: the warp of segment.h.
double Sides::elapsed_s(Spot at, double x) const {
  const Sketch& s = sketch(at);
  const double mean = planned_s(segment(at)) / s.tau_s;
  const double r0 = s.agreed_begin_mps > 0 ? s.begin_mps / s.agreed_begin_mps : mean;
  const double r1 = s.agreed_end_mps > 0 ? s.end_mps / s.agreed_end_mps : mean;
  const double c16 = 30 * (mean - (r0 + r1) / 2);
  const double xxx = x * x * x;
  return s.tau_s * (r0 * x + (r1 - r0) * xxx * (1 - 0.5 * x) + c16 * xxx * (1.0 / 3 - x * (0.5 - 0.2 * x)));
}

/// About: of a lap under other conditions.
double Sides::speed_mps(Spot at, double x) const {
  const Sketch& s = sketch(at);
  const BakedDrive& baked = s.baked != nullptr ? *s.baked : templates_.lap(s.model, kLookBucket);
  const double from_s = baked.marks.tau_s[s.from], to_s = baked.marks.tau_s[s.from + 1];
  const auto sample = static_cast<std::size_t>((from_s + x * (to_s - from_s)) / kTemplateStep_s);
  const std::vector<Template::Sample>& all = baked.drive.samples;
  return static_cast<double>(all[std::min(sample, all.size() - 1)].v_mps) * s.tau_s / planned_s(segment(at));
}

bool Sides::next_to(Spot a, Spot b) const {
  const auto after_s = [](std::int64_t from_ms, std::int64_t to_ms) {
    return static_cast<double>(to_ms - from_ms) * 1e-3;
  };
  const double begin_s = after_s(segment(a).begin_ms, segment(b).begin_ms);
  if (begin_s > kApart_s && after_s(segment(a).end_ms, segment(b).end_ms) > kApart_s) return false;
  for (std::size_t i = 0; i <= kLooks; ++i) {
    const double x = static_cast<double>(i) / kLooks;
    const double gap_s = begin_s + elapsed_s(b, x) - elapsed_s(a, x);
    if (std::abs(gap_s) * std::max(speed_mps(a, x), speed_mps(b, x)) < kNextTo_m) return true;
  }
  return false;
}

void Sides::find_neighbours() {
  std::vector<std::vector<Spot>> on(templates_.track().checkpoints.size());
  for (std::uint32_t car = 0; car < cars_.size(); ++car)
    for (std::uint32_t i = 0; i < cars_[car].sketches.size(); ++i)
      if (const Sketch& s = cars_[car].sketches[i]; s.road == Road::piece)
        on[s.checkpoint].push_back({car, i});
  for (std::vector<Spot>& piece : on) {
    const std::vector<Spot> all = in_order(std::move(piece));
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t k = i + 1; k < all.size(); ++k) {
        const Spot a = all[i], b = all[k];
        if (segment(b).begin_ms - segment(a).begin_ms > static_cast<std::int64_t>(kFar_s * 1000)) break;
        if (!next_to(a, b)) continue;
        neighbours_[a.car][a.index].push_back(b);
        neighbours_[b.car][b.index].push_back(a);
        for (const std::uint32_t end : {0U, 1U}) {
          const Spot of_a{a.car, a.index + end}, of_b{b.car, b.index + end};
          seam(of_a).others.push_back(of_b);
          seam(of_b).others.push_back(of_a);
        }
      }
  }
}

/// How long it takes to move over in a segment.
double Sides::moving_ms(Spot at) const {
  const auto all_ms = static_cast<double>(segment(at).end_ms - segment(at).begin_ms);
  return sketch(at).road == Road::halt ? std::min<double>(kMove_ms, all_ms) : all_ms;
}

/// At a segment's begin, + = left.
double Sides::off_line_m(Spot at, std::int8_t lane) const {
  return lane == kNoLane ? 0 : templates_.lane_shift_m(sketch(at).checkpoint) + lane_m(lane);
}

/// From the begin of a segment to its end.
bool Sides::too_quick(Spot at, std::int8_t from, std::int8_t to) const {
  constexpr double kPeak = 5.774;  // of the curve's second derivative: segment.cpp
  const Spot next{at.car, at.index + 1};
  const bool last = next.index == cars_[at.car].segments.size();
  const double over_m = off_line_m(last ? at : next, to) - off_line_m(at, from);
  const double took_s = moving_ms(at) * 1e-3;
  return kPeak * std::abs(over_m) > kMost_mps2 * took_s * took_s;
}

double Sides::cost(Spot at, std::int8_t lane) const {
  const double off_line_m = std::abs(this->off_line_m(at, lane));
  const Seam& here = seam(at);
  double sum = off_line_m + (std::abs(lane) > 1 ? kOuter : 0);
  if (here.column != kNoLane && here.column != lane) sum += kOtherColumn;
  for (const Spot other : here.others) {
    // Whoever has no choice is on the line, or comes to it.
    if (!seam(other).free)
      sum += kTaken * std::max(0.0, 1 - off_line_m / (2 * kLane_m));
    else if (seam(other).lane == lane)
      sum += kTaken;
  }
  const std::int8_t before = seams_[at.car][at.index - 1].lane;
  if (before == kNoLane) return sum;
  if (before != lane && too_quick({at.car, at.index - 1}, before, lane)) sum += kTooQuick;
  sum += kChange * std::abs(lane - before);
  for (const Spot other : neighbours_[at.car][at.index - 1])
    if (crosses(at, before, lane, other)) sum += kCrossing;
  return sum;
}

/// Whether a car that comes from lane `before` to `lane` at `at` passes through `other` on the way there.
bool Sides::crosses(Spot at, std::int8_t before, std::int8_t lane, Spot other) const {
  const Spot begin{at.car, at.index - 1}, other_end{other.car, other.index + 1};
  // Who may have a lane and has none yet takes one later, and minds this one.
  const auto chooses = [&](Spot spot) { return seam(spot).free && seam(spot).lane == kNoLane; };
  if (chooses(other) || chooses(other_end)) return false;
  return (off_line_m(begin, before) < off_line_m(begin, seam(other).lane)) !=
         (off_line_m(at, lane) < off_line_m(at, seam(other_end).lane));
}

/// One seam after the other takes the best lane that those before it leave.
void Sides::choose_lanes() {
  std::vector<Spot> wanting;
  for (std::uint32_t car = 0; car < cars_.size(); ++car)
    for (std::uint32_t i = 0; i < cars_[car].segments.size(); ++i)
      if (const Seam& s = seams_[car][i]; s.free && (!s.others.empty() || s.column != kNoLane))
        wanting.push_back({car, i});
  for (const Spot at : in_order(std::move(wanting))) {
    const auto worse = [&](std::int8_t a, std::int8_t b) { return cost(at, a) < cost(at, b); };
    seam(at).lane = *std::min_element(kLanes.begin(), kLanes.end(), worse);
  }
}

/// Lanes are taken early enough, and left late enough.
void Sides::move_in_time() {
  for (std::size_t car = 0; car < cars_.size(); ++car) {
    const std::vector<Segment>& all = cars_[car].segments;
    std::vector<Seam>& seams = seams_[car];
    const auto hand_on = [&](std::size_t over, std::size_t from, std::size_t to) {
      const bool is_short = all[over].end_ms - all[over].begin_ms < kMove_ms;
      if (is_short && seams[from].lane != kNoLane && seams[to].lane == kNoLane && seams[to].free)
        seams[to].lane = seams[from].lane;
    };
    for (std::size_t i = all.size(); i-- > 1;) hand_on(i, i + 1, i);
    for (std::size_t i = 1; i < all.size(); ++i) hand_on(i, i, i + 1);
  }
}

/// What is still too quick ends at a place where a lane may not be had, or begins there.
void Sides::drop_quick_moves() {
  for (std::uint32_t car = 0; car < cars_.size(); ++car) {
    std::vector<Seam>& seams = seams_[car];
    const auto count = static_cast<std::uint32_t>(cars_[car].segments.size());
    const auto quick = [&](std::uint32_t i) {
      return seams[i].lane != seams[i + 1].lane && too_quick({car, i}, seams[i].lane, seams[i + 1].lane);
    };
    for (std::uint32_t i = 0; i < count; ++i)
      if (quick(i) && (seams[i].lane == kNoLane || seams[i + 1].free)) seams[i + 1].lane = seams[i].lane;
    for (std::uint32_t i = count; i-- > 0;)
      if (quick(i)) seams[i].lane = kNoLane;
  }
}

void Sides::fill_in() {
  const auto band = [](std::int8_t lane) { return lane == kNoLane ? 0.0 : 1.0; };
  for (std::uint32_t car = 0; car < cars_.size(); ++car)
    for (std::uint32_t i = 0; i < cars_[car].segments.size(); ++i) {
      const std::int8_t from = seams_[car][i].lane, to = seams_[car][i + 1].lane;
      if (from == kNoLane && to == kNoLane) continue;
      Segment& s = cars_[car].segments[i];
      s.aside = true;
      s.over_per_ms = 1 / moving_ms({car, i});
      s.side_m = lane_m(from);
      s.side_rise_m = lane_m(to) - lane_m(from);
      s.band = band(from);
      s.band_rise = band(to) - band(from);
    }
}

}  // namespace

void take_sides(std::vector<CarTimeline>& cars, const Templates& templates, bool race) {
  Sides sides(cars, templates, race);
  sides.find_neighbours();
  sides.choose_lanes();
  sides.move_in_time();
  sides.drop_quick_moves();
  sides.fill_in();
}

}  // namespace racesim::race
