#include "io/stores/sqlite/rollup_tables.h"

#include <cstring>
#include <string>
#include <utility>

#include "io/stores/sqlite/values.h"

namespace racesim::sqlite {
namespace {

constexpr std::size_t kSummarisedRows = 4096;  // at a time
constexpr std::size_t kSummariesInMemory = 5000;

Done write_summaries(Connection& connection, RollupFold& fold) {
  for (const std::string& sql : fold.upserts(SqlDialect::sqlite))
    if (Done ok = connection.exec(sql); !ok) return ok;
  fold.clear();
  return {};
}

/// Rows without a key of numbers are of no run.
Done summarise_rows(Connection& connection, const RollupPlan& plan) {
  const TableLayout layout = layout_of(plan.table);
  const std::vector<std::uint16_t> fields = plan.fields();
  std::string columns;
  for (const std::uint16_t field : fields)
    columns += (columns.empty() ? "" : ", ") + quote_name(layout.columns[field].name);
  Result<Statement> select = connection.prepare("SELECT " + columns + " FROM " + quote_name(layout.name) +
                                                " WHERE row_key >= 0 ORDER BY row_key");
  if (!select) return tl::make_unexpected(std::move(select.error()));
  RollupFold fold(plan);
  RowBatch rows(*plan.table.schema);
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) {
    rows.clear();
    while (rows.size() < kSummarisedRows && (code = select->step()) == SQLITE_ROW) {
      const std::size_t row = rows.size();
      rows.resize(row + 1);
      std::memset(rows.row_bytes(row), 0, rows.schema().row_size);
      rows.missing.resize(row + 1);
      int column = 0;
      for (const std::uint16_t field : fields)
        read_column(plan.field(field), field, select->get(), column++, rows, row);
    }
    fold.add(rows, {});
    if (fold.size() > kSummariesInMemory)
      if (Done ok = write_summaries(connection, fold); !ok) return ok;
  }
  if (code != SQLITE_DONE) return tl::make_unexpected(connection.error("read"));
  return write_summaries(connection, fold);
}

Done make_missing(Connection& connection, const std::vector<RollupPlan>& plans) {
  const Result<std::vector<bool>> there = find_rollups(connection, plans);
  if (!there) return tl::make_unexpected(there.error());
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if ((*there)[i]) continue;
    if (Done ok = connection.exec(create_rollup_sql(plans[i], SqlDialect::sqlite)); !ok) return ok;
    if (Done ok = summarise_rows(connection, plans[i]); !ok) return ok;
  }
  return {};
}

}  // namespace

Done make_rollups(Connection& connection, const std::vector<RollupPlan>& plans) {
  if (Done ok = connection.run("BEGIN IMMEDIATE"); !ok) return ok;
  Done made = make_missing(connection, plans);
  if (made) made = connection.run("COMMIT");
  if (!made && connection.in_transaction()) static_cast<void>(connection.run("ROLLBACK"));
  return made;
}

Result<std::vector<bool>> find_rollups(Connection& connection, const std::vector<RollupPlan>& plans) {
  std::vector<bool> there;
  for (const RollupPlan& plan : plans) {
    Result<KeptStatement> select =
        connection.kept("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1");
    if (!select) return tl::make_unexpected(std::move(select.error()));
    (*select)->bind_text(1, plan.name);
    const int code = (*select)->step();
    if (code != SQLITE_ROW && code != SQLITE_DONE) return tl::make_unexpected(connection.error("read"));
    there.push_back(code == SQLITE_ROW);
  }
  return there;
}

}  // namespace racesim::sqlite
