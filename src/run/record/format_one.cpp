#include "run/record/format_one.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace racesim {
namespace {

/// Read as the command line would be, so that a value that no run can have is refused.
void check_value(const ContentOption& option, const OptionValue& value) {
  if (const auto same = parse_value(option, value_text(value)); !same)
    throw std::invalid_argument(fmt::format("{}: {}", option.name, same.error().what));
}

void read_old_options(const RecordJson& object, ContentOptions& content) {
  for (const FormatOneMember& member : content.scenario->format_one.members) {
    const ContentOption& option = *find_option(*content.scenario, member.option);
    OptionValue value = object.at(std::string(member.member)).get<std::string>();
    check_value(option, value);
    content.values.set(option.name, std::move(value), GivenBy::nobody);
  }
  if (content.scenario->volume.is_content)
    content.volume =
        Volume{object.at("volume").get<std::uint64_t>(), object.at("volume_per_minute").get<bool>()};
}

}  // namespace

RunRecord record_from_format_one(const RecordJson& json) {
  RunRecord r = empty_record(json);
  read_shared(json, r);
  read_old_options(json.at(std::string(r.content.scenario->name)), r.content);
  return r;
}

std::string content_text_one(const RunRecord& r) {
  const ContentOptions& c = r.content;
  const FormatOne& format = c.scenario->format_one;
  return fmt::format(
      "run {}, scenario {}, seed {}, streams {}, columns {}, format {}, part {}/{}, faults {} delay {} ns, "
      "{} events",
      r.run, c.scenario->name, c.seed, format.streams,
      format.columns, r.event_format, r.shard.index, r.shard.count,
      format_faults(r.faults), r.faults.late_delay_ns,
      c.limit.most == 0 ? "all" : std::to_string(c.limit.most));
}

}  // namespace racesim
