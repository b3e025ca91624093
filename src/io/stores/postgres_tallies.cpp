#include "io/stores/postgres_tallies.h"

#include <algorithm>

#include "io/stores/postgres_connection.h"
#include "model/event_id.h"
#include "model/load_value.h"

namespace racesim::postgres {
namespace {

std::string time_sql(const std::optional<std::int64_t>& epoch_us) {
  if (!epoch_us) return "NULL";
  return "timestamptz 'epoch' + " + std::to_string(*epoch_us) + " * interval '1 microsecond'";
}

std::string number_sql(const std::optional<std::int64_t>& value) {
  return value ? std::to_string(*value) : "NULL";
}

template <class T>
T member(const RowBatch& rows, std::size_t row, int field) {
  return load_value<T>(rows.row_bytes(row) + rows.schema().fields[static_cast<std::size_t>(field)].offset);
}

bool is_missing(const RowBatch& rows, std::size_t row, int field) {
  return !rows.missing.empty() && (rows.missing[row] >> field & 1) != 0;
}

}  // namespace

void Ages::add(const Ages& more) {
  // An optional without a value is below all others.
  newest_us = std::max(newest_us, more.newest_us);
  expired_before_us = std::max(expired_before_us, more.expired_before_us);
}

std::optional<std::int64_t> event_time_us(const TablePlan& plan, const RowBatch& rows, std::size_t row) {
  if (plan.time_field < 0 || is_missing(rows, row, plan.time_field)) return std::nullopt;
  const FieldType type = rows.schema().fields[static_cast<std::size_t>(plan.time_field)].type;
  if (type == FieldType::time_us) return member<std::int64_t>(rows, row, plan.time_field);
  if (type == FieldType::time_ms) return member<std::int64_t>(rows, row, plan.time_field) * 1000;
  return std::nullopt;
}

std::string run_of(const TablePlan& plan, const RowBatch& rows, std::size_t row) {
  std::uint32_t run = 0;
  if (plan.run_field >= 0) {
    if (is_missing(rows, row, plan.run_field)) return {};
    run = member<std::uint32_t>(rows, row, plan.run_field);
  } else {
    if (plan.event_id_field < 0) return {};
    const auto parts = unpack_event_id(member<Uuid>(rows, row, plan.event_id_field));
    if (!parts) return {};
    run = parts->run;
  }
  std::string text(8, '0');
  for (std::size_t i = 8; i-- > 0; run >>= 4) text[i] = "0123456789abcdef"[run & 15];
  return text;
}

void Tallies::add(const TablePlan& plan, const RowBatch& rows, std::span<const Fate> fates) {
  if (plan.of.scenario.empty()) return;
  std::string last;
  RunTally* tally = nullptr;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (fates[i] != Fate::stored) continue;
    const std::string run = run_of(plan, rows, i);
    if (run.empty()) continue;
    if (tally == nullptr || run != last) {
      tally = &runs_[{run, std::string(plan.of.scenario)}];
      last = run;
    }
    ++tally->events;
    const std::optional<std::int64_t> time_us = event_time_us(plan, rows, i);
    if (!time_us) continue;
    if (!tally->first_us || *time_us < *tally->first_us) tally->first_us = time_us;
    tally->last_us = std::max(tally->last_us, time_us);
  }
}

void Tallies::note(std::string_view table, const Ages& ages) {
  if (ages != Ages{}) ages_[std::string(table)].add(ages);
}

Ages Tallies::ages(std::string_view table) const {
  const auto found = ages_.find(table);
  return found == ages_.end() ? Ages{} : found->second;
}

void Tallies::clear() {
  runs_.clear();
  ages_.clear();
}

std::string Tallies::sql() const {
  std::string sql;
  for (const auto& [names, tally] : runs_)
    sql += "INSERT INTO runs (run, scenario, events, first_time, last_time) VALUES (" +
           sql_text(names.first) + ", " + sql_text(names.second) + ", " + std::to_string(tally.events) +
           ", " + time_sql(tally.first_us) + ", " + time_sql(tally.last_us) +
           ") ON CONFLICT (run, scenario) DO UPDATE SET events = runs.events + excluded.events, first_time = "
           "least(runs.first_time, excluded.first_time), last_time = greatest(runs.last_time, "
           "excluded.last_time);\n";
  for (const auto& [table, ages] : ages_)
    sql += "INSERT INTO retention (table_name, newest_us, expired_before_us) VALUES (" + sql_text(table) +
           ", " + number_sql(ages.newest_us) + ", " + number_sql(ages.expired_before_us) +
           ") ON CONFLICT (table_name) DO UPDATE SET newest_us = greatest(retention.newest_us, "
           "excluded.newest_us), "
           "expired_before_us = greatest(retention.expired_before_us, excluded.expired_before_us);\n";
  return sql;
}

}  // namespace racesim::postgres
