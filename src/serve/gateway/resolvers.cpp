#include "serve/gateway/resolvers.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <utility>

#include "base/suggest.h"
#include "model/aggregates/lap.h"
#include "model/aggregates/standings.h"
#include "model/aggregates/violation.h"
#include "serve/gateway/ring_rows.h"
#include "serve/gateway/typed_rows.h"
#include "serve/processing/row_copy.h"

namespace racesim::serve {

std::uint32_t run_number(const std::string& run) {
  std::uint32_t number = 0;
  std::from_chars(run.data(), run.data() + run.size(), number, 16);
  return number;
}

namespace {

using Wanted = std::function<bool(const RowBatch& rows, std::size_t row)>;

/// Rows of the run, of whom is asked for, within the times.
Wanted of_run(const ResultTable& table, const ListedRun& run, const RowsQuestion& question,
              std::string_view whose_path) {
  const SchemaInfo& schema = table.entry().result();
  const FieldInfo& run_field = field_of(schema, "run");
  const FieldInfo& time_field = field_of(schema, table.entry().table.time);
  const FieldInfo& whose_field = field_of(schema, whose_path);
  const auto number = static_cast<std::int64_t>(run_number(run.run));
  return [&run_field, &time_field, &whose_field, number, &question](const RowBatch& rows, std::size_t row) {
    if (whole_at(rows, row, run_field) != number) return false;
    if (!question.whose.empty() && text_at(rows, row, whose_field) != question.whose) return false;
    const std::int64_t time_us = time_us_at(rows, row, time_field);
    return time_us >= question.from_us.value_or(INT64_MIN) && time_us < question.to_us.value_or(INT64_MAX);
  };
}

std::vector<std::size_t> all_of(const RowBatch& rows) {
  std::vector<std::size_t> all(rows.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

/// A text or an enumeration as it is shown.
std::string_view shown_text(const RowBatch& rows, std::size_t row, const FieldInfo& field) {
  if (field.type == FieldType::text) return text_at(rows, row, field);
  return field.enum_names[static_cast<std::size_t>(whole_at(rows, row, field))];
}

/// Row numbers by these fields, in the order that stores give them.
std::vector<std::size_t> order_by(const RowBatch& rows, std::initializer_list<std::string_view> paths) {
  std::vector<const FieldInfo*> fields;
  for (const std::string_view path : paths) fields.push_back(&field_of(rows.schema(), path));
  std::vector<std::size_t> order = all_of(rows);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    for (const FieldInfo* field : fields) {
      if (field->type == FieldType::text || field->type == FieldType::enumeration) {
        const std::string_view left = shown_text(rows, a, *field), right = shown_text(rows, b, *field);
        if (left != right) return left < right;
        continue;
      }
      const std::int64_t left = whole_at(rows, a, *field), right = whole_at(rows, b, *field);
      if (left != right) return left < right;
    }
    return false;
  });
  return order;
}

template <class T>
void keep_first(std::vector<T>& items, std::size_t limit) {
  if (items.size() > limit) items.resize(limit);
}

/// Of the wanted rows the newest of each car in the newest session.
std::vector<std::size_t> newest_of_cars(const RowBatch& rows, const Wanted& wanted) {
  const FieldInfo& session = field_of(rows.schema(), "session");
  const FieldInfo& car = field_of(rows.schema(), "car");
  const FieldInfo& passing = field_of(rows.schema(), "passing");
  std::int64_t last_session = 0;
  std::map<std::int64_t, std::size_t> newest;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!wanted(rows, row)) continue;
    const std::int64_t of_row = whole_at(rows, row, session);
    if (of_row > last_session) newest.clear();
    last_session = std::max(last_session, of_row);
    if (of_row != last_session) continue;
    const auto [known, is_new] = newest.try_emplace(whole_at(rows, row, car), row);
    if (!is_new && whole_at(rows, row, passing) > whole_at(rows, known->second, passing)) known->second = row;
  }
  std::vector<std::size_t> chosen;
  for (const auto& [number, row] : newest) chosen.push_back(row);
  return chosen;
}

/// Whoever has passed most lines is ahead, and of these by their places at that line; or by best laps.
std::vector<std::size_t> order_of_classification(const RowBatch& rows) {
  const FieldInfo& ranked_by = field_of(rows.schema(), "ranked_by");
  const FieldInfo& passing = field_of(rows.schema(), "passing");
  const FieldInfo& best = field_of(rows.schema(), "best_lap_s");
  const FieldInfo& position = field_of(rows.schema(), "position");
  const auto rank = [&](std::size_t row) -> std::int64_t {
    if (whole_at(rows, row, ranked_by) == 0) return -whole_at(rows, row, passing);
    return is_missing(rows, row, best) ? INT64_MAX : whole_at(rows, row, best);
  };
  std::vector<std::size_t> order = all_of(rows);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const std::int64_t left = rank(a), right = rank(b);
    return left != right ? left < right : whole_at(rows, a, position) < whole_at(rows, b, position);
  });
  return order;
}

}  // namespace

const ResultTable* Resolvers::table(const ListedRun& run, std::string_view name) const {
  const ResultTable* const found = parts_.processing.of(*run.scenario).table(name);
  if (found != nullptr) note(found->changes());
  return found;
}

const EventRing& Resolvers::ring(const ListedRun& run) const {
  const EventRing& found = parts_.feed.ring(*run.scenario);
  note(found.changes());
  return found;
}

/// What the store has, where memory has nothing of the run or has forgotten some. No columns: memory has
/// more.
Result<HistoryRows> Resolvers::kept_results(const ListedRun& run, const ResultTable* live,
                                            const RowBatch& rows,
                                            const std::function<Result<HistoryRows>()>& ask) const {
  if (!rows.empty() && !live->is_cut()) return HistoryRows();
  const Result<bool> stored = is_stored(run);
  if (!stored) return tl::make_unexpected(stored.error());
  if (!*stored) return HistoryRows();
  Result<HistoryRows> kept = ask();
  // Of events that are read from topics nobody has stored results.
  if (kept && kept->size() == 0 && !rows.empty()) return HistoryRows();
  return kept;
}

Result<HistoryRows> Resolvers::standings(const ListedRun& run, const RowsQuestion& question) const {
  const ResultTable* const results = table(run, "standings");
  RowBatch rows(schema_info<StandingsRow>());
  if (results != nullptr) {
    const Wanted wanted = of_run(*results, run, question, "driver");
    rows = results->choose([&](const RowBatch& all) { return newest_of_cars(all, wanted); });
  }
  Result<HistoryRows> typed = kept_results(run, results, rows, [&] { return history().standings(question); });
  if (!typed) return typed;
  if (typed->columns.empty()) {
    std::vector<std::size_t> order = order_of_classification(rows);
    keep_first(order, question.limit);
    typed = typed_rows(rows, order);
  }
  add_driver_names(run, *typed);
  return typed;
}

Result<HistoryRows> Resolvers::laps(const ListedRun& run, const RowsQuestion& question) const {
  const ResultTable* const results = table(run, "lap");
  const RowBatch rows = results == nullptr ? RowBatch(schema_info<LapMetricsRow>())
                                           : results->select(of_run(*results, run, question, "driver"));
  Result<HistoryRows> typed = kept_results(run, results, rows, [&] { return history().laps(question); });
  if (!typed) return typed;
  if (typed->columns.empty()) {
    std::vector<std::size_t> order = order_by(rows, {"session", "car", "lap"});
    keep_first(order, question.limit);
    typed = typed_rows(rows, order);
  }
  add_driver_names(run, *typed);
  return typed;
}

Result<HistoryRows> Resolvers::violations(const ListedRun& run, const RowsQuestion& question) const {
  const ResultTable* const results = table(run, "violations");
  const RowBatch rows = results == nullptr ? RowBatch(schema_info<ViolationRow>())
                                           : results->select(of_run(*results, run, question, "vehicle_id"));
  Result<HistoryRows> typed =
      kept_results(run, results, rows, [&] { return history().violations(question); });
  if (!typed || !typed->columns.empty()) return typed;
  std::vector<std::size_t> order = order_by(rows, {"time", "vehicle_id", "kind"});
  keep_first(order, question.limit);
  return typed_rows(rows, order);
}

Result<HistoryRows> Resolvers::telemetry(const ListedRun& run, const TelemetryQuestion& question) const {
  const Result<bool> stored = is_stored(run);
  if (!stored) return tl::make_unexpected(stored.error());
  if (*stored) return history().telemetry(question);
  return ring_telemetry(ring(run), *run.scenario, run_number(run.run), question);
}

std::vector<std::string> Resolvers::known_fields(const ListedRun& run,
                                                 const std::vector<std::string>& names) const {
  const SchemaInfo* const schema = ring_schema(ring(run), run_number(run.run));
  std::vector<std::string> known;
  for (const std::string& name : names)
    if (schema == nullptr || find_field(*schema, name) != nullptr) known.push_back(name);
  return known;
}

Result<HistoryRows> Resolvers::side_stream(const ListedRun& run, const SideQuestion& question) const {
  const Result<bool> stored = is_stored(run);
  if (!stored) return tl::make_unexpected(stored.error());
  if (*stored) return history().side_stream(question.stream, question.rows);
  return ring_side_stream(ring(run), *run.scenario, run_number(run.run), question.stream, question.rows);
}

/// Those that were stored beside the runs, else those of racesim aggregate.
Result<HistoryRows> Resolvers::stored_chart(const ChartQuestion& question) const {
  Result<HistoryRows> rows = history().top_songs(
      {chart_windowing(question.window), question.country, question.genre, question.limit});
  if (!rows || rows->size() > 0) return rows;
  return history().top_songs({question.window, question.country, question.genre, question.limit});
}

Result<HistoryRows> Resolvers::top_songs(const ChartQuestion& question) const {
  const ScenarioEntry* const scenario = scenario_of(Subject::songs);
  if (scenario == nullptr) return HistoryRows();
  const LiveResults& live = parts_.processing.of(*scenario);
  const ResultTable* const results = live.table("top-songs " + question.window);
  if (results == nullptr) return tl::make_unexpected(unknown_choice(question.window, chart_windows()));
  note(results->changes());
  note(live.progress());
  if (live.is_suspended("top-songs " + question.window))
    return fail(ErrorKind::usage, "more is played in " + question.window + " than is counted in memory",
                "ask for a shorter window, or use racesim aggregate --by top-songs");
  if (results->size() == 0 && history_ != nullptr) return stored_chart(question);
  const SchemaInfo& schema = results->entry().result();
  const FieldInfo& chart = field_of(schema, "chart");
  const FieldInfo& key = field_of(schema, "chart_key");
  const FieldInfo& end = field_of(schema, "window_end");
  const std::string_view kind = !question.country.empty() ? "country"
                                : !question.genre.empty() ? "genre"
                                                          : "all";
  const std::string& wanted = !question.country.empty() ? question.country : question.genre;
  const std::int64_t newest_us = live.newest_us();
  std::int64_t end_us = INT64_MAX;
  // Of the windows that are open the one that began first is nearly whole.
  RowBatch rows = results->select([&](const RowBatch& all, std::size_t row) {
    const bool is_open = time_us_at(all, row, end) > newest_us;
    if (is_open) end_us = std::min(end_us, time_us_at(all, row, end));
    const auto name = chart.enum_names[static_cast<std::size_t>(whole_at(all, row, chart))];
    return is_open && name == kind && (wanted.empty() || text_at(all, row, key) == wanted);
  });
  std::vector<std::size_t> order = order_by(rows, {"rank"});
  std::erase_if(order, [&](std::size_t row) { return time_us_at(rows, row, end) != end_us; });
  keep_first(order, question.limit);
  return typed_rows(rows, order);
}

Result<std::shared_ptr<const BegunRun>> Resolvers::begun_run(const ListedRun& run) const {
  if (std::optional<BegunRun> begun = book().find(run_number(run.run)))
    return std::make_shared<const BegunRun>(std::move(*begun));
  auto found = stored_runs().find({&run.run, 1});
  if (!found) return tl::make_unexpected(found.error());
  const auto known = found->find(run.run);
  return known == found->end() ? nullptr : known->second;
}

Result<std::shared_ptr<const Manifest>> Resolvers::manifest(const ListedRun& run) const {
  const Result<std::shared_ptr<const BegunRun>> begun = begun_run(run);
  if (!begun) return tl::make_unexpected(begun.error());
  return *begun == nullptr ? nullptr : (*begun)->manifest;
}

Result<std::optional<StoredEvents>> Resolvers::stored_events(const ListedRun& run) const {
  const Result<bool> stored = is_stored(run);
  if (!stored) return tl::make_unexpected(stored.error());
  if (!*stored) return std::optional<StoredEvents>();
  return history().stored_events(*run.scenario, run_number(run.run));
}

HistoryRows Resolvers::master_rows(const ListedRun& run, std::string_view entity) const {
  const Result<std::shared_ptr<const BegunRun>> begun = begun_run(run);
  // A list without names is better than none.
  const RowBatch* const rows = begun && *begun && (*begun)->master ? (*begun)->master->rows(entity) : nullptr;
  if (rows == nullptr) return {};
  return typed_rows(*rows, all_of(*rows));
}

/// As the last column.
void Resolvers::add_driver_names(const ListedRun& run, HistoryRows& rows) const {
  const HistoryRows drivers = master_rows(run, "drivers");
  const int id = drivers.column("driver_id"), name = drivers.column("name"), driver = rows.column("driver");
  if (id < 0 || name < 0 || driver < 0) return;
  std::map<std::string, std::string, std::less<>> names;
  for (std::size_t row = 0; row < drivers.size(); ++row)
    names.emplace(drivers.at(row, static_cast<std::size_t>(id)).text,
                  drivers.at(row, static_cast<std::size_t>(name)).text);
  rows.add_text_column("driver_name", [&](std::size_t row) -> const std::string* {
    const auto known = names.find(rows.at(row, static_cast<std::size_t>(driver)).text);
    return known == names.end() ? nullptr : &known->second;
  });
}

}  // namespace racesim::serve
