#include "serve/history/telemetry_question.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "base/suggest.h"

namespace racesim::serve {
namespace {

constexpr std::size_t kNamesShown = 40;

std::string run_is(const TelemetryQuestion& question, const RollupPlan& plan) {
  return sql_column(plan.field(plan.scope[0]).path) + " = " +
         text_literal(question.run, SqlDialect::postgres);
}

}  // namespace

Result<bool> TelemetryAnswer::has_run() {
  bool found = false;
  Done asked = reader_.select(
      "SELECT 1 FROM " + name_literal(plan_.name) + " WHERE " + run_is(question_, plan_) + " LIMIT 1",
      [&](const SelectedRow&) {
        found = true;
        return false;
      });
  if (!asked) return tl::make_unexpected(asked.error());
  return found;
}

HistoryColumn TelemetryAnswer::whose_column() const {
  const std::uint16_t field = plan_.labels.empty() ? plan_.scope[1] : plan_.labels.front();
  return {std::string(plan_.field(field).path), FieldType::text, 0, false};
}

std::string TelemetryAnswer::of_whose(const Whose& whose) const {
  return run_is(question_, plan_) + " AND " + sql_column(plan_.field(plan_.scope[1]).path) + " = " +
         whose.literal;
}

/// Goes from one to the next by the key: a run may have many rows of summaries.
Result<std::vector<TelemetryAnswer::Whose>> TelemetryAnswer::find_whose() {
  const std::string table = name_literal(plan_.name), run = run_is(question_, plan_);
  const FieldInfo& field = plan_.field(plan_.scope[1]);
  const std::string key = sql_column(field.path);
  const std::string label = plan_.labels.empty() ? key : sql_column(plan_.field(plan_.labels.front()).path);
  std::vector<Whose> all;
  Done asked = reader_.select(
      fmt::format(
          "WITH RECURSIVE one(k) AS (SELECT min({0}) FROM {1} WHERE {2} UNION ALL SELECT (SELECT min({0}) "
          "FROM "
          "{1} WHERE {2} AND {0} > one.k) FROM one WHERE one.k IS NOT NULL) SELECT k, (SELECT {3} FROM {1} "
          "WHERE {2} AND {0} = k ORDER BY bucket_us DESC LIMIT 1) FROM one WHERE k IS NOT NULL",
          key, table, run, label),
      [&](const SelectedRow& row) {
        const std::string own(row.text(0));
        all.push_back({is_integer(field) ? own : text_literal(own, reader_.dialect()),
                       row.is_null(1) ? own : std::string(row.text(1))});
        return true;
      });
  if (!asked) return tl::make_unexpected(asked.error());
  return all;
}

Done TelemetryAnswer::choose_fields() {
  const std::span<const FieldInfo> all = plan_.table.schema->fields;
  const auto fits = [&](const FieldInfo& field) { return question_.every_us == 0 || is_integer(field); };
  const auto choose = [&](const FieldInfo& field) {
    const auto index = static_cast<std::uint16_t>(&field - all.data());
    // Whose it is stands in front anyway.
    if (field.path != whose_column().name &&
        std::find(fields_.begin(), fields_.end(), index) == fields_.end())
      fields_.push_back(index);
  };
  if (question_.fields.empty()) {
    for (const FieldInfo& field : all)
      if (fits(field)) choose(field);
    return {};
  }
  for (const std::string& path : question_.fields) {
    const FieldInfo* const found = find_field(*plan_.table.schema, path);
    if (found == nullptr) {
      std::vector<std::string> known;
      for (const FieldInfo& field : all) known.emplace_back(field.path);
      Error error = unknown_choice(path.substr(0, 80), known);
      error.what = "fields: " + error.what;
      return tl::make_unexpected(std::move(error));
    }
    if (!fits(*found))
      return fail(ErrorKind::usage, "fields: '" + path + "' has no least and greatest value",
                  "with every= only numbers can be asked for; leave it out, or ask without every=");
    choose(*found);
  }
  return {};
}

/// Where the question is about one lap: summaries in which it may be.
std::string TelemetryAnswer::lap_of_summary() const {
  return question_.lap ? fmt::format(" AND \"lap_min\" <= {0} AND \"lap_max\" >= {0}", *question_.lap) : "";
}

Result<std::optional<std::int64_t>> TelemetryAnswer::next_bucket(std::int64_t from_us) {
  std::optional<std::int64_t> first;
  for (const Whose& whose : whose_) {
    Done asked = reader_.select(
        fmt::format("SELECT bucket_us FROM {} WHERE {} AND bucket_us >= {}{} ORDER BY bucket_us LIMIT 1",
                    name_literal(plan_.name), of_whose(whose), from_us, lap_of_summary()),
        [&](const SelectedRow& row) {
          first = std::min(first.value_or(INT64_MAX), row.integer(0));
          return false;
        });
    if (!asked) return tl::make_unexpected(asked.error());
  }
  return first;
}

Result<bool> TelemetryAnswer::find_begin() {
  std::int64_t expired_us = INT64_MIN;
  Done asked = reader_.select("SELECT expired_before_us FROM retention WHERE table_name = " +
                                  text_literal(plan_.table.table->name, SqlDialect::postgres),
                              [&](const SelectedRow& row) {
                                if (!row.is_null(0)) expired_us = row.integer(0);
                                return false;
                              });
  if (!asked) return tl::make_unexpected(asked.error());
  const std::int64_t asked_us = std::max(question_.from_us.value_or(INT64_MIN), expired_us);
  to_us_ = question_.to_us.value_or(INT64_MAX);
  const Result<std::optional<std::int64_t>> first =
      next_bucket(asked_us < INT64_MIN + kRollupUs ? INT64_MIN : bucket_begin(asked_us, kRollupUs));
  if (!first) return tl::make_unexpected(first.error());
  if (!*first) return false;
  from_us_ = std::max(asked_us, **first);
  return from_us_ < to_us_;
}

Result<TelemetryAnswer::NumberRange> TelemetryAnswer::numbers_between(const Whose& whose,
                                                                      std::int64_t from_us,
                                                                      std::int64_t to_us) {
  NumberRange range;
  Done asked = reader_.select(fmt::format("SELECT min(first_number), max(last_number) FROM {} WHERE {} AND "
                                          "bucket_us >= {} AND bucket_us < {}{}",
                                          name_literal(plan_.name), of_whose(whose),
                                          bucket_begin(from_us, kRollupUs), to_us, lap_of_summary()),
                              [&](const SelectedRow& row) {
                                if (!row.is_null(0)) range = {row.integer(0), row.integer(1)};
                                return true;
                              });
  if (!asked) return tl::make_unexpected(asked.error());
  return range;
}

std::string TelemetryAnswer::raw_condition(std::int64_t from_us, std::int64_t to_us) const {
  const FieldInfo& time = time_field();
  const std::string column = "t." + sql_column(time.path);
  // Of a field in milliseconds: the first one at or behind the bound.
  const std::int64_t unit = time.type == FieldType::time_ms ? 1000 : 1;
  const auto bound = [&](std::int64_t us) {
    const std::int64_t begin = bucket_begin(us, unit);
    return "'" + time_text_of(time, begin < us ? begin + unit : begin) + "'";
  };
  std::string more = " AND " + column + " >= " + bound(from_us);
  if (to_us != INT64_MAX) more += " AND " + column + " < " + bound(to_us);
  if (question_.lap) more += fmt::format(" AND t.\"lap\" = {}", *question_.lap);
  return more;
}

Result<HistoryRows> TelemetryAnswer::answer() {
  if (Done ok = choose_fields(); !ok) return tl::make_unexpected(ok.error());
  if (question_.lap && find_field(*plan_.table.schema, "lap") == nullptr)
    return fail(ErrorKind::usage, "lap: these rows have no laps", "ask with from= and to=");
  Result<std::vector<Whose>> all = find_whose();
  if (!all) return tl::make_unexpected(all.error());
  std::string known;
  for (const Whose& whose : *all) {
    // A car may be asked for by its number too.
    const bool wanted =
        question_.whose.empty() || whose.name == question_.whose || whose.literal == question_.whose;
    if (wanted) whose_.push_back(whose);
    if (&whose - all->data() < static_cast<std::ptrdiff_t>(kNamesShown))
      known += (known.empty() ? "" : ", ") + whose.name;
  }
  if (whose_.empty() && !question_.whose.empty())
    return fail(ErrorKind::usage,
                "run " + question_.run + " has no " + whose_column().name + " '" +
                    question_.whose.substr(0, 80) + "'",
                "there are: " + known + (all->size() > kNamesShown ? ", …" : ""));
  return question_.every_us > 0 ? answer_buckets() : answer_rows();
}

/// Behind so many rows of one of them.
Result<std::int64_t> TelemetryAnswer::page_end(std::size_t rows_each) {
  std::int64_t end_us = to_us_;
  for (const Whose& whose : whose_) {
    std::size_t rows = 0;
    Done asked = reader_.select(
        fmt::format("SELECT bucket_us, last_number - first_number + 1 FROM {} WHERE {} AND bucket_us >= {}{} "
                    "ORDER BY bucket_us",
                    name_literal(plan_.name), of_whose(whose), bucket_begin(from_us_, kRollupUs),
                    lap_of_summary()),
        [&](const SelectedRow& row) {
          rows += static_cast<std::size_t>(row.integer(1));
          const std::int64_t bucket_end = row.integer(0) + kRollupUs;
          if (bucket_end >= end_us) return false;
          if (rows < rows_each || bucket_end <= from_us_) return true;
          end_us = bucket_end;
          return false;
        });
    if (!asked) return tl::make_unexpected(asked.error());
  }
  return end_us;
}

Done TelemetryAnswer::read_rows(std::size_t whose, std::int64_t to_us, HistoryRows& rows,
                                std::vector<std::int64_t>& times) {
  const Result<NumberRange> range = numbers_between(whose_[whose], from_us_, to_us);
  if (!range) return tl::make_unexpected(range.error());
  if (range->empty()) return {};
  const std::string scope[] = {text_literal(question_.run, reader_.dialect()), whose_[whose].literal};
  std::string sql = "SELECT " + select_item(reader_, time_field(), "t.");
  for (const std::uint16_t field : fields_) sql += ", " + select_item(reader_, plan_.field(field), "t.");
  sql += reader_.rows_between(plan_, scope, range->first, range->last, raw_condition(from_us_, to_us));
  return reader_.select(sql, [&](const SelectedRow& row) {
    times.push_back(time_us_of(row.text(0)));
    rows.add_text(row.text(0));
    rows.add_text(whose_[whose].name);
    int column = 1;
    for (const std::uint16_t field : fields_) add_cell(row, column++, plan_.field(field), rows);
    return true;
  });
}

Result<HistoryRows> TelemetryAnswer::answer_rows() {
  HistoryRows page;
  page.columns = {{"event_time", time_field().type, 0, false}, whose_column()};
  for (const std::uint16_t field : fields_) page.columns.push_back(column_of(plan_.field(field)));
  Result<bool> begun = find_begin();
  while (begun && *begun && page.size() == 0) {
    const Result<std::int64_t> end_us = page_end(question_.limit / whose_.size() + 1);
    if (!end_us) return tl::make_unexpected(end_us.error());
    HistoryRows read;
    read.columns = page.columns;
    std::vector<std::int64_t> times;
    for (std::size_t i = 0; i < whose_.size(); ++i)
      if (Done ok = read_rows(i, *end_us, read, times); !ok) return tl::make_unexpected(ok.error());
    take_page(read, times, page);
    if (!page.next) {
      // Nothing was cut off: what follows begins behind these buckets. None of them may hold a row of the
      // lap.
      const Result<bool> more = go_on(*end_us);
      if (!more) return tl::make_unexpected(more.error());
      if (*more && page.size() > 0) page.next = time_text_of(time_field(), from_us_);
      begun = *more;
    }
  }
  if (!begun) return tl::make_unexpected(begun.error());
  return page;
}

/// Sets from_us_ to the next moment that may have rows, at or behind this one. False: there is none.
Result<bool> TelemetryAnswer::go_on(std::int64_t us) {
  if (us >= to_us_) return false;
  const Result<std::optional<std::int64_t>> next = next_bucket(bucket_begin(us, kRollupUs));
  if (!next) return tl::make_unexpected(next.error());
  if (!*next) return false;
  from_us_ = std::max(us, **next);
  return from_us_ < to_us_;
}

/// The first rows by time, those of one moment all or none unless it is the first one.
void TelemetryAnswer::take_page(const HistoryRows& read, const std::vector<std::int64_t>& times,
                                HistoryRows& page) const {
  std::vector<std::size_t> order(times.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
  std::size_t end = std::min(question_.limit, order.size());
  if (end < order.size()) {
    if (times[order[end]] == times[order.front()])
      while (end < order.size() && times[order[end]] == times[order.front()]) ++end;
    else
      while (times[order[end - 1]] == times[order[end]]) --end;
  }
  for (std::size_t i = 0; i < end; ++i) page.add_row(read, order[i]);
  if (end < order.size()) page.next = time_text_of(time_field(), times[order[end]]);
}

TelemetryAnswer::TimeBucket& TelemetryAnswer::bucket(std::int64_t us, std::size_t whose) {
  // Most rows are of the same one as the row before.
  const std::pair key(bucket_begin(us, question_.every_us), whose);
  if (last_bucket_ != nullptr && key == last_key_) return *last_bucket_;
  TimeBucket& found = buckets_[key];
  if (found.values.empty()) found.values.resize(fields_.size());
  last_key_ = key;
  last_bucket_ = &found;
  return found;
}

Done TelemetryAnswer::add_raw(std::size_t whose, std::int64_t from_us, std::int64_t to_us) {
  if (from_us >= to_us) return {};
  const Result<NumberRange> range = numbers_between(whose_[whose], from_us, to_us);
  if (!range) return tl::make_unexpected(range.error());
  if (range->empty()) return {};
  const std::string scope[] = {text_literal(question_.run, reader_.dialect()), whose_[whose].literal};
  std::string sql = "SELECT " + select_item(reader_, time_field(), "t.") + ", t." +
                    sql_column(plan_.field(plan_.number).path);
  for (const std::uint16_t field : fields_) sql += ", t." + sql_column(plan_.field(field).path);
  sql += reader_.rows_between(plan_, scope, range->first, range->last, raw_condition(from_us, to_us));
  return reader_.select(sql, [&](const SelectedRow& row) {
    const std::int64_t time_us = time_us_of(row.text(0)), number = row.integer(1);
    TimeBucket& into = bucket(time_us, whose);
    const bool is_last = std::pair(time_us, number) >= std::pair(into.last_us, into.last_row);
    if (is_last) std::tie(into.last_us, into.last_row) = std::pair(time_us, number);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      BucketValue& value = into.values[i];
      const int column = static_cast<int>(i) + 2;
      const bool none = row.is_null(column);
      const std::int64_t now = none ? 0 : scaled(row, column, plan_.field(fields_[i]));
      if (is_last) value.set_last(now, none);
      if (!none) value.widen(now, now);
    }
    return true;
  });
}

/// Of what is in the key they are there without being summarised.
TelemetryAnswer::SummaryColumns TelemetryAnswer::summary_columns(std::uint16_t field) const {
  const std::string name = plan_.column(field);
  if (field == plan_.number) return {"last_row", "first_number", "last_number"};
  if (std::find(plan_.scope.begin(), plan_.scope.end(), field) != plan_.scope.end())
    return {name, name, name};
  return {name + "_last", name + "_min", name + "_max"};
}

Done TelemetryAnswer::add_summaries(std::size_t whose, std::int64_t from_us, std::int64_t to_us) {
  std::string sql = "SELECT bucket_us, last_us, last_row";
  for (const std::uint16_t field : fields_) {
    const SummaryColumns columns = summary_columns(field);
    sql += ", " + name_literal(columns.last);
    if (question_.spread) sql += ", " + name_literal(columns.least) + ", " + name_literal(columns.greatest);
  }
  sql += fmt::format(" FROM {} WHERE {} AND bucket_us >= {} AND bucket_us < {} ORDER BY bucket_us",
                     name_literal(plan_.name), of_whose(whose_[whose]), from_us, to_us);
  return reader_.select(sql, [&](const SelectedRow& row) {
    TimeBucket& into = bucket(row.integer(0), whose);
    const std::pair last(row.integer(1), row.integer(2));
    const bool is_last = last >= std::pair(into.last_us, into.last_row);
    if (is_last) std::tie(into.last_us, into.last_row) = last;
    int column = 3;
    for (BucketValue& value : into.values) {
      if (is_last) value.set_last(row.integer(column), row.is_null(column));
      ++column;
      if (!question_.spread) continue;
      if (!row.is_null(column)) value.widen(row.integer(column), row.integer(column + 1));
      column += 2;
    }
    return true;
  });
}

/// Of whole summaries what lies in them, and the rows at both ends.
Done TelemetryAnswer::fill(std::size_t whose, std::int64_t to_us) {
  const std::int64_t begin = bucket_begin(from_us_ + kRollupUs - 1, kRollupUs);
  const std::int64_t end = bucket_begin(to_us, kRollupUs);
  if (question_.every_us % kRollupUs != 0 || question_.lap || begin >= end)
    return add_raw(whose, from_us_, to_us);
  if (Done ok = add_raw(whose, from_us_, begin); !ok) return ok;
  if (Done ok = add_summaries(whose, begin, end); !ok) return ok;
  return add_raw(whose, end, to_us);
}

Result<HistoryRows> TelemetryAnswer::answer_buckets() {
  HistoryRows page;
  page.columns = {{"event_time", time_field().type, 0, false}, whose_column()};
  for (const std::uint16_t index : fields_) {
    HistoryColumn column = column_of(plan_.field(index));
    const std::string name = column.name;
    page.columns.push_back(column);
    if (!question_.spread) continue;
    for (const char* const spread : {"_min", "_max"}) {
      column.name = name + spread;
      page.columns.push_back(column);
    }
  }
  Result<bool> begun = find_begin();
  while (begun && *begun && page.size() == 0) {
    const auto most = static_cast<std::int64_t>(std::max<std::size_t>(1, question_.limit / whose_.size()));
    const std::int64_t end_us =
        std::min(to_us_, bucket_begin(from_us_, question_.every_us) + most * question_.every_us);
    for (std::size_t i = 0; i < whose_.size(); ++i)
      if (Done ok = fill(i, end_us); !ok) return tl::make_unexpected(ok.error());
    write_buckets(page);
    begun = go_on(end_us);
    if (begun && *begun && page.size() > 0) page.next = time_text_of(time_field(), from_us_);
  }
  if (!begun) return tl::make_unexpected(begun.error());
  return page;
}

void TelemetryAnswer::write_buckets(HistoryRows& rows) const {
  for (const auto& [key, bucket] : buckets_) {
    rows.add_text(time_text_of(time_field(), key.first));
    rows.add_text(whose_[key.second].name);
    for (const BucketValue& value : bucket.values) {
      const auto add = [&](bool none, std::int64_t number) {
        none ? rows.add_null() : rows.add_number(number);
      };
      add(value.last_is_null, value.last);
      if (!question_.spread) continue;
      add(!value.any, value.least);
      add(!value.any, value.greatest);
    }
  }
}

}  // namespace racesim::serve
