// Answers for history from an SQLite store; the connection cannot write.
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "io/stores/sqlite/connection.h"
#include "io/stores/sqlite/database.h"
#include "io/stores/sqlite/row_keys.h"
#include "io/stores/sqlite/store.h"

namespace racesim {
namespace {

using sqlite::Connection;
using sqlite::KeptStatement;
using sqlite::OpenMode;
using sqlite::Statement;

constexpr int kLookSteps = 10'000;  // of SQLite's machine, between two looks at the clock

class SqliteRow final : public SelectedRow {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  double real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view text(int column) const override {
    const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes == nullptr ? std::string_view() : std::string_view(bytes, size);
  }

 private:
  sqlite3_stmt* statement_;
};

class SqliteHistory final : public HistoryReader {
 public:
  explicit SqliteHistory(const StoreOptions& options) : options_(options) {}

  Done open() {
    std::error_code ignored;
    if (!std::filesystem::exists(options_.target, ignored))
      return fail(ErrorKind::runtime, "open " + options_.target + ": no such file");
    Result<Connection> connection = Connection::open(options_.target, OpenMode::read,
                                                     static_cast<int>(options_.busy_wait_ns / 1'000'000));
    if (!connection) return tl::make_unexpected(std::move(connection.error()));
    if (Done ok = sqlite::check_is_ours(*connection); !ok) return ok;
    connection_ = std::make_unique<Connection>(std::move(*connection));
    if (Done ok = connection_->exec("PRAGMA query_only = ON"); !ok) return ok;
    sqlite3_progress_handler(connection_->get(), kLookSteps, &is_over, this);
    return {};
  }

  SqlDialect dialect() const override { return SqlDialect::sqlite; }

  Done begin(std::int64_t limit_ms) override {
    limit_ms_ = limit_ms;
    end_ns_ = system_clock().now_ns() + limit_ms * 1'000'000;
    cancelled_ = false;
    if (connection_ == nullptr || connection_->has_moved()) {
      connection_.reset();
      if (Done ok = open(); !ok) {
        connection_.reset();
        return ok;
      }
    }
    return connection_->run("BEGIN");
  }

  void end() override {
    end_ns_ = INT64_MAX;
    if (connection_ != nullptr && connection_->in_transaction())
      static_cast<void>(connection_->run("ROLLBACK"));
  }

  Done select(const std::string& sql, const std::function<bool(const SelectedRow& row)>& each) override {
    if (is_over(this) != 0) return tl::make_unexpected(too_long());
    Result<Statement> statement = connection_->prepare(sql);
    if (!statement) return tl::make_unexpected(std::move(statement.error()));
    const SqliteRow row(statement->get());
    int code = SQLITE_ROW;
    while ((code = statement->step()) == SQLITE_ROW)
      if (!each(row)) return {};
    if (code == SQLITE_DONE) return {};
    return tl::make_unexpected(code == SQLITE_INTERRUPT ? too_long() : connection_->error("read"));
  }

  Result<bool> has_table(std::string_view name) override {
    return connection_
        ->number("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = " + sqlite::quote_text(name))
        .map([](const std::optional<std::int64_t>& found) { return found.has_value(); });
  }

  std::string time_text(std::string_view column, const FieldInfo&) const override {
    return std::string(column);
  }

  std::string rows_between(const RollupPlan& plan, std::span<const std::string> scope, std::int64_t first,
                           std::int64_t last, const std::string& more) const override {
    const std::string table(plan.table.table->name);
    const std::int64_t low_mask = (std::int64_t{1} << sqlite::kBlockBits) - 1;
    const auto high = [](std::int64_t number) { return std::to_string(number >> sqlite::kBlockBits); };
    const auto low = [&](std::int64_t number) { return std::to_string(number & low_mask); };
    std::string json;
    for (const std::string& literal : scope) json += (json.empty() ? "" : ", ") + literal;
    return " FROM key_blocks b CROSS JOIN " + sqlite::quote_name(table) +
           " t WHERE b.table_name = " + sqlite::quote_text(table) +
           " AND b.number = " + sqlite::quote_text(plan.column(plan.number)) + " AND b.scope = json_array(" +
           json + ") AND b.high BETWEEN " + high(first) + " AND " + high(last) +
           " AND t.row_key BETWEEN b.first_key + CASE b.high WHEN " + high(first) + " THEN " + low(first) +
           " ELSE 0 END AND CASE b.high WHEN " + high(last) + " THEN b.first_key + " + low(last) +
           " ELSE b.last_key END" + more + " ORDER BY b.high, t.row_key";
  }

  void cancel() override { cancelled_ = true; }

 private:
  static int is_over(void* self) {
    const auto& history = *static_cast<SqliteHistory*>(self);
    return history.cancelled_ || system_clock().now_ns() >= history.end_ns_ ? 1 : 0;
  }

  Error too_long() const {
    if (cancelled_) return {ErrorKind::usage, "the question was given up", ""};
    return {ErrorKind::usage, "the answer took longer than " + std::to_string(limit_ms_) + " ms",
            "ask for a shorter time, for one car, or for a greater every="};
  }

  const StoreOptions options_;
  std::unique_ptr<Connection> connection_;
  std::int64_t limit_ms_ = 0;
  std::int64_t end_ns_ = INT64_MAX;
  std::atomic<bool> cancelled_{false};
};

}  // namespace

std::unique_ptr<HistoryReader> make_sqlite_history(const StoreOptions& options) {
  return std::make_unique<SqliteHistory>(options);
}

}  // namespace racesim
