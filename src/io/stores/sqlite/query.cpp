#include "io/stores/sqlite/query.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "io/stores/sqlite/connection.h"

namespace racesim::sqlite {
namespace {

constexpr int kQueryBusyMs = 5'000;
constexpr int kLongestValue = 4 << 20;      // bytes: a query cannot take all memory with one value
constexpr int kLongestPattern = 1'000;      // of LIKE and GLOB, which look no clock
constexpr int kStepsBetweenLooks = 10'000;  // of SQLite's machine: well below a millisecond

/// Only reading is allowed: tables, functions that have no effect, and what pragmas say of tables.
int authorize_read(void*, int action, const char* first, const char* second, const char*, const char*) {
  constexpr std::array<std::string_view, 6> kPragmas{"table_info", "table_xinfo", "table_list",
                                                     "index_list", "index_info",  "index_xinfo"};
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION: {
      const std::string_view function = second == nullptr ? "" : second;
      return function == "load_extension" || function == "fts3_tokenizer" ? SQLITE_DENY : SQLITE_OK;
    }
    case SQLITE_PRAGMA: {
      const std::string_view pragma = first == nullptr ? "" : first;
      return std::find(kPragmas.begin(), kPragmas.end(), pragma) == kPragmas.end() ? SQLITE_DENY : SQLITE_OK;
    }
    default:
      return SQLITE_DENY;
  }
}

std::string seconds_text(std::int64_t ms) {
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + "s" : std::to_string(ms) + "ms";
}

/// The fewest digits that are this double again: SQLite's own text has only 15.
std::string real_text(double value) {
  if (std::isnan(value) || std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

class QueryRows final : public ResultRows {
 public:
  QueryRows(Connection connection, std::int64_t limit_ms)
      : connection_(std::move(connection)),
        limit_ms_(limit_ms),
        end_ns_(system_clock().now_ns() + limit_ms * 1'000'000) {}

  Done prepare(std::string_view sql) {
    if (Done ok = connection_.exec("PRAGMA query_only = ON"); !ok) return ok;
    sqlite3_limit(connection_.get(), SQLITE_LIMIT_LENGTH, kLongestValue);
    sqlite3_limit(connection_.get(), SQLITE_LIMIT_LIKE_PATTERN_LENGTH, kLongestPattern);
    sqlite3_limit(connection_.get(), SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
    sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_set_authorizer(connection_.get(), &authorize_read, nullptr);
    if (limit_ms_ > 0) sqlite3_progress_handler(connection_.get(), kStepsBetweenLooks, &is_over, this);
    sqlite3_stmt* statement = nullptr;
    const char* rest = nullptr;
    const int code =
        sqlite3_prepare_v2(connection_.get(), sql.data(), static_cast<int>(sql.size()), &statement, &rest);
    statement_ = Statement(statement);
    if (code != SQLITE_OK) return tl::make_unexpected(explain(sql));
    if (statement == nullptr) return fail(ErrorKind::usage, "the query is empty", "write a SELECT");
    if (sqlite3_stmt_readonly(statement) == 0 || sqlite3_column_count(statement) == 0)
      return fail(ErrorKind::usage, "the query is not a SELECT", "only a SELECT is run: nothing is changed");
    if (Done ok = check_rest({rest, static_cast<std::size_t>(sql.data() + sql.size() - rest)}); !ok)
      return ok;
    for (int i = 0; i < sqlite3_column_count(statement); ++i)
      columns_.emplace_back(sqlite3_column_name(statement, i));
    return {};
  }

  const std::vector<std::string>& columns() const override { return columns_; }

  Result<bool> next(std::vector<Cell>& cells) override {
    // A row may take few steps and long.
    if (limit_ms_ > 0 && is_over(this) != 0) return tl::make_unexpected(too_long());
    const int code = statement_.step();
    if (code == SQLITE_DONE) return false;
    if (code != SQLITE_ROW) return tl::make_unexpected(explain({}));
    cells.resize(columns_.size());
    for (std::size_t i = 0; i < cells.size(); ++i) read_cell(static_cast<int>(i), cells[i]);
    return true;
  }

 private:
  Error too_long() const {
    return {ErrorKind::usage, "the query took longer than " + seconds_text(limit_ms_),
            "--timeout 5m allows more"};
  }
  static int is_over(void* self) { return system_clock().now_ns() >= static_cast<QueryRows*>(self)->end_ns_; }

  /// Behind the first statement only blanks, ';' and comments may stand: what does not prepare to something.
  Done check_rest(std::string_view rest) {
    while (!rest.empty()) {
      sqlite3_stmt* more = nullptr;
      const char* behind = nullptr;
      const int code =
          sqlite3_prepare_v2(connection_.get(), rest.data(), static_cast<int>(rest.size()), &more, &behind);
      const Statement ends(more);
      if (code != SQLITE_OK || more != nullptr)
        return fail(ErrorKind::usage, "there is more than one statement in the query",
                    "give one SELECT at a time");
      if (behind == rest.data()) break;
      rest.remove_prefix(static_cast<std::size_t>(behind - rest.data()));
    }
    return {};
  }

  Error explain(std::string_view sql) const {
    sqlite3* const db = connection_.get();
    // CREATE is refused with the text alone.
    if ((sqlite3_errcode(db) & 0xff) == SQLITE_AUTH ||
        std::string_view(sqlite3_errmsg(db)) == "not authorized")
      return {ErrorKind::usage, "not allowed: " + std::string(sqlite3_errmsg(db)),
              "only a SELECT of tables in this database is run"};
    switch (sqlite3_errcode(db) & 0xff) {
      case SQLITE_INTERRUPT:
        return too_long();
      case SQLITE_ERROR:
      case SQLITE_TOOBIG:
      case SQLITE_MISMATCH:
      case SQLITE_RANGE: {
        const int at = sqlite3_error_offset(db);
        std::string what = sqlite3_errmsg(db);
        if (at >= 0 && static_cast<std::size_t>(at) <= sql.size())
          what += ", at character " + std::to_string(at + 1) + ": " +
                  std::string(sql.substr(static_cast<std::size_t>(at), 40));
        return {ErrorKind::usage, std::move(what), "'racesim query tables' names tables and columns"};
      }
      default:
        return connection_.error("read");
    }
  }

  void read_cell(int i, Cell& cell) const {
    cell.text = statement_.text(i);
    switch (sqlite3_column_type(statement_.get(), i)) {
      case SQLITE_INTEGER:
        cell.kind = Cell::Kind::integer;
        break;
      case SQLITE_FLOAT:
        cell.kind = Cell::Kind::real;
        cell.text = real_text(sqlite3_column_double(statement_.get(), i));
        break;
      case SQLITE_TEXT:
        cell.kind = Cell::Kind::text;
        break;
      case SQLITE_BLOB:
        cell.kind = Cell::Kind::bytes;
        break;
      default:
        cell.kind = Cell::Kind::null;
    }
  }

  Connection connection_;  // ends behind the statement
  std::int64_t limit_ms_;
  std::int64_t end_ns_;
  Statement statement_;
  std::vector<std::string> columns_;
};

}  // namespace

Result<std::unique_ptr<ResultRows>> run_query(const std::string& path, std::string_view sql,
                                              std::int64_t limit_ms) {
  Result<Connection> connection = Connection::open(path, OpenMode::read, kQueryBusyMs);
  if (!connection) return tl::make_unexpected(std::move(connection.error()));
  auto rows = std::make_unique<QueryRows>(std::move(*connection), limit_ms);
  if (Done ok = rows->prepare(sql); !ok) return tl::make_unexpected(std::move(ok.error()));
  return std::unique_ptr<ResultRows>(std::move(rows));
}

}  // namespace racesim::sqlite
