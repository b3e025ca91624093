#include "run/replay/merge.h"

#include <algorithm>
#include <utility>

namespace racesim {

/// Further than allowed: either this one record has a wrong time, and the next one goes on from before; or
/// the clock is another one from here on.
std::int64_t LaneClock::judge_jump(std::int64_t at_ns, std::optional<std::int64_t> next_ns) {
  const bool is_ahead = at_ns > *last_ns_;
  if (next_ns) {
    const std::int64_t behind_ns = *next_ns + shift_ns_;
    const bool goes_back = is_ahead ? behind_ns < at_ns - most_ns_ : behind_ns > at_ns + most_ns_;
    if (goes_back) {
      ++counts_.jumps;
      return *last_ns_;
    }
  }
  if (is_ahead) return at_ns;
  ++counts_.jumps;
  shift_ns_ += *last_ns_ - at_ns;
  return *last_ns_;
}

LaneMerge::LaneMerge(std::vector<std::unique_ptr<TimedLane>> lanes, std::int64_t most_ns) {
  lanes_.reserve(lanes.size());
  for (auto& lane : lanes) lanes_.emplace_back(std::move(lane), most_ns);
}

Done LaneMerge::read_ahead(Lane& lane) {
  if (lane.has_ahead || lane.ended) return {};
  const Result<bool> more = lane.source->next(lane.ahead);
  if (!more) return tl::make_unexpected(more.error());
  lane.has_ahead = *more;
  lane.ended = !*more;
  return {};
}

Done LaneMerge::fill(Lane& lane) {
  if (!lane.is_empty()) return {};
  if (Done ok = read_ahead(lane); !ok) return ok;
  if (!lane.has_ahead) return {};
  std::swap(lane.block, lane.ahead);
  lane.has_ahead = false;
  lane.at = 0;
  std::vector<RecordFact>& facts = lane.block.facts;
  Done read;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    // What is no event has no time: it stays with its neighbour.
    if (facts[i].kind == RecordFact::Kind::refused) continue;
    const auto next_ns = [&]() -> std::optional<std::int64_t> {
      for (std::size_t k = i + 1; k < facts.size(); ++k)
        if (facts[k].kind != RecordFact::Kind::refused) return facts[k].time_ns;
      if (read) read = read_ahead(lane);
      for (const RecordFact& fact : lane.ahead.facts)
        if (lane.has_ahead && fact.kind != RecordFact::Kind::refused) return fact.time_ns;
      return std::nullopt;
    };
    facts[i].place_ns = lane.clock.place(facts[i].time_ns, next_ns);
  }
  if (!read) return read;
  // Refused ones stand with the next event; behind the last one with that.
  std::int64_t place_ns = INT64_MIN;
  for (std::size_t i = facts.size(); i-- > 0;) {
    if (facts[i].kind == RecordFact::Kind::refused)
      facts[i].place_ns = place_ns;
    else
      place_ns = facts[i].place_ns;
  }
  std::int64_t last_ns = INT64_MIN;
  for (RecordFact& fact : facts) {
    fact.place_ns = std::max(fact.place_ns, last_ns);
    last_ns = fact.place_ns;
  }
  return {};
}

bool LaneMerge::would_wait() {
  return std::any_of(lanes_.begin(), lanes_.end(), [](const Lane& lane) {
    return lane.is_empty() && !lane.has_ahead && !lane.ended && lane.source->would_wait();
  });
}

/// How far the lane goes on before another one has its turn.
std::size_t LaneMerge::run_end(const Lane& lane, std::size_t number) const {
  std::int64_t until_ns = INT64_MAX;
  bool and_that = true;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (i == number || lanes_[i].is_empty()) continue;
    const std::int64_t head_ns = lanes_[i].head_ns();
    if (head_ns < until_ns) and_that = true;
    if (head_ns <= until_ns && i < number) and_that = false;
    until_ns = std::min(until_ns, head_ns);
  }
  const auto begin = lane.block.facts.begin() + static_cast<std::ptrdiff_t>(lane.at);
  const auto end = std::partition_point(begin, lane.block.facts.end(), [&](const RecordFact& fact) {
    return and_that ? fact.place_ns <= until_ns : fact.place_ns < until_ns;
  });
  return static_cast<std::size_t>(end - lane.block.facts.begin());
}

Result<bool> LaneMerge::next(MergedRun& run) {
  std::size_t first = lanes_.size();
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (Done ok = fill(lanes_[i]); !ok) return tl::make_unexpected(ok.error());
    if (lanes_[i].is_empty()) continue;
    if (first == lanes_.size() || lanes_[i].head_ns() < lanes_[first].head_ns()) first = i;
  }
  if (first == lanes_.size()) return false;
  Lane& lane = lanes_[first];
  run = {first, &lane.block, lane.at, run_end(lane, first)};
  lane.at = run.last;
  return true;
}

DisorderCounts LaneMerge::counts() const {
  DisorderCounts all;
  for (const Lane& lane : lanes_) {
    all.late += lane.clock.counts().late;
    all.jumps += lane.clock.counts().jumps;
  }
  return all;
}

}  // namespace racesim
