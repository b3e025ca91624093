#include "run/record/format_one.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace racesim {
namespace {

using Json = RecordJson;

/// Rates stood there in thousandths, so that all numbers were whole.
OptionValue value_from(const ContentOption& option, const Json& object, const std::string& member) {
  const Json& json = object.at(member);
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

void read_options(const Json& object, ContentOptions& content) {
  for (const FormatOneMember& member : content.scenario->format_one.members) {
    const ContentOption& option = *find_option(*content.scenario, member.option);
    OptionValue value = value_from(option, object, std::string(member.member));
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

RunRecord record_from_format_one(const Json& json) {
  RunRecord r;
  json.at("program").get_to(r.program);
  json.at("run").get_to(r.run);
  json.at("scenario_version").get_to(r.scenario_version);
  const ScenarioEntry* entry = find_scenario(json.at("scenario").get<std::string>());
  if (entry == nullptr) throw std::invalid_argument("scenario: it is not known");
  r.content = ContentOptions(*entry);
  ContentOptions& content = r.content;
  content.live = json.at("mode").get<std::string>() == "live";
  json.at("seed").get_to(content.seed);
  content.start_ns = time_from(json.at("start"));
  if (!json.at("end").is_null()) content.end_ns = time_from(json.at("end"));
  json.at("most_events").get_to(content.most_events);
  read_options(json.at(std::string(entry->name)), content);
  const Json& master = json.at("master_data");
  master.at("dir").get_to(content.master_data_dir);
  master.at("named").get_to(content.master_data_named);
  master.at("hash").get_to(r.master_hash);
  json.at("event_format").get_to(r.event_format);
  json.at("shard").at("index").get_to(r.shard.index);
  json.at("shard").at("count").get_to(r.shard.count);
  if (r.shard.index < 1 || r.shard.index > r.shard.count) throw std::invalid_argument("shard: no such part");
  r.faults = faults_from(json.at("fault_rules"));
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
      c.most_events == 0 ? "all" : std::to_string(c.most_events));
}

}  // namespace racesim
