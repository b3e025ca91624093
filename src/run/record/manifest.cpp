#include "run/record/manifest.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>
#include <nlohmann/json.hpp>

#include "io/files/read_file.h"
#include "run/record/format_one.h"

namespace racesim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kManifestBytesMost = std::size_t{64} << 20;

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

void from_json(const Json& j, ManifestTotals& t) {
  j.at("complete").get_to(t.complete);
  j.at("released").get_to(t.released);
  std::uint64_t reached = 0;
  for (const Json& range : j.at("shed")) {
    const OrdinalRange shed{range.at(0).get<std::uint64_t>(), range.at(1).get<std::uint64_t>()};
    if (shed.first < reached || shed.last <= shed.first || shed.last > t.released)
      throw std::invalid_argument("shed: the ranges are not ascending within the released");
    reached = shed.last;
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
  if (j.contains("digest")) t.digest = LineDigest{hash_from_text(j.at("digest"), "digest")};
}

/// The number first: of a later format nothing else can be relied on.
Done check_format(const Json& json, const std::string& name) {
  const int format = json.at("format").get<int>();
  if (format >= 1 && format <= Manifest::kReplayFormat) return {};
  return fail(
      ErrorKind::usage,
      fmt::format("{} has manifest format {}, but this racesim reads formats 1 to {}", name, format,
                  Manifest::kReplayFormat),
      "use the racesim version that wrote it: " + json.value("program", std::string("another version")));
}

Manifest manifest_from(const Json& json) {
  Manifest m;
  static_cast<RunRecord&>(m) =
      json.at("format").get<int>() == 1 ? record_from_format_one(json) : record_from(json);
  for (const Json& origin : json.at("origins"))
    m.origins.push_back({origin.at("topic"), origin.at("partition"), origin.at("offset"), 0});
  m.unordered = json.value("unordered", false);  // earlier manifests do not say: their runs kept the order
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

Manifest manifest_of(const RunConfig& config, RunRecord record) {
  Manifest m;
  static_cast<RunRecord&>(m) = std::move(record);
  const std::vector<SinkSpec>& sinks = config.delivery.sinks;
  m.unordered =
      config.delivery.http.unordered &&
      std::any_of(sinks.begin(), sinks.end(), [](const SinkSpec& sink) { return sink.kind == "http"; });
  return m;
}

std::string format_manifest(const Manifest& m) {
  Json json{{"format", m.replay ? Manifest::kReplayFormat : Manifest::kFormat}};
  add_record(m, json);
  json["origins"] = Json::array();
  for (const StreamPosition& origin : m.origins)
    json["origins"].push_back(
        {{"topic", origin.topic}, {"partition", origin.partition}, {"offset", origin.next_offset}});
  json["unordered"] = m.unordered;
  json["sent"] = m.totals ? to_json(*m.totals) : Json(nullptr);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Manifest> parse_manifest(const std::string& text, const std::string& name) {
  try {
    const Json json = Json::parse(text);
    if (const Done ok = check_format(json, name); !ok) return tl::make_unexpected(ok.error());
    if (const Done ok = check_scenario(json, name); !ok) return tl::make_unexpected(ok.error());
    return manifest_from(json);
  } catch (const std::exception& e) {
    return fail(ErrorKind::runtime, name + ": not a racesim manifest, or incomplete: " + plain_reason(e),
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
