#include "io/stores/postgres_rollups.h"

#include <cstring>
#include <string>

#include "io/stores/postgres_columns.h"

namespace racesim::postgres {
namespace {

constexpr int kFetchedRows = 4096;
constexpr std::size_t kSummariesInMemory = 5000;

Done execute(Connection& connection, const std::string& sql) {
  return connection.run(sql).map([](const Answer&) {});
}

Done write_summaries(Connection& connection, RollupFold& fold) {
  for (const std::string& sql : fold.upserts(SqlDialect::postgres))
    if (Done ok = execute(connection, sql); !ok) return ok;
  fold.clear();
  return {};
}

void read_rows(const Answer& answer, RowBatch& rows) {
  const std::span<const FieldInfo> fields = rows.schema().fields;
  rows.clear();
  rows.resize(static_cast<std::size_t>(answer.rows()));
  rows.missing.assign(rows.size(), 0);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::memset(rows.row_bytes(row), 0, rows.schema().row_size);
    const auto i = static_cast<int>(row);
    for (std::size_t f = 0; f < fields.size(); ++f) {
      const auto column = static_cast<int>(f);
      if (!read_value(fields[f], answer.value(i, column), answer.is_null(i, column), rows, row))
        rows.missing[row] |= std::uint64_t{1} << f;
    }
  }
}

Done summarise_rows(Connection& connection, const RollupPlan& plan) {
  std::string columns;
  for (const FieldInfo& field : plan.table.schema->fields)
    columns += (columns.empty() ? "" : ", ") + sql_name(column_name(field.path));
  if (Done ok = execute(connection, "DECLARE racesim_summarise NO SCROLL CURSOR FOR SELECT " + columns +
                                        " FROM " + sql_name(plan.table.table->name));
      !ok)
    return ok;
  RollupFold fold(plan);
  RowBatch rows(*plan.table.schema);
  for (;;) {
    const Result<Answer> fetched = connection.run(
        "FETCH " + std::to_string(kFetchedRows) + " FROM racesim_summarise", {}, Format::binary);
    if (!fetched) return tl::make_unexpected(fetched.error());
    if (fetched->rows() == 0) break;
    read_rows(*fetched, rows);
    fold.add(rows, {});
    if (fold.size() > kSummariesInMemory)
      if (Done ok = write_summaries(connection, fold); !ok) return ok;
  }
  if (Done ok = execute(connection, "CLOSE racesim_summarise"); !ok) return ok;
  return write_summaries(connection, fold);
}

/// Within a transaction. Who writes to the table meanwhile waits, and then finds the summaries.
Done make_missing(Connection& connection, const RollupPlan& plan) {
  if (Done ok = execute(connection,
                        "LOCK TABLE " + sql_name(plan.table.table->name) + " IN SHARE ROW EXCLUSIVE MODE");
      !ok)
    return ok;
  const Result<Answer> found = connection.run(find_rollups_sql({plan}));
  if (!found) return tl::make_unexpected(found.error());
  if (rollups_found(*found).front()) return {};
  if (Done ok = execute(connection, create_rollup_sql(plan, SqlDialect::postgres)); !ok) return ok;
  return summarise_rows(connection, plan);
}

}  // namespace

Done make_rollups(Connection& connection, const std::vector<RollupPlan>& plans) {
  const Result<Answer> found = connection.run(find_rollups_sql(plans));
  if (!found) return tl::make_unexpected(found.error());
  const std::vector<bool> there = rollups_found(*found);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (there[i]) continue;
    Done made = execute(connection, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    if (made) made = make_missing(connection, plans[i]);
    if (made) made = execute(connection, "COMMIT");
    if (made) continue;
    if (!connection.is_lost()) static_cast<void>(connection.run("ROLLBACK"));
    return made;
  }
  return {};
}

std::string find_rollups_sql(const std::vector<RollupPlan>& plans) {
  std::string sql = "SELECT true";
  for (const RollupPlan& plan : plans) sql += ", to_regclass(" + sql_text(plan.name) + ") IS NOT NULL";
  return sql;
}

std::vector<bool> rollups_found(const Answer& answer) {
  std::vector<bool> there;
  for (int column = 1; column < answer.columns(); ++column) there.push_back(answer.value(0, column) == "t");
  return there;
}

}  // namespace racesim::postgres
