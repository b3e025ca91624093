#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "io/stores/postgres.h"
#include "io/stores/postgres_columns.h"
#include "io/stores/postgres_connection.h"
#include "io/stores/postgres_query.h"
#include "io/stores/postgres_session.h"
#include "io/stores/postgres_tables.h"

namespace racesim {
namespace postgres {
namespace {

class PostgresReader final : public StoreReader {
 public:
  explicit PostgresReader(Target target) : target_(std::move(target)) {}

  Done open();
  std::string name() const override { return target_.shown; }
  Result<std::unique_ptr<ResultRows>> query(std::string_view sql, std::int64_t limit_ms) override;
  Result<bool> scan(const StoreTable& table, std::string_view run, std::size_t most, RowBatch& to) override;
  Result<std::vector<std::string>> tables() override;
  Result<std::optional<std::int64_t>> expired_before_us(const StoreTable& table) override;

 private:
  Result<std::string> cursor_of(const StoreTable& table, std::string_view run);
  Result<std::string> select_of(const TablePlan& plan);

  const Target target_;
  std::unique_ptr<Connection> connection_;                   ///< in one transaction, which sees one state
  std::map<std::string, std::string, std::less<>> cursors_;  ///< by table and run
};

Done PostgresReader::open() {
  Trouble trouble;
  auto opened = open_session(target_, {.application = "racesim read"}, trouble);
  if (!opened) return tl::make_unexpected(opened.error());
  connection_ = std::move(*opened);
  const Result<std::vector<std::string>> known = missing_tables(*connection_, target_, {});
  if (!known) return tl::make_unexpected(known.error());
  const Result<Answer> begun = connection_->run(
      "SET cursor_tuple_fraction = 1; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT "
      "to_regclass('schema_version') IS NOT NULL AND to_regclass('ingest_offsets') IS NOT NULL");
  if (!begun) return tl::make_unexpected(begun.error());
  if (begun->value(0, 0) != "t")
    return fail(ErrorKind::usage, target_.shown + ": there are no tables of racesim in it",
                "is it the right database? racesim ingest --to postgres:… makes them");
  return {};
}

Result<std::unique_ptr<ResultRows>> PostgresReader::query(std::string_view sql, std::int64_t limit_ms) {
  return start_query(target_, sql, limit_ms);
}

/// A table of an earlier racesim that was not written since lacks columns: NULL, as they will be.
Result<std::string> PostgresReader::select_of(const TablePlan& plan) {
  const std::string values[] = {plan.name};
  const Result<Answer> found = connection_->run(
      "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
      values);
  if (!found) return tl::make_unexpected(found.error());
  std::set<std::string, std::less<>> there;
  for (int row = 0; row < found->rows(); ++row) there.emplace(found->value(row, 0));
  std::string list;
  for (std::size_t f = 0; f < plan.of.schema->fields.size(); ++f)
    list += (f == 0 ? "" : ", ") +
            (there.count(plan.columns[f]) > 0 ? sql_name(plan.columns[f]) : std::string("NULL"));
  return "SELECT " + list + " FROM " + plan.name;
}

Result<std::string> PostgresReader::cursor_of(const StoreTable& table, std::string_view run) {
  const std::string key = std::string(table.table->name) + " " + std::string(run);
  const auto known = cursors_.find(key);
  if (known != cursors_.end()) return known->second;
  const TablePlan plan(table, false);
  std::string where;
  if (!run.empty() && plan.run_field >= 0)
    where =
        " WHERE " + sql_name(plan.columns[static_cast<std::size_t>(plan.run_field)]) + " = " + sql_text(run);
  const std::string cursor = sql_name("racesim_scan_" + key);
  const Result<std::string> select = select_of(plan);
  if (!select) return tl::make_unexpected(select.error());
  const Result<Answer> declared =
      connection_->run("DECLARE " + cursor + " NO SCROLL CURSOR FOR " + *select + where + plan.order());
  if (!declared) return tl::make_unexpected(declared.error());
  cursors_.emplace(key, cursor);
  return cursor;
}

Result<bool> PostgresReader::scan(const StoreTable& table, std::string_view run, std::size_t most,
                                  RowBatch& to) {
  const Result<std::string> cursor = cursor_of(table, run);
  if (!cursor) return tl::make_unexpected(cursor.error());
  const Result<Answer> found =
      connection_->run("FETCH " + std::to_string(most) + " FROM " + *cursor, {}, Format::binary);
  if (!found) return tl::make_unexpected(found.error());
  const std::span<const FieldInfo> fields = to.schema().fields;
  for (int i = 0; i < found->rows(); ++i) {
    const std::size_t row = to.size();
    to.resize(row + 1);
    to.missing.resize(row + 1);
    std::memset(to.row_bytes(row), 0, to.schema().row_size);
    for (std::size_t f = 0; f < fields.size(); ++f) {
      const auto column = static_cast<int>(f);
      if (!read_value(fields[f], found->value(i, column), found->is_null(i, column), to, row))
        to.missing[row] |= std::uint64_t{1} << f;
    }
  }
  if (found->rows() == static_cast<int>(most)) return true;
  cursors_.erase(std::string(table.table->name) + " " + std::string(run));
  return connection_->run("CLOSE " + *cursor).map([](const Answer&) { return false; });
}

Result<std::vector<std::string>> PostgresReader::tables() {
  const Result<Answer> found = connection_->run(
      "SELECT relname, quote_ident(relname) FROM pg_catalog.pg_class WHERE relkind = 'r' AND relnamespace = "
      "current_schema()::regnamespace "
      "AND relname NOT IN ('ingest_offsets', 'dead_letter', 'runs', 'retention', 'ingest_writers', "
      "'aggregation_state', 'schema_version') AND relname NOT LIKE '%\\_10s' "
      "ORDER BY relname");
  if (!found) return tl::make_unexpected(found.error());
  std::vector<std::string> names;
  for (int row = 0; row < found->rows(); ++row) {
    const Result<Answer> any =
        connection_->run("SELECT EXISTS (SELECT FROM " + std::string(found->value(row, 1)) + ")");
    if (!any) return tl::make_unexpected(any.error());
    if (any->value(0, 0) == "t") names.emplace_back(found->value(row, 0));
  }
  return names;
}

Result<std::optional<std::int64_t>> PostgresReader::expired_before_us(const StoreTable& table) {
  const std::string values[] = {std::string(table.table->name)};
  const Result<Answer> found =
      connection_->run("SELECT expired_before_us FROM retention WHERE table_name = $1", values);
  if (!found) return tl::make_unexpected(found.error());
  if (found->rows() == 0 || found->is_null(0, 0)) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(std::stoll(std::string(found->value(0, 0))));
}

}  // namespace
}  // namespace postgres

Result<std::unique_ptr<StoreReader>> open_postgres_reader(const StoreOptions& options) {
  Result<postgres::Target> target = postgres::parse_target(options.target, options.password);
  if (!target) return tl::make_unexpected(target.error());
  auto reader = std::make_unique<postgres::PostgresReader>(std::move(*target));
  if (Done ok = reader->open(); !ok) return tl::make_unexpected(ok.error());
  return std::unique_ptr<StoreReader>(std::move(reader));
}

}  // namespace racesim
