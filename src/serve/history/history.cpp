#include "serve/history/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "agg/entry.h"
#include "base/clock.h"
#include "run/rows/event_tables.h"
#include "serve/history/history_sql.h"
#include "serve/history/telemetry_question.h"
#include "serve/keeping/run_manifests.h"

namespace racesim::serve {
namespace {

/// Who has passed most lines is ahead, and of these by their places there; or by best laps. A car that is out
/// keeps the place that it had at its last line.
constexpr const char* kClassification =
    "CASE WHEN ranked_by = 'line' THEN -passing ELSE coalesce(best_lap_s, 1000000) END, position, car";

struct NamedTable {
  const SchemaInfo* schema = nullptr;
  const TableInfo* table = nullptr;
  std::string_view run_path;
};

std::string literal(std::string_view text) {
  return text_literal(text, SqlDialect::postgres);
}

/// A text that a client gave, which no text of a store equals if it has a NUL.
bool may_be_stored(const std::string& text) {
  return text.find('\0') == std::string::npos;
}

Result<NamedTable> results_of(std::string_view aggregation) {
  const Result<const AggregationEntry*> entry = find_aggregation(aggregation);
  if (!entry) return tl::make_unexpected(entry.error());
  return NamedTable{&(*entry)->result(), &(*entry)->table, "run"};
}

/// Of whom a row tells, as people name them: a driver, a vehicle.
std::string_view whose_path(const SchemaInfo& schema) {
  for (const std::string_view path : {"driver", "vehicle_id", "id"})
    if (find_field(schema, path) != nullptr) return path;
  return {};
}

std::string conditions(const NamedTable& of, const RowsQuestion& question) {
  std::string where = sql_column(of.run_path) + " = " + literal(question.run);
  const FieldInfo* const time = find_field(*of.schema, of.table->time);
  const auto bound = [&](const char* compares, const std::optional<std::int64_t>& us) {
    if (us && time != nullptr)
      where += " AND " + sql_column(time->path) + compares + literal(time_text_of(*time, *us));
  };
  bound(" >= ", question.from_us);
  bound(" < ", question.to_us);
  const std::string_view whose = whose_path(*of.schema);
  if (!question.whose.empty() && !whose.empty())
    where += " AND " + sql_column(whose) + " = " + literal(question.whose);
  return where;
}

}  // namespace

struct History::Impl {
  explicit Impl(HistoryOptions given)
      : options(std::move(given)), reader(options.store->make_history(options.options)) {}

  /// Within one transaction that only reads.
  template <class T>
  Result<T> ask(const std::function<Result<T>()>& question) {
    if (is_given_up) return tl::make_unexpected(given_up());
    if (Done ok = begin(); !ok) {
      reader->end();
      return tl::make_unexpected(ok.error());
    }
    // Looked at behind begin(), where the reader forgets that it was cancelled.
    Result<T> answer = is_given_up ? Result<T>(tl::make_unexpected(given_up())) : question();
    reader->end();
    return answer;
  }

  static Error given_up() { return {ErrorKind::usage, "the question was given up", ""}; }

  Done begin() {
    const std::int64_t now_ns = system_clock().now_ns();
    if (!end_ns) return reader->begin(options.limit_ms);
    if (now_ns >= *end_ns)
      return fail(ErrorKind::usage, fmt::format("the answer took longer than {} ms", options.limit_ms),
                  "ask for less at once, for a shorter time, or for one car");
    return reader->begin((*end_ns - now_ns) / 1'000'000 + 1);
  }

  Result<std::vector<StoredRun>> select_runs(const std::string& where, std::size_t limit) {
    FieldInfo time{};
    time.type = FieldType::time_us;
    std::vector<StoredRun> runs;
    Done asked = reader->select(
        fmt::format("SELECT run, scenario, events, {}, {} FROM runs{} ORDER BY last_time DESC, run LIMIT {}",
                    reader->time_text("first_time", time), reader->time_text("last_time", time), where,
                    limit),
        [&](const SelectedRow& row) {
          StoredRun& run = runs.emplace_back();
          run.run = row.text(0);
          run.scenario = row.text(1);
          run.events = static_cast<std::uint64_t>(row.integer(2));
          if (!row.is_null(3)) run.first_us = time_us_of(row.text(3));
          if (!row.is_null(4)) run.last_us = time_us_of(row.text(4));
          return true;
        });
    if (!asked) return tl::make_unexpected(asked.error());
    return runs;
  }

  /// All columns; `source` stands for the table where it is not empty.
  Result<HistoryRows> select_rows(const NamedTable& of, const std::string& behind,
                                  const std::string& source = {}) {
    HistoryRows rows;
    for (const FieldInfo& field : of.schema->fields) rows.columns.push_back(column_of(field));
    const Result<bool> there = reader->has_table(of.table->name);
    if (!there) return tl::make_unexpected(there.error());
    if (!*there) return rows;
    std::string sql = "SELECT ";
    for (const FieldInfo& field : of.schema->fields)
      sql += (sql.size() > 7 ? ", " : "") + select_item(*reader, field);
    sql += " FROM " + (source.empty() ? name_literal(of.table->name) : source) + behind;
    Done asked = reader->select(sql, [&](const SelectedRow& row) {
      for (std::size_t i = 0; i < of.schema->fields.size(); ++i)
        add_cell(row, static_cast<int>(i), of.schema->fields[i], rows);
      return true;
    });
    if (!asked) return tl::make_unexpected(asked.error());
    return rows;
  }

  Result<HistoryRows> rows_in_order(const NamedTable& of, const RowsQuestion& question,
                                    const std::string& order) {
    if (!may_be_stored(question.run) || !may_be_stored(question.whose)) return HistoryRows();
    return ask<HistoryRows>([&] {
      return select_rows(
          of, fmt::format(" WHERE {} ORDER BY {} LIMIT {}", conditions(of, question), order, question.limit));
    });
  }

  Result<HistoryRows> results(std::string_view aggregation, const RowsQuestion& question,
                              const std::string& order) {
    const Result<NamedTable> of = results_of(aggregation);
    if (!of) return tl::make_unexpected(of.error());
    return rows_in_order(*of, question, order);
  }

  Result<HistoryRows> telemetry(const TelemetryQuestion& question) {
    bool known = false;
    for (const StoreTable& table : event_tables()) {
      if (table.scenario != question.scenario) continue;
      const std::optional<RollupPlan> plan = rollup_of(table);
      if (!plan) continue;
      known = true;
      const Result<bool> there = reader->has_table(plan->name);
      if (!there) return tl::make_unexpected(there.error());
      if (!*there) continue;
      TelemetryAnswer answer(*reader, *plan, question);
      const Result<bool> has_run = answer.has_run();
      if (!has_run) return tl::make_unexpected(has_run.error());
      if (*has_run) return answer.answer();
    }
    if (!known)
      return fail(ErrorKind::usage, "no telemetry is kept of '" + question.scenario + "'",
                  "its events are not summarised by time");
    return fail(ErrorKind::usage, "nothing is stored of run " + question.run.substr(0, 80),
                "the list of runs has those that are");
  }

  const HistoryOptions options;
  const std::unique_ptr<HistoryReader> reader;
  std::optional<std::int64_t> end_ns;  // of the question
  std::atomic<bool> is_given_up{false};
};

History::History(HistoryOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
History::~History() = default;

Result<std::vector<StoredRun>> History::runs(const std::string& scenario, std::size_t limit) {
  if (!may_be_stored(scenario)) return std::vector<StoredRun>();
  const std::string where = scenario.empty() ? "" : " WHERE scenario = " + literal(scenario);
  return impl_->ask<std::vector<StoredRun>>([&] { return impl_->select_runs(where, limit); });
}

Result<std::optional<StoredRun>> History::find_run(const std::string& run) {
  if (!may_be_stored(run)) return std::optional<StoredRun>();
  return impl_->ask<std::optional<StoredRun>>([&] {
    return impl_->select_runs(" WHERE run = " + literal(run), 1).map([](const std::vector<StoredRun>& found) {
      return found.empty() ? std::optional<StoredRun>() : std::optional(found.front());
    });
  });
}

Result<std::map<std::string, std::string>> History::manifests(std::span<const std::string> runs) {
  std::string names;
  for (const std::string& run : runs)
    if (may_be_stored(run)) names += (names.empty() ? "" : ", ") + literal(run);
  std::map<std::string, std::string> found;
  if (names.empty()) return found;
  return impl_->ask<std::map<std::string, std::string>>([&]() -> Result<std::map<std::string, std::string>> {
    const Result<bool> there = impl_->reader->has_table(kManifestsTable);
    if (!there) return tl::make_unexpected(there.error());
    if (!*there) return found;
    // The one that began last counts.
    Done asked =
        impl_->reader->select(fmt::format("SELECT run, manifest FROM {} WHERE run IN ({}) ORDER BY started",
                                          name_literal(kManifestsTable), names),
                              [&](const SelectedRow& row) {
                                found[std::string(row.text(0))] = row.text(1);
                                return true;
                              });
    if (!asked) return tl::make_unexpected(asked.error());
    return found;
  });
}

Result<HistoryRows> History::telemetry(const TelemetryQuestion& question) {
  if (question.limit == 0 || question.every_us < 0)
    return fail(ErrorKind::usage, "limit and every are above 0", "example: limit=1000&every=1s");
  if (!may_be_stored(question.run) || !may_be_stored(question.whose))
    return fail(ErrorKind::usage, "a name holds a NUL", "the list of runs has those that are stored");
  return impl_->ask<HistoryRows>([&] { return impl_->telemetry(question); });
}

Result<std::optional<StoredEvents>> History::stored_events(const ScenarioEntry& scenario,
                                                           std::uint32_t run) const {
  return read_stored_events(*impl_->options.store, impl_->options.options, scenario, run);
}

Result<HistoryRows> History::side_stream(const std::string& table, const RowsQuestion& question) {
  std::string known;
  for (const StoreTable& of : event_tables()) {
    if (of.run_path.empty() || of.table->time.empty()) continue;
    if (of.table->name == table)
      return impl_->rows_in_order({of.schema, of.table, of.run_path}, question,
                                  sql_column(of.table->time) + ", " + sql_column(of.table->key.number));
    known += (known.empty() ? "" : ", ") + std::string(of.table->name);
  }
  return fail(ErrorKind::usage, "there is no table '" + table.substr(0, 80) + "' of events",
              "one of: " + known);
}

Result<HistoryRows> History::laps(const RowsQuestion& question) {
  return impl_->results("lap", question, "session, car, lap");
}

Result<HistoryRows> History::violations(const RowsQuestion& question) {
  return impl_->results("violations", question, "time, vehicle_id, kind");
}

Result<HistoryRows> History::standings(const RowsQuestion& question) {
  const Result<NamedTable> of = results_of("standings");
  if (!of) return tl::make_unexpected(of.error());
  if (!may_be_stored(question.run) || !may_be_stored(question.whose)) return HistoryRows();
  RowsQuestion until = question;
  if (until.to_us) ++*until.to_us;  // that moment too
  const std::string where = conditions(*of, until);
  const std::string newest = fmt::format(
      "(SELECT *, row_number() OVER (PARTITION BY car ORDER BY passing DESC) AS newest FROM standings WHERE "
      "{0} AND session = (SELECT max(session) FROM standings WHERE {0})) AS s",
      where);
  return impl_->ask<HistoryRows>([&] {
    return impl_->select_rows(
        *of, fmt::format(" WHERE newest = 1 ORDER BY {} LIMIT {}", kClassification, question.limit), newest);
  });
}

Result<HistoryRows> History::top_songs(const TopSongsQuestion& question) {
  const Result<NamedTable> of = results_of("top-songs");
  if (!of) return tl::make_unexpected(of.error());
  if (!question.country.empty() && !question.genre.empty())
    return fail(ErrorKind::usage, "country and genre together",
                "there is a chart of each country and one of each genre");
  const std::string key = !question.country.empty() ? question.country
                          : !question.genre.empty() ? question.genre
                                                    : "all";
  if (!may_be_stored(key) || !may_be_stored(question.windowing)) return HistoryRows();
  const char* const chart = !question.country.empty() ? "country" : !question.genre.empty() ? "genre" : "all";
  const std::string where = fmt::format("windowing = {} AND chart = '{}' AND chart_key = {}",
                                        literal(question.windowing), chart, literal(key));
  return impl_->ask<HistoryRows>([&] {
    return impl_->select_rows(
        *of, fmt::format(" WHERE {0} AND window_start = (SELECT min(window_start) FROM top_songs WHERE "
                         "{0} AND window_end > (SELECT max(window_start) FROM top_songs WHERE {0})) ORDER BY "
                         "rank LIMIT {1}",
                         where, question.limit));
  });
}

void History::begin_question() {
  impl_->end_ns = system_clock().now_ns() + impl_->options.limit_ms * 1'000'000;
  impl_->is_given_up = false;
}

void History::give_up() {
  impl_->is_given_up = true;
  impl_->reader->cancel();
}

}  // namespace racesim::serve
