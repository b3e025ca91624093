// Reads an SQLite store; the connection cannot write.
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "io/stores/sqlite/connection.h"
#include "io/stores/sqlite/database.h"
#include "io/stores/sqlite/query.h"
#include "io/stores/sqlite/store.h"
#include "io/stores/sqlite/table_layout.h"
#include "io/stores/sqlite/values.h"

namespace racesim {
namespace {

using sqlite::Connection;
using sqlite::OpenMode;
using sqlite::quote_name;
using sqlite::Statement;
using sqlite::TableLayout;

/// One scan under way, with a view of the database as it was at its start.
struct SqliteScan {
  std::string table, run;
  TableLayout layout;
  Statement select;
};

class SqliteReader final : public StoreReader {
 public:
  explicit SqliteReader(Connection connection) : connection_(std::move(connection)) {}

  std::string name() const override { return "sqlite:" + connection_.path(); }

  Result<std::unique_ptr<ResultRows>> query(std::string_view sql, std::int64_t limit_ms) override {
    return sqlite::run_query(connection_.path(), sql, limit_ms);
  }

  Result<bool> scan(const StoreTable& table, std::string_view run, std::size_t most, RowBatch& to) override {
    Result<SqliteScan*> found = scan_of(table, run);
    if (!found) return tl::make_unexpected(std::move(found.error()));
    SqliteScan& scan = **found;
    for (std::size_t count = 0; count < most; ++count) {
      const int code = scan.select.step();
      if (code == SQLITE_DONE) {
        end_scan(scan);
        return false;
      }
      if (code != SQLITE_ROW) return tl::make_unexpected(connection_.error("read"));
      read_row(scan, to);
    }
    return true;
  }

  Result<std::vector<std::string>> tables() override {
    Result<Statement> select = connection_.prepare(
        "SELECT s.name FROM sqlite_schema s WHERE s.type = 'table' AND EXISTS (SELECT 1 FROM "
        "pragma_table_info(s.name) c WHERE c.cid = 0 AND c.name = 'row_key') ORDER BY s.name");
    if (!select) return tl::make_unexpected(std::move(select.error()));
    std::vector<std::string> names;
    int code = SQLITE_ROW;
    while ((code = select->step()) == SQLITE_ROW) {
      std::string table(select->text(0));
      const Result<std::optional<std::int64_t>> some =
          connection_.number("SELECT 1 FROM " + quote_name(table) + " LIMIT 1");
      if (!some) return tl::make_unexpected(some.error());
      if (*some) names.push_back(std::move(table));
    }
    if (code != SQLITE_DONE) return tl::make_unexpected(connection_.error("read"));
    return names;
  }

  Result<std::optional<std::int64_t>> expired_before_us(const StoreTable& table) override {
    return connection_.number("SELECT expired_before_us FROM retention WHERE table_name = " +
                              sqlite::quote_text(table.table->name));
  }

 private:
  Result<SqliteScan*> scan_of(const StoreTable& table, std::string_view run) {
    for (const auto& scan : scans_)
      if (scan->table == table.table->name && scan->run == run) return scan.get();
    auto scan = std::make_unique<SqliteScan>();
    scan->table = table.table->name;
    scan->run = run;
    scan->layout = sqlite::layout_of(table);
    const TableLayout& layout = scan->layout;
    const Result<std::vector<std::string>> columns = sqlite::columns_of(connection_, layout.name);
    if (!columns) return tl::make_unexpected(columns.error());
    std::string sql = "SELECT " + fields_there(layout, *columns) + " FROM " + quote_name(layout.name);
    const bool by_run = !run.empty() && !table.run_path.empty();
    if (by_run) sql += " WHERE " + quote_name(sqlite::column_name(table.run_path)) + " = ?1";
    sql += " ORDER BY " + order(layout);
    // A table that was never made has no rows.
    if (columns->empty()) sql = "SELECT NULL WHERE false";
    Result<Statement> select = connection_.prepare(sql);
    if (!select) return tl::make_unexpected(std::move(select.error()));
    scan->select = std::move(*select);
    if (by_run && !columns->empty()) scan->select.bind_text(1, scan->run);
    scans_.push_back(std::move(scan));
    return scans_.back().get();
  }

  /// A table of an earlier racesim that was not written since lacks columns: NULL, as they will be.
  static std::string fields_there(const TableLayout& layout, const std::vector<std::string>& columns) {
    std::string list;
    for (std::size_t f = 0; f < layout.fields(); ++f) {
      const std::string& name = layout.columns[f].name;
      const bool there = std::find(columns.begin(), columns.end(), name) != columns.end();
      list += (list.empty() ? "" : ", ") + (there ? quote_name(name) : std::string("NULL"));
    }
    return list;
  }

  static std::string order(const TableLayout& layout) {
    std::string columns;
    const auto add = [&](std::size_t field) {
      columns += (columns.empty() ? "" : ", ") + quote_name(layout.columns[field].name);
    };
    if (layout.time_field >= 0) add(static_cast<std::size_t>(layout.time_field));
    for (const std::uint16_t field : layout.keys.front().scope) add(field);
    add(layout.keys.front().number);
    return columns;
  }

  static void read_row(const SqliteScan& scan, RowBatch& to) {
    const std::size_t row = to.size();
    to.resize(row + 1);
    std::memset(to.row_bytes(row), 0, to.schema().row_size);
    if (!to.missing.empty()) to.missing.resize(row + 1);
    for (std::size_t f = 0; f < scan.layout.fields(); ++f)
      sqlite::read_column(*scan.layout.columns[f].field, f, scan.select.get(), static_cast<int>(f), to, row);
  }

  void end_scan(const SqliteScan& scan) {
    std::erase_if(scans_, [&](const auto& other) { return other.get() == &scan; });
  }

  Connection connection_;  // ends behind the statements of the scans
  std::vector<std::unique_ptr<SqliteScan>> scans_;
};

}  // namespace

Result<std::unique_ptr<StoreReader>> open_sqlite_reader(const StoreOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::exists(options.target, ignored))
    return fail(ErrorKind::runtime, "open " + options.target + ": no such file",
                "fill it first: racesim ingest --to sqlite:" + options.target);
  Result<Connection> connection =
      Connection::open(options.target, OpenMode::read, static_cast<int>(options.busy_wait_ns / 1'000'000));
  if (!connection) return tl::make_unexpected(std::move(connection.error()));
  if (Done ok = sqlite::check_is_ours(*connection); !ok) return tl::make_unexpected(std::move(ok.error()));
  return std::unique_ptr<StoreReader>(std::make_unique<SqliteReader>(std::move(*connection)));
}

}  // namespace racesim
