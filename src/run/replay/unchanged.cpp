#include "run/replay/unchanged.h"

#include <fmt/format.h>

#include <string>

#include "base/quantity.h"
#include "run/replay/lane_digest.h"
#include "run/replay/lanes.h"

namespace racesim {
namespace {

constexpr int kLookOnce_ms = 100;

Done changed(const std::string& lane, const std::string& how) {
  return fail(ErrorKind::usage, fmt::format("{} is not what was replayed: {}", lane, how),
              "restore what it was, or replay again with a new --manifest");
}

Done check_same_lanes(const std::vector<RecordedLane>& now, const std::vector<LaneRecord>& then) {
  for (std::size_t i = 0; i < now.size() && i < then.size(); ++i)
    if (now[i].name != then[i].name)
      return changed("the recording", fmt::format("{} stands where {} was", now[i].name, then[i].name));
  if (now.size() > then.size()) return changed("the recording", now[then.size()].name + " was added");
  if (now.size() < then.size()) return changed("the recording", then[now.size()].name + " is gone");
  for (std::size_t i = 0; i < now.size(); ++i)
    if (now[i].file_bytes && then[i].file_bytes && now[i].file_bytes != then[i].file_bytes)
      return changed(now[i].name, fmt::format("it has {} bytes, and had {}", format_count(*now[i].file_bytes),
                                              format_count(*then[i].file_bytes)));
  return {};
}

/// Its first records, and whether there are more.
Result<LaneReading> read_lane(Source& source, std::uint64_t most) {
  LaneDigest digest;
  RecordBlock block;
  for (std::uint64_t read = 0; read <= most; read += block.size()) {
    const Result<Pulled> pulled = source.pull(block, kLookOnce_ms);
    if (!pulled) return tl::make_unexpected(pulled.error());
    if (*pulled == Pulled::ended) {
      digest.end();
      break;
    }
    digest.add(block, most);
  }
  return digest.reading();
}

Done check_lane(const RecordedLane& lane, const LaneReading& then) {
  const Result<LaneReading> now = read_lane(*lane.source, then.records);
  if (!now) return tl::make_unexpected(now.error());
  if (now->records < then.records)
    return changed(lane.name, fmt::format("it has {} records, and {} were read", format_count(now->records),
                                          format_count(then.records)));
  if (now->hash != then.hash)
    return changed(lane.name, fmt::format("the content of its first {} records is another one",
                                          format_count(then.records)));
  if (then.whole && !now->whole)
    return changed(lane.name, fmt::format("it had {} records, and has more", format_count(then.records)));
  return {};
}

}  // namespace

Done check_unchanged(const ReplayConfig& config) {
  const auto lanes = open_lanes(config);
  if (!lanes) return tl::make_unexpected(lanes.error());
  const std::vector<LaneRecord>& then = config.found->lanes;
  if (Done ok = check_same_lanes(*lanes, then); !ok) return ok;
  for (std::size_t i = 0; i < lanes->size(); ++i)
    if (then[i].read)
      if (Done ok = check_lane((*lanes)[i], *then[i].read); !ok) return ok;
  return {};
}

}  // namespace racesim
