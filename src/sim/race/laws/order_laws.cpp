#include "sim/race/laws/order_laws.h"

#include <fmt/format.h>

#include <algorithm>

namespace racesim::race {
namespace {

enum OrderLaw : std::size_t { kOrderOnePlace, kOrderNoHole, kOrderGivenUp, kOrderFirst, kOrderGrows };
constexpr std::string_view kOrderSubject = "telemetry";
constexpr std::string_view kOrderNotWhole = "the columns do not tell, or cars are missing";
constexpr LawInfo kOrderLaws[] = {
    {kOrderSubject, "at each moment every running car has a position of its own"},
    {kOrderSubject, "at each moment the running cars have the positions from 1 on without a hole",
     kOrderNotWhole},
    {kOrderSubject, "whoever has given up is behind all that run",
     "the columns do not tell, or nobody gave up"},
    {kOrderSubject, "the first car has no gap to itself"},
    {kOrderSubject, "the gap grows with the position, to within half a minute"},
};

/// Gaps are those of each car's last checkpoint, between which a field may be driven together by a flag.
constexpr double kOrderGapSlack_s = 30;

bool has_given_up(const SampleFacts& s) {
  return s.status == CarStatus::out;
}

}  // namespace

OrderLaws::OrderLaws() : book_(kOrderLaws) {}

void OrderLaws::begin(const SampleFacts& now) {
  if (known(now.session) && now.session != session_) {
    cars_.clear();
    all_cars_ = false;
    session_ = now.session;
  }
  for (auto& [owner, car] : cars_) car.in_moment = false;
  moment_us_ = now.time_us;
}

void OrderLaws::check(const SampleFacts& now, const RowPlace& place, std::vector<Breach>& out) {
  book_.saw(kOrderSubject);
  if (!known(now.position) || now.time_us < moment_us_) return;
  if (now.time_us > moment_us_) {
    judge_moment(out);
    begin(now);
  }
  Car& car = cars_[std::string(place.owner)];
  car.last = now;
  car.in_moment = true;
  if (now.status != CarStatus::on_track) car.halt_gap_s = now.gap_s;
}

/// No car that still runs is missing.
bool OrderLaws::is_whole() const {
  return std::all_of(cars_.begin(), cars_.end(), [](const auto& entry) {
    return entry.second.in_moment || has_given_up(entry.second.last);
  });
}

void OrderLaws::judge_moment(std::vector<Breach>& out) {
  places_.clear();
  judge_places(out);
  if (places_.empty()) return;
  judge_gaps(out);
}

void OrderLaws::judge_places(std::vector<Breach>& out) {
  int last_place = 0, first_out = INT32_MAX;
  for (const auto& [owner, car] : cars_) {
    if (!car.in_moment) continue;
    const int position = static_cast<int>(car.last.position);
    if (has_given_up(car.last)) {
      first_out = std::min(first_out, position);
      continue;
    }
    last_place = std::max(last_place, position);
    book_.judge(kOrderOnePlace);
    if (!places_.emplace(position, &car).second)
      out.push_back({"position", "one car's", fmt::format("{}, of two cars", position)});
  }
  if (places_.empty()) return;
  if (first_out != INT32_MAX) {
    book_.judge(kOrderGivenUp);
    if (first_out < last_place)
      out.push_back({"position", fmt::format("above {}, the last of those that run", last_place),
                     fmt::format("{}, of a car that is out", first_out)});
  }
  if (!is_whole()) return;
  const bool no_hole = last_place == static_cast<int>(places_.size());
  all_cars_ = all_cars_ || no_hole;
  if (!all_cars_) return;
  book_.judge(kOrderNoHole);
  if (!no_hole)
    out.push_back(
        {"position", fmt::format("1 to {} without a hole", places_.size()), fmt::format("{}", last_place)});
}

void OrderLaws::judge_gaps(std::vector<Breach>& out) {
  const SampleFacts& first = places_.begin()->second->last;
  if (places_.begin()->first == 1 && known(first.gap_s)) {
    book_.judge(kOrderFirst);
    if (first.gap_s != 0) out.push_back({"gap_s", "0, of the first car", fmt::format("{:.3f}", first.gap_s)});
  }
  double most_s = 0;
  for (const auto& [place, car] : places_) {
    const double gap_s = car->last.gap_s;
    if (!known(gap_s) || car->last.status != CarStatus::on_track || gap_s == car->halt_gap_s) continue;
    book_.judge(kOrderGrows);
    if (gap_s < most_s - kOrderGapSlack_s)
      out.push_back({"gap_s", fmt::format("about {:.3f} or more, of the cars in front", most_s),
                     fmt::format("{:.3f}, of position {}", gap_s, place)});
    most_s = std::max(most_s, gap_s);
  }
}

}  // namespace racesim::race
