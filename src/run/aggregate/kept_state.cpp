#include "run/aggregate/kept_state.h"

#include <algorithm>
#include <iterator>

#include "agg/state.h"

namespace racesim {
namespace {

constexpr std::string_view kFirstLine = "racesim aggregate 1\n";
constexpr std::string_view kFirstLineStart = "racesim aggregate ";

Error damaged(const std::string& place) {
  return {ErrorKind::runtime, place + " is damaged",
          "start over: remove it, and what its results went to if nothing may be there twice"};
}

bool is_same_lane(const LanePosition& a, const LanePosition& b) {
  return a.source == b.source && a.lane == b.lane;
}

}  // namespace

std::optional<KeptState> KeptState::after(std::span<const LaneStep> steps, std::string_view new_state) const {
  KeptState next{options, positions, std::string(new_state)};
  for (const LaneStep& step : steps) {
    const auto known =
        std::find_if(next.positions.begin(), next.positions.end(),
                     [&](const LanePosition& position) { return is_same_lane(position, step.after); });
    if (known == next.positions.end()) {
      next.positions.push_back(step.after);
      continue;
    }
    if (known->next != step.before.next) return std::nullopt;
    *known = step.after;
  }
  return next;
}

std::vector<LanePosition> KeptState::positions_of(std::string_view source) const {
  std::vector<LanePosition> of;
  std::copy_if(positions.begin(), positions.end(), std::back_inserter(of),
               [&](const LanePosition& position) { return position.source == source; });
  return of;
}

std::string write_kept(const KeptState& kept) {
  std::string body;
  StateWriter out(body);
  out.text(kept.options);
  out.put(static_cast<std::uint64_t>(kept.positions.size()));
  for (const LanePosition& position : kept.positions) {
    out.text(position.source);
    out.text(position.lane);
    out.put(position.next);
    out.put(position.last_hash);
    out.put(position.last_time_ms);
    out.text(position.fingerprint);
    out.put(position.consumed);
  }
  out.text(kept.state);
  std::string bytes(kFirstLine);
  StateWriter(bytes).put(record_hash(body));
  return bytes + body;
}

Result<KeptState> read_kept(std::string_view bytes, const std::string& place, const std::string& options) {
  if (!bytes.starts_with(kFirstLine)) {
    if (!bytes.starts_with(kFirstLineStart)) return tl::make_unexpected(damaged(place));
    return fail(ErrorKind::usage, place + " is of another version of racesim",
                "go on with the one that wrote it, or remove it to start over");
  }
  StateReader head(bytes.substr(kFirstLine.size()));
  const auto hash = head.get<std::uint64_t>();
  if (!head.ok()) return tl::make_unexpected(damaged(place));
  const std::string_view body = bytes.substr(kFirstLine.size() + sizeof hash);
  if (record_hash(body) != hash) return tl::make_unexpected(damaged(place));
  StateReader in(body);
  KeptState kept;
  kept.options = in.text();
  const std::uint64_t positions = in.count(sizeof(std::uint64_t));
  for (std::uint64_t i = 0; i < positions; ++i) {
    LanePosition& position = kept.positions.emplace_back();
    position.source = in.text();
    position.lane = in.text();
    position.next = in.get<std::int64_t>();
    position.last_hash = in.get<std::uint64_t>();
    position.last_time_ms = in.get<std::int64_t>();
    position.fingerprint = in.text();
    position.consumed = in.get<std::uint64_t>();
  }
  kept.state = in.text();
  if (!in.done()) return tl::make_unexpected(damaged(place));
  if (kept.options != options)
    return fail(ErrorKind::usage,
                place + " is of other options: " + kept.options + " (asked for: " + options + ")",
                "give the same options, or remove it to start over");
  return kept;
}

}  // namespace racesim
