#include "cli/commands/query/named_queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agg/entry.h"
#include "base/time_text.h"
#include "sim/registry.h"

namespace racesim::cli {
namespace {

constexpr std::string_view kRunToken = "{run}", kCarToken = "{and car}", kAtToken = "{and at}";

/// Of any store; those of scenarios follow them.
constexpr std::array kOfStores{
    Question{"runs", "The runs whose events are stored, the one stored last first",
             "SELECT run, scenario, events, first_time, last_time, added FROM runs "
             "ORDER BY added DESC, run, scenario"},
    Question{"tables", "The tables that have rows, and how many", ""},
    Question{"dead-letters", "Records that were no rows, with the reason, the last one first",
             "SELECT id, source, lane, record_offset, reason, raw, added FROM dead_letter ORDER BY id DESC"},
};

std::vector<NamedQuery> all_queries() {
  std::vector<NamedQuery> all;
  for (const Question& question : kOfStores) all.push_back({question, {}});
  for (const AggregationEntry* aggregation : aggregations())
    for (const Question& question : aggregation->questions)
      all.push_back({question, {}, &aggregation->table});
  for (const ScenarioEntry* scenario : scenarios())
    for (const Question& question : scenario->questions) all.push_back({question, scenario->name});
  return all;
}

/// As events show it: 2026-07-05T14:18:03.450Z. SQLite compares texts.
std::string event_time_text(std::int64_t time_ns) {
  constexpr std::int64_t kSecond_ns = 1'000'000'000;
  const std::int64_t rest_ns = (time_ns % kSecond_ns + kSecond_ns) % kSecond_ns;
  std::string text = format_datetime(time_ns - rest_ns);
  text.pop_back();
  return text + fmt::format(".{:03}Z", rest_ns / 1'000'000);
}

std::string replaced(std::string text, std::string_view token, const std::string& with) {
  for (std::size_t at = text.find(token); at != std::string::npos; at = text.find(token, at + with.size()))
    text.replace(at, token.size(), with);
  return text;
}

Result<std::string> count_tables(StoreReader& reader) {
  const Result<std::vector<std::string>> tables = reader.tables();
  if (!tables) return tl::make_unexpected(tables.error());
  std::string sql;
  for (const std::string& table : *tables)
    sql += fmt::format("{}SELECT '{}' AS table_name, count(*) AS rows FROM \"{}\"",
                       sql.empty() ? "" : " UNION ALL ", table, table);
  return sql.empty() ? "SELECT run AS table_name, events AS rows FROM runs LIMIT 0" : sql + " ORDER BY 1";
}

/// SQL for the run that is meant where none is named.
std::string newest_run(const NamedQuery& query) {
  if (query.table == nullptr)
    return fmt::format("(SELECT run FROM runs WHERE scenario = '{}' ORDER BY added DESC, run LIMIT 1)",
                       query.scenario);
  return fmt::format("(SELECT run FROM {0} ORDER BY {1} DESC, run LIMIT 1)", query.table->name,
                     query.table->time);
}

Done check_filter(const NamedQuery& query, const std::string& value, std::string_view token,
                  const char* option) {
  if (value.empty() || query.sql.find(token) != std::string_view::npos) return {};
  std::string others;
  for (const NamedQuery& other : named_queries())
    if (other.sql.find(token) != std::string_view::npos && others.find(other.name) == std::string::npos)
      others += (others.empty() ? "" : ", ") + std::string(other.name);
  return fail(ErrorKind::usage, fmt::format("{}: {} does not have it", option, query.name),
              fmt::format("it is for {}; write SQL for what no name stands for", others));
}

}  // namespace

std::span<const NamedQuery> named_queries() {
  static const std::vector<NamedQuery> all = all_queries();
  return all;
}

const NamedQuery* find_named_query(std::string_view name, std::span<const std::string> tables) {
  const NamedQuery* found = nullptr;
  for (const NamedQuery& query : named_queries()) {
    if (query.name != name) continue;
    found = &query;
    if (query.table != nullptr && std::find(tables.begin(), tables.end(), query.table->name) != tables.end())
      break;
  }
  return found;
}

Result<std::string> fill_named_query(const NamedQuery& query, const QueryFilter& filter,
                                     StoreReader& reader) {
  if (Done ok = check_filter(query, filter.run, kRunToken, "--run"); !ok)
    return tl::make_unexpected(ok.error());
  if (Done ok = check_filter(query, filter.car, kCarToken, "--car"); !ok)
    return tl::make_unexpected(ok.error());
  if (Done ok = check_filter(query, filter.at, kAtToken, "--at"); !ok) return tl::make_unexpected(ok.error());
  if (query.sql.empty()) return count_tables(reader);
  std::string at;
  if (!filter.at.empty()) {
    const Result<std::int64_t> at_ns = parse_datetime(filter.at, "UTC");
    if (!at_ns) return tl::make_unexpected(at_ns.error());
    at = fmt::format(" AND time <= '{}'", event_time_text(*at_ns));
  }
  const std::string newest = newest_run(query);
  std::string sql =
      replaced(std::string(query.sql), kRunToken, filter.run.empty() ? newest : "'" + filter.run + "'");
  sql = replaced(std::move(sql), kCarToken, filter.car.empty() ? "" : " AND car = " + filter.car);
  return replaced(std::move(sql), kAtToken, at);
}

}  // namespace racesim::cli
