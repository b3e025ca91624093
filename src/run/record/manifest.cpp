#include "run/record/manifest.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/time_text.h"
#include "io/files/read_file.h"
#include "run/run_id.h"

namespace racesim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kManifestBytesMost = std::size_t{64} << 20;

Json to_json(const RaceContent& c) {
  return {{"rate_mhz", c.rate_mhz},       {"cars", c.cars},   {"laps", c.laps},
          {"session", c.session},         {"model", c.model}, {"names", c.names},
          {"one_session", c.one_session}, {"track", c.track}, {"track_text", c.track_text},
          {"streams", c.streams}};
}

Json to_json(const PlaysContent& c) {
  return {{"volume", c.volume}, {"volume_per_minute", c.volume_per_minute}, {"popularity", c.popularity}};
}

Json to_json(const FaultRules& f) {
  return {{"late", f.late}, {"duplicate", f.duplicate}, {"reorder", f.reorder},
          {"drop", f.drop}, {"corrupt", f.corrupt},     {"late_delay_ns", f.late_delay_ns}};
}

Json to_json(const ManifestTotals& t) {
  Json shed = Json::array();
  for (const auto& [first, last] : t.shed) shed.push_back({first, last});
  Json streams = Json::object();
  for (const auto& [name, count] : t.streams) streams[name] = count;
  Json sinks = Json::array();
  for (const SinkStatus& s : t.sinks)
    sinks.push_back({{"name", s.name},
                     {"sent", s.sent},
                     {"acked", s.acked},
                     {"failed", s.failed},
                     {"retried", s.retried},
                     {"dead_lettered", s.dead_lettered},
                     {"bytes", s.bytes}});
  Json json{{"complete", t.complete}, {"released", t.released}, {"shed", shed}, {"streams", streams}};
  json["faults"] = {{"late", t.faults.late},
                    {"duplicate", t.faults.duplicate},
                    {"reorder", t.faults.reorder},
                    {"drop", t.faults.drop},
                    {"corrupt", t.faults.corrupt}};
  json["sinks"] = sinks;
  if (t.digest) json["digest"] = t.digest->text();
  return json;
}

void from_json(const Json& j, RaceContent& c) {
  j.at("rate_mhz").get_to(c.rate_mhz);
  j.at("cars").get_to(c.cars);
  j.at("laps").get_to(c.laps);
  j.at("session").get_to(c.session);
  j.at("model").get_to(c.model);
  j.at("names").get_to(c.names);
  j.at("one_session").get_to(c.one_session);
  j.at("track").get_to(c.track);
  j.at("track_text").get_to(c.track_text);
  j.at("streams").get_to(c.streams);
}

void from_json(const Json& j, PlaysContent& c) {
  j.at("volume").get_to(c.volume);
  j.at("volume_per_minute").get_to(c.volume_per_minute);
  j.at("popularity").get_to(c.popularity);
}

void from_json(const Json& j, FaultRules& f) {
  j.at("late").get_to(f.late);
  j.at("duplicate").get_to(f.duplicate);
  j.at("reorder").get_to(f.reorder);
  j.at("drop").get_to(f.drop);
  j.at("corrupt").get_to(f.corrupt);
  j.at("late_delay_ns").get_to(f.late_delay_ns);
}

LineDigest digest_of(const std::string& text) {
  LineDigest digest;
  if (text.size() != 32) throw std::invalid_argument("digest: not 32 hex digits");
  for (std::size_t half = 0; half < 2; ++half) {
    const char* const begin = text.data() + 16 * half;
    const auto [end, code] = std::from_chars(begin, begin + 16, digest.sum[half], 16);
    if (code != std::errc{} || end != begin + 16) throw std::invalid_argument("digest: not 32 hex digits");
  }
  return digest;
}

void from_json(const Json& j, ManifestTotals& t) {
  j.at("complete").get_to(t.complete);
  j.at("released").get_to(t.released);
  std::uint64_t reached = 0;
  for (const Json& range : j.at("shed")) {
    const OrdinalRange shed{range.at(0).get<std::uint64_t>(), range.at(1).get<std::uint64_t>()};
    if (shed.first < reached || shed.second <= shed.first || shed.second > t.released)
      throw std::invalid_argument("shed: the ranges are not ascending within the released");
    reached = shed.second;
    t.shed.push_back(shed);
  }
  for (const auto& [name, count] : j.at("streams").items()) t.streams[name] = count.get<std::uint64_t>();
  const Json& faults = j.at("faults");
  faults.at("late").get_to(t.faults.late);
  faults.at("duplicate").get_to(t.faults.duplicate);
  faults.at("reorder").get_to(t.faults.reorder);
  faults.at("drop").get_to(t.faults.drop);
  faults.at("corrupt").get_to(t.faults.corrupt);
  for (const Json& s : j.at("sinks"))
    t.sinks.push_back({s.at("name"), s.at("sent"), s.at("acked"), s.at("failed"), s.at("retried"),
                       s.at("dead_lettered"), s.at("bytes")});
  if (j.contains("digest")) t.digest = digest_of(j.at("digest"));
}

/// Event time as people write it; whole milliseconds, so nothing is lost.
std::int64_t time_of(const Json& text) {
  const auto ns = parse_datetime(text.get<std::string>(), "UTC");
  if (!ns) throw std::invalid_argument(ns.error().what);
  return *ns;
}

/// Both numbers first: of another format nothing else can be relied on.
Done check_versions(const Json& json, const std::string& name) {
  const int format = json.at("format").get<int>();
  if (format != Manifest::kFormat)
    return fail(ErrorKind::usage,
                fmt::format("{}: a manifest of format {}, and this racesim reads format {}", name, format,
                            Manifest::kFormat),
                "verify with the racesim that made it: " + json.value("program", "another version"));
  const std::string scenario = json.at("scenario").get<std::string>();
  const int version = json.at("scenario_version").get<int>();
  const ScenarioEntry* entry = find_scenario(scenario);
  if (entry == nullptr || entry->version != version)
    return fail(
        ErrorKind::usage,
        entry == nullptr
            ? fmt::format("{}: of the scenario '{}', which this racesim does not have", name, scenario)
            : fmt::format("{}: of {}@{}, and this racesim makes {}@{}, which has other events", name,
                          scenario, version, scenario, entry->version),
        "verify with the racesim that made it: " + json.value("program", "another version"));
  return {};
}

Manifest manifest_of(const Json& json) {
  Manifest m;
  json.at("program").get_to(m.program);
  json.at("run").get_to(m.run);
  json.at("scenario_version").get_to(m.scenario_version);
  m.live = json.at("mode").get<std::string>() == "live";
  ContentOptions& content = m.content;
  json.at("scenario").get_to(content.scenario);
  json.at("seed").get_to(content.seed);
  content.start_ns = time_of(json.at("start"));
  if (!json.at("end").is_null()) content.end_ns = time_of(json.at("end"));
  json.at("most_events").get_to(content.most_events);
  from_json(json.at("race"), content.race);
  from_json(json.at("plays"), content.plays);
  const Json& master = json.at("master_data");
  master.at("dir").get_to(content.master_data_dir);
  master.at("named").get_to(content.master_data_named);
  master.at("hash").get_to(m.master_hash);
  json.at("event_format").get_to(m.event_format);
  json.at("shard").at("index").get_to(m.shard.index);
  json.at("shard").at("count").get_to(m.shard.count);
  if (m.shard.index < 1 || m.shard.index > m.shard.count) throw std::invalid_argument("shard: no such part");
  from_json(json.at("fault_rules"), m.faults);
  for (const Json& origin : json.at("origins"))
    m.origins.push_back({origin.at("topic"), origin.at("partition"), origin.at("offset"), 0});
  if (!json.at("sent").is_null()) from_json(json.at("sent"), m.totals.emplace());
  return m;
}

}  // namespace

void LineDigest::add(std::string_view line) {
  const XXH128_hash_t hash = XXH3_128bits(line.data(), line.size());
  sum[0] += hash.high64;
  sum[1] += hash.low64;
}

std::string LineDigest::text() const {
  return hash_text(sum);
}

std::string hash_text(const std::array<std::uint64_t, 2>& hash) {
  return fmt::format("{:016x}{:016x}", hash[0], hash[1]);
}

RunConfig Manifest::config() const {
  RunConfig config;
  config.content = content;
  config.shard = shard;
  config.faults = faults;
  config.run_id = run;
  config.pace.live = false;
  config.delivery.format = event_format;
  return config;
}

Manifest manifest_of(const RunConfig& config, const Content& content) {
  Manifest m;
  m.run = run_text(content.run);
  m.scenario_version = find_scenario(config.content.scenario)->version;
  m.live = config.pace.live;
  m.content = config.content;
  if (!content.master.entities.empty()) m.master_hash = hash_text(content.master.content_hash);
  m.event_format = config.delivery.format;
  m.shard = config.shard;
  m.faults = config.faults;
  return m;
}

std::string format_manifest(const Manifest& m) {
  const ContentOptions& content = m.content;
  Json json{{"format", Manifest::kFormat},
            {"program", m.program},
            {"run", m.run},
            {"scenario", content.scenario},
            {"scenario_version", m.scenario_version},
            {"mode", m.live ? "live" : "historical"},
            {"seed", content.seed},
            {"start", format_datetime(content.start_ns)}};
  json["end"] = content.end_ns ? Json(format_datetime(*content.end_ns)) : Json(nullptr);
  json["most_events"] = content.most_events;
  json["race"] = to_json(content.race);
  json["plays"] = to_json(content.plays);
  json["master_data"] = {
      {"dir", content.master_data_dir}, {"named", content.master_data_named}, {"hash", m.master_hash}};
  json["event_format"] = m.event_format;
  json["shard"] = {{"index", m.shard.index}, {"count", m.shard.count}};
  json["fault_rules"] = to_json(m.faults);
  json["origins"] = Json::array();
  for (const StreamPosition& origin : m.origins)
    json["origins"].push_back(
        {{"topic", origin.topic}, {"partition", origin.partition}, {"offset", origin.next_offset}});
  json["sent"] = m.totals ? to_json(*m.totals) : Json(nullptr);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Manifest> parse_manifest(const std::string& text, const std::string& name) {
  try {
    const Json json = Json::parse(text);
    if (const Done ok = check_versions(json, name); !ok) return tl::make_unexpected(ok.error());
    return manifest_of(json);
  } catch (const std::exception& e) {
    std::string why = e.what();
    std::replace(why.begin(), why.end(), '\n', ' ');
    return fail(ErrorKind::runtime, name + ": not a manifest of racesim, or only a part of one: " + why,
                "a manifest is what racesim run --manifest FILE writes");
  }
}

Result<Manifest> read_manifest(const std::string& path) {
  Result<std::string> text = read_file(path, kManifestBytesMost);
  if (!text) return tl::make_unexpected(text.error());
  return parse_manifest(*text, path);
}

bool ManifestTotals::operator==(const ManifestTotals& o) const {
  Manifest a, b;
  a.totals = *this;
  b.totals = o;
  return format_manifest(a) == format_manifest(b);
}

}  // namespace racesim
