#include "run/record/record_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/number_text.h"
#include "base/time_text.h"
#include "run/record/replay_json.h"

namespace racesim {
namespace {

using Json = RecordJson;

// Of most_events_of.
constexpr const char* kOfEvents = "events";
constexpr const char* kOfSends = "sends";

/// Records without the member are of the time when sends were counted.
bool counts_sends(const Json& object) {
  const std::string of = object.value("most_events_of", std::string(kOfSends));
  if (of != kOfEvents && of != kOfSends)
    throw std::invalid_argument("most_events_of: '" + of + "' is neither events nor sends");
  return of == kOfSends;
}

std::string member_of(std::string_view option) {
  std::string name(option);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// Whole numbers without a point.
Json number_json(Thousandths number) {
  if (number.value % 1000 == 0) return number.value / 1000;
  return static_cast<double>(number.value) / 1000;
}

Json document_json(const Document& document, bool with_text) {
  if (document.text.empty() || !with_text) return document.name;
  return {{"name", document.name}, {"text", document.text}};
}

Json value_json(const OptionValue& value, bool with_texts) {
  if (const auto* whole = std::get_if<std::uint64_t>(&value)) return *whole;
  if (const auto* number = std::get_if<Thousandths>(&value)) return number_json(*number);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return *list;
  if (const auto* document = std::get_if<Document>(&value)) return document_json(*document, with_texts);
  return std::get<std::string>(value);
}

/// The text that parse_value() takes, so that a value from a file is checked as one from the command line.
std::string text_of(const ContentOption& option, const Json& json) {
  switch (option.kind) {
    case ValueKind::whole:
      return std::to_string(json.get<std::uint64_t>());
    case ValueKind::thousandths:
      return format_thousandths(static_cast<std::uint64_t>(std::llround(json.get<double>() * 1000)));
    case ValueKind::list:
      return fmt::format("{}", fmt::join(json.get<std::vector<std::string>>(), ","));
    default:
      return json.get<std::string>();
  }
}

OptionValue value_from(const ContentOption& option, const Json& json) {
  if (option.kind == ValueKind::document && json.is_object())
    return Document{json.at("name").get<std::string>(), json.at("text").get<std::string>()};
  Result<OptionValue> value = parse_value(option, text_of(option, json));
  if (!value) throw std::invalid_argument(fmt::format("{}: {}", member_of(option.name), value.error().what));
  return std::move(*value);
}

void read_options(const Json& object, const Json& given, ContentOptions& content) {
  for (const Json& name : given)
    if (!object.contains(name.get<std::string>()))
      throw std::invalid_argument(fmt::format("given: there is no option '{}'", name.get<std::string>()));
  for (const auto& item : object.items()) {
    const std::string& member = item.key();
    const auto& options = content.scenario->options;
    const auto option = std::find_if(options.begin(), options.end(),
                                     [&](const ContentOption& o) { return member_of(o.name) == member; });
    if (option == options.end())
      throw std::invalid_argument(fmt::format("{} has no option '{}'", content.scenario->name, member));
    const bool was_given = std::find(given.begin(), given.end(), Json(member)) != given.end();
    content.values.set(option->name, value_from(*option, item.value()),
                       was_given ? GivenBy::elsewhere : GivenBy::nobody);
  }
}

Json given_json(const OptionValues& values) {
  Json given = Json::array();
  for (const ContentOption& option : values.options())
    if (values.given(option.name)) given.push_back(member_of(option.name));
  return given;
}

/// Name and version, which an @ parts.
std::pair<std::string, int> scenario_of(const Json& object) {
  const std::string text = object.at("scenario").get<std::string>();
  const std::size_t at = text.find('@');
  // Format 1 has the version in a member of its own.
  if (at == std::string::npos) return {text, object.at("scenario_version").get<int>()};
  return {text.substr(0, at), std::stoi(text.substr(at + 1))};
}

}  // namespace

RunRecord empty_record(const Json& object) {
  const auto [scenario, version] = scenario_of(object);
  const ScenarioEntry* entry = find_scenario(scenario);
  if (entry == nullptr) throw std::invalid_argument("scenario: '" + scenario + "' is not known");
  RunRecord r;
  r.content = ContentOptions(*entry);
  r.scenario_version = version;
  return r;
}

Json options_json(const OptionValues& values, bool with_texts) {
  Json object = Json::object();
  for (const ContentOption& option : values.options())
    object[member_of(option.name)] = value_json(values.value(option.name), with_texts);
  return object;
}

Json faults_json(const FaultRules& f) {
  return {{"late", f.late}, {"duplicate", f.duplicate}, {"reorder", f.reorder},
          {"drop", f.drop}, {"corrupt", f.corrupt},     {"late_delay_ns", f.late_delay_ns}};
}

FaultRules faults_from(const Json& j) {
  FaultRules f;
  j.at("late").get_to(f.late);
  j.at("duplicate").get_to(f.duplicate);
  j.at("reorder").get_to(f.reorder);
  j.at("drop").get_to(f.drop);
  j.at("corrupt").get_to(f.corrupt);
  j.at("late_delay_ns").get_to(f.late_delay_ns);
  if (f.late_delay_ns < 0 || f.late_delay_ns > kLateDelayMost_ns)
    throw std::invalid_argument("late_delay_ns: not from 0 to a day");
  return f;
}

// Whole milliseconds, so nothing is lost.
/// The library says "[json.exception.out_of_range.403] key 'x' not found".
std::string plain_reason(const std::exception& thrown) {
  std::string why = thrown.what();
  std::replace(why.begin(), why.end(), '\n', ' ');
  if (why.starts_with("[json.exception.")) why.erase(0, why.find("] ") + 2);
  constexpr std::string_view kKey = "key '", kMissing = "' not found";
  if (why.starts_with(kKey) && why.ends_with(kMissing))
    return "it has no '" + why.substr(kKey.size(), why.size() - kKey.size() - kMissing.size()) + "'";
  return why;
}

std::array<std::uint64_t, 2> hash_from_text(const std::string& text, const char* name) {
  std::array<std::uint64_t, 2> hash{};
  const std::string wrong = std::string(name) + ": not 32 hex digits";
  if (text.size() != 32) throw std::invalid_argument(wrong);
  for (std::size_t half = 0; half < 2; ++half) {
    const char* const begin = text.data() + 16 * half;
    const auto [end, code] = std::from_chars(begin, begin + 16, hash[half], 16);
    if (code != std::errc{} || end != begin + 16) throw std::invalid_argument(wrong);
  }
  return hash;
}

std::int64_t time_from(const Json& text) {
  const auto ns = parse_datetime(text.get<std::string>(), "UTC");
  if (!ns) throw std::invalid_argument(ns.error().what);
  return *ns;
}

Done check_scenario(const Json& object, const std::string& name) {
  if (is_replay_record(object)) return {};
  const auto [scenario, version] = scenario_of(object);
  const std::string hint =
      "use the racesim version that wrote it: " + object.value("program", std::string("another version"));
  const ScenarioEntry* entry = find_scenario(scenario);
  if (entry == nullptr)
    return fail(ErrorKind::usage,
                fmt::format("{} is for the scenario '{}', which this racesim does not have", name, scenario),
                hint);
  if (entry->version != version)
    return fail(ErrorKind::usage,
                fmt::format("{} is for {}@{}, but this racesim makes {}@{}, which has other events", name,
                            scenario, version, scenario, entry->version),
                hint);
  return {};
}

void add_record(const RunRecord& r, Json& object) {
  if (r.replay) return add_replay_record(r, object);
  const ContentOptions& content = r.content;
  object["program"] = r.program;
  object["commit"] = r.commit;
  object["run"] = r.run;
  object["scenario"] = fmt::format("{}@{}", content.scenario->name, r.scenario_version);
  object["mode"] = content.live ? "live" : "historical";
  object["seed"] = content.seed;
  object["start"] = format_datetime(content.start_ns);
  object["end"] = content.end_ns ? Json(format_datetime(*content.end_ns)) : Json(nullptr);
  object["volume"] =
      content.volume ? Json{{"events", content.volume->events}, {"per_minute", content.volume->per_minute}}
                     : Json(nullptr);
  object["most_events"] = content.limit.most;
  object["most_events_of"] = content.limit.of_sends ? kOfSends : kOfEvents;
  object["options"] = options_json(content.values, true);
  object["given"] = given_json(content.values);
  object["master_data"] = {
      {"dir", content.master_data_dir}, {"named", content.master_data_named}, {"hash", r.master_hash}};
  object["event_format"] = r.event_format;
  object["shard"] = {{"index", r.shard.index}, {"count", r.shard.count}};
  object["fault_rules"] = faults_json(r.faults);
}

void read_shared(const Json& object, RunRecord& r) {
  ContentOptions& content = r.content;
  object.at("program").get_to(r.program);
  object.at("run").get_to(r.run);
  content.live = object.at("mode").get<std::string>() == "live";
  object.at("seed").get_to(content.seed);
  content.start_ns = time_from(object.at("start"));
  if (!object.at("end").is_null()) content.end_ns = time_from(object.at("end"));
  object.at("most_events").get_to(content.limit.most);
  content.limit.of_sends = counts_sends(object);
  const Json& master = object.at("master_data");
  master.at("dir").get_to(content.master_data_dir);
  master.at("named").get_to(content.master_data_named);
  master.at("hash").get_to(r.master_hash);
  object.at("event_format").get_to(r.event_format);
  object.at("shard").at("index").get_to(r.shard.index);
  object.at("shard").at("count").get_to(r.shard.count);
  if (r.shard.index < 1 || r.shard.index > r.shard.count) throw std::invalid_argument("shard: no such part");
  r.faults = faults_from(object.at("fault_rules"));
}

RunRecord record_from(const Json& object) {
  if (is_replay_record(object)) return replay_record_from(object);
  RunRecord r = empty_record(object);
  read_shared(object, r);
  object.at("commit").get_to(r.commit);
  ContentOptions& content = r.content;
  content.volume.reset();
  if (const Json& volume = object.at("volume"); !volume.is_null())
    content.volume = Volume{volume.at("events").get<std::uint64_t>(), volume.at("per_minute").get<bool>()};
  if (content.scenario->volume.is_content != content.volume.has_value())
    throw std::invalid_argument(fmt::format("volume: not as {} has it", content.scenario->name));
  read_options(object.at("options"), object.at("given"), content);
  return r;
}

}  // namespace racesim
