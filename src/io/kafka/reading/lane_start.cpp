#include "io/kafka/reading/lane_start.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/quantity.h"

namespace racesim::kafka {
namespace {

constexpr const char* kOtherTopic =
    "read it into another store: --to; to add it to this one all the same, give the topic another name";

std::string offset_text(std::int64_t offset) {
  return format_count(static_cast<std::uint64_t>(offset));
}

Error another_record(const LaneFacts& facts) {
  const std::string at = offset_text(facts.known->next - 1);
  return {ErrorKind::usage,
          facts.before
              ? fmt::format("{}: the record at offset {} is not the one that was read there: the topic "
                            "was made again, or restored",
                            facts.name, at)
              : fmt::format("{}: the record at offset {}, which was read, is not there any more: the "
                            "topic was made again, or restored",
                            facts.name, at),
          kOtherTopic};
}

Result<LaneStart> go_on(const LaneFacts& facts, const LaneRules& rules) {
  const LanePosition& known = *facts.known;
  if (facts.end < known.next)
    return fail(
        ErrorKind::usage,
        fmt::format("{} ends at offset {}, and it was read up to offset {}: the topic was made again, "
                    "cut, or restored",
                    facts.name, offset_text(facts.end), offset_text(known.next)),
        kOtherTopic);
  if (facts.low > known.next) {
    const auto gap = static_cast<std::uint64_t>(facts.low - known.next);
    if (rules.allow_gap) return LaneStart{facts.low, gap, false};
    return fail(
        ErrorKind::partial,
        fmt::format("{}: {} record{} from offset {} on {} gone before {} read: the topic keeps them no "
                    "longer",
                    facts.name, format_count(gap), gap == 1 ? "" : "s", offset_text(known.next),
                    gap == 1 ? "was" : "were", gap == 1 ? "it was" : "they were"),
        fmt::format("go on at offset {} without them: --allow-gap; raise retention.ms of the topic, or "
                    "start more processes",
                    offset_text(facts.low)));
  }
  if (!has_record_before(known, facts.low)) return LaneStart{known.next, 0, false};
  const bool gone = !facts.before && facts.compacted;
  const RecordSeen read{known.last_hash, known.last_time_ms};
  if (!gone && facts.before != read) return tl::make_unexpected(another_record(facts));
  return LaneStart{known.next, 0, false};
}

}  // namespace

bool has_record_before(const LanePosition& known, std::int64_t low) {
  return known.last_hash != 0 && known.next > low;
}

Result<LaneStart> choose_start(const LaneFacts& facts, const LaneRules& rules) {
  if (facts.known) return go_on(facts, rules);
  if (facts.group_offset && !rules.store_keeps_positions) {
    LaneFacts from_group = facts;
    from_group.known.emplace();
    from_group.known->next = *facts.group_offset;
    return go_on(from_group, rules);
  }
  if (facts.group_offset && !rules.start_is_given)
    return fail(
        ErrorKind::usage,
        fmt::format("the group {} has read {} up to offset {}, and the store knows nothing of it",
                    rules.group, facts.name, offset_text(*facts.group_offset)),
        "name the store that it was read into: --to; or read it into this one: --start-at earliest; or "
        "another group: --group");
  return LaneStart{std::clamp(facts.first, facts.low, std::max(facts.low, facts.end)), 0, true};
}

}  // namespace racesim::kafka
