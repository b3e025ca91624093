#include "cli/commands/query/named_queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/time_text.h"

namespace racesim::cli {
namespace {

constexpr std::string_view kRunToken = "{run}", kCarToken = "{and car}", kAtToken = "{and at}";
constexpr std::string_view kNewestRaceRun =
    "(SELECT run FROM runs WHERE scenario = 'race' ORDER BY added DESC, run LIMIT 1)";

constexpr std::array kQueries{
    NamedQuery{"runs", "The runs whose events are stored, the one stored last first",
               "SELECT run, scenario, events, first_time, last_time, added FROM runs "
               "ORDER BY added DESC, run, scenario"},
    NamedQuery{"tables", "The tables that have rows, and how many", ""},
    NamedQuery{
        "dead-letters", "Records that were no rows, with the reason, the last one first",
        "SELECT id, source, lane, record_offset, reason, raw, added FROM dead_letter ORDER BY id DESC"},
    NamedQuery{"laps", "The laps of a run, or of one car (--car)",
               "SELECT session, car, driver, lap, lap_time_s, sector1_s, sector2_s, sector3_s, tyre, "
               "tyre_age_laps, position, gap_s, pit_in, is_valid FROM laps "
               "WHERE run = {run}{and car}{and at} ORDER BY session, lap, position",
               "laps are in the store if they were sent: racesim run --streams telemetry,laps"},
    NamedQuery{
        "standings", "The order of the cars by their last laps, now or --at a moment",
        "SELECT l.position, l.car, l.driver, l.team, l.lap AS laps, l.gap_s, l.lap_time_s AS last_lap_s, "
        "(SELECT min(b.lap_time_s) FROM laps b WHERE b.run = l.run AND b.session = l.session AND "
        "b.car = l.car AND b.seq <= l.seq AND b.is_valid) AS best_lap_s, "
        "l.stint - 1 AS pit_stops, l.tyre, l.time FROM laps l "
        "JOIN (SELECT run, session, car, max(seq) AS seq FROM laps WHERE run = {run}{and car}{and at} "
        "GROUP BY run, session, car) AS newest "
        "ON newest.run = l.run AND newest.session = l.session AND newest.car = l.car AND "
        "newest.seq = l.seq "
        "WHERE l.session = (SELECT max(session) FROM laps WHERE run = {run}{and at}) "
        "ORDER BY l.lap DESC, l.position",
        "laps are in the store if they were sent: racesim run --streams telemetry,laps"},
    NamedQuery{"top-songs", "The songs that were played most, with titles where master data is stored",
               "SELECT p.song_id, s.title, s.artist_name, p.plays, p.users, p.listened_s FROM "
               "(SELECT song_id, count(*) AS plays, count(DISTINCT user_id) AS users, "
               "sum(play_duration_ms) / 1000 AS listened_s FROM plays GROUP BY song_id) AS p "
               "LEFT JOIN songs s ON s.song_id = p.song_id ORDER BY p.plays DESC, p.song_id"},
    NamedQuery{
        "violations", "Packets of vehicles that drove too fast or over the engine's limit, the last first",
        "SELECT timestamp, vehicle_id, speed_kmh, speed_limit_kmh, engine_rpm, speeding, rpm_over_redline, "
        "road_type, location_lat, location_lon FROM fleet WHERE speeding OR rpm_over_redline "
        "ORDER BY timestamp DESC, vehicle_id"},
};

/// As events of a race show it: 2026-07-05T14:18:03.450Z. SQLite compares texts.
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

Done check_filter(const NamedQuery& query, const std::string& value, std::string_view token,
                  const char* option) {
  if (value.empty() || query.sql.find(token) != std::string_view::npos) return {};
  std::string others;
  for (const NamedQuery& other : kQueries)
    if (other.sql.find(token) != std::string_view::npos)
      others += (others.empty() ? "" : ", ") + std::string(other.name);
  return fail(ErrorKind::usage, fmt::format("{}: {} does not have it", option, query.name),
              fmt::format("it is for {}; write SQL for what no name stands for", others));
}

}  // namespace

std::span<const NamedQuery> named_queries() {
  return kQueries;
}

const NamedQuery* find_named_query(std::string_view name) {
  const auto found = std::find_if(kQueries.begin(), kQueries.end(),
                                  [&](const NamedQuery& query) { return query.name == name; });
  return found == kQueries.end() ? nullptr : &*found;
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
  std::string sql = replaced(std::string(query.sql), kRunToken,
                             filter.run.empty() ? std::string(kNewestRaceRun) : "'" + filter.run + "'");
  sql = replaced(std::move(sql), kCarToken, filter.car.empty() ? "" : " AND car = " + filter.car);
  return replaced(std::move(sql), kAtToken, at);
}

}  // namespace racesim::cli
