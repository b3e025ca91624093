#include "verify/aggregates/found_results.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/time_text.h"

namespace racesim {
namespace {

bool is_time(const AggregationEntry& entry, std::string_view path) {
  for (const FieldInfo& field : entry.result().fields)
    if (field.path == path) return field.type == FieldType::time_ms || field.type == FieldType::time_us;
  return false;
}

/// However many digits a time has, it is the same one.
std::string key_text(const AggregationEntry& entry, std::string_view path, const nlohmann::json& value) {
  if (!value.is_string()) return value.dump();
  auto text = value.get<std::string>();
  if (!is_time(entry, path)) return text;
  const Result<std::int64_t> time_ns = parse_datetime(text, "UTC");
  return time_ns ? std::to_string(*time_ns) : text;
}

std::optional<std::string> key_of(const AggregationEntry& entry, const nlohmann::json& row) {
  std::string key;
  const auto append = [&](std::string_view path) {
    const auto value = row.find(std::string(path));
    if (value == row.end()) return false;
    key += key_text(entry, path, *value);
    key += '\x1f';
    return true;
  };
  for (const std::string_view path : entry.table.key.scope)
    if (!append(path)) return std::nullopt;
  if (!append(entry.table.key.number)) return std::nullopt;
  return key;
}

/// What events that name no run have.
constexpr std::string_view kNoRun = "00000000";

}  // namespace

std::optional<std::string> result_key(const AggregationEntry& entry, std::string_view row) {
  const nlohmann::json object = nlohmann::json::parse(row, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  return key_of(entry, object);
}

void FoundResults::add_line(std::string_view line, const std::string& place) {
  const nlohmann::json row = nlohmann::json::parse(line, nullptr, false);
  if (row.is_object()) {
    const auto type = row.find("type");
    if (type != row.end() && type->is_string())
      if (const auto entry = find_aggregation(type->get<std::string>())) return add_row(**entry, line, place);
  }
  ++rows_;
  ++unreadable_;
}

void FoundResults::add_row(const AggregationEntry& entry, std::string_view line, const std::string& place) {
  ++rows_;
  const nlohmann::json row = nlohmann::json::parse(line, nullptr, false);
  const auto key = row.is_object() ? key_of(entry, row) : std::nullopt;
  if (!key) {
    ++unreadable_;
    return;
  }
  const auto run = row.find("run");
  const bool names_run = run != row.end() && *run != kNoRun && !run->is_null();
  if (names_run && *run != run_) {
    ++other_runs_;
    return;
  }
  FoundResult& found = all_[&entry][*key];
  std::string text = row.dump();
  found.repeated_otherwise = found.repeated_otherwise || (!found.row.empty() && found.row != text);
  found.row = std::move(text);
  found.place = place;
}

}  // namespace racesim
