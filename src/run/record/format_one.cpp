#include "run/record/format_one.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace racesim {
namespace {

/// Rates stood there in thousandths, so that all numbers were whole.
OptionValue old_value(const ContentOption& option, const RecordJson& object, const std::string& member) {
  const RecordJson& json = object.at(member);
  switch (option.kind) {
    case ValueKind::whole:
      return json.get<std::uint64_t>();
    case ValueKind::thousandths:
      return Thousandths{json.get<std::uint64_t>()};
    case ValueKind::list:
      return json.get<std::vector<std::string>>();
    case ValueKind::document:
      return Document{json.get<std::string>(), object.at(member + "_text").get<std::string>()};
    default:
      return json.get<std::string>();
  }
}

/// Read as the command line would be, so that a value that no run can have is refused.
void check_value(const ContentOption& option, const OptionValue& value) {
  const Document* document = std::get_if<Document>(&value);
  if (document != nullptr && !document->text.empty()) return;
  if (const auto same = parse_value(option, value_text(value)); !same)
    throw std::invalid_argument(fmt::format("{}: {}", option.name, same.error().what));
}

void read_old_options(const RecordJson& object, ContentOptions& content) {
  for (const FormatOneMember& member : content.scenario->format_one.members) {
    const ContentOption& option = *find_option(*content.scenario, member.option);
    OptionValue value = old_value(option, object, std::string(member.member));
    check_value(option, value);
    const bool given = !member.given_by.empty() && object.at(std::string(member.given_by)).get<bool>();
    content.values.set(option.name, std::move(value), given ? GivenBy::elsewhere : GivenBy::nobody);
  }
  if (content.scenario->volume.is_content)
    content.volume =
        Volume{object.at("volume").get<std::uint64_t>(), object.at("volume_per_minute").get<bool>()};
}

/// What an option says, or the text for scenarios without it.
std::string said(const ContentOptions& content, std::string_view option, std::string_view otherwise) {
  return option.empty() ? std::string(otherwise) : value_text(content.values.value(option));
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
      r.run, c.scenario->name, c.seed, said(c, format.streams_option, format.streams),
      said(c, format.columns_option, format.columns), r.event_format, r.shard.index, r.shard.count,
      format_faults(r.faults), r.faults.late_delay_ns,
      c.limit.most == 0 ? "all" : std::to_string(c.limit.most));
}

}  // namespace racesim
