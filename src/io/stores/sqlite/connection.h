// One connection to an SQLite database, and its statements. What SQLite says is turned into errors that name
// the file and the next thing to do.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace racesim::sqlite {

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

/// A prepared statement; must end before its connection. Parameters count from 1, columns from 0. Texts that
/// are bound must live until the next reset().
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  void bind(int i, std::int64_t value) { sqlite3_bind_int64(statement_.get(), i, value); }
  void bind_text(int i, std::string_view text);
  void bind_blob(int i, std::string_view bytes);
  void bind_null(int i) { sqlite3_bind_null(statement_.get(), i); }

  /// SQLITE_ROW, SQLITE_DONE or an error, which the connection explains.
  int step() { return sqlite3_step(statement_.get()); }
  void reset();
  /// Resets it and drops the values of its parameters.
  void forget();

  bool is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  /// Bytes of a text or blob; until the next step() or reset().
  std::string_view text(int column) const;

  sqlite3_stmt* get() const { return statement_.get(); }
  explicit operator bool() const { return statement_ != nullptr; }

 private:
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement_;
};

/// A statement that its connection keeps; for one use, which ends before the connection. Then it is reset and
/// has no values.
class KeptStatement {
 public:
  explicit KeptStatement(Statement& statement) : statement_(&statement) {}
  KeptStatement(KeptStatement&& from) noexcept : statement_(std::exchange(from.statement_, nullptr)) {}
  KeptStatement& operator=(KeptStatement&&) = delete;
  ~KeptStatement() {
    if (statement_ != nullptr) statement_->forget();
  }
  Statement* operator->() const { return statement_; }
  Statement& operator*() const { return *statement_; }

 private:
  Statement* statement_;
};

/// The keys (rowids) of rows that were inserted into one table, in the order of their inserting.
struct InsertedRows {
  std::string table;
  std::vector<std::int64_t> keys;
};

enum class OpenMode : std::uint8_t { write, read };

/// One thread at a time.
class Connection {
 public:
  /// Writing makes the file if it is not there. Locks of others are waited for up to `busy_wait_ms`. Reading
  /// works in a folder that cannot be written too, unless the log holds something: then an error says so.
  static Result<Connection> open(const std::string& path, OpenMode mode, int busy_wait_ms);

  Result<Statement> prepare(std::string_view sql);
  /// The same, kept for the next call with the same text.
  Result<KeptStatement> kept(std::string_view sql);
  /// One or more statements without a result.
  Done exec(const std::string& sql);
  /// One statement without a result, kept for the next time.
  Done run(std::string_view sql);
  /// The first column of the first row; none: no row, or NULL.
  Result<std::optional<std::int64_t>> number(const std::string& sql);
  Result<std::optional<std::string>> text(const std::string& sql);

  /// What the last call of SQLite says; `doing` as in "write", "begin".
  Error error(std::string_view doing) const;
  /// The last error was a lock of somebody else.
  bool was_locked() const;
  bool in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }
  /// The file has another name now, or none: what is written would be lost.
  bool has_moved() const;
  std::int64_t changes() const { return sqlite3_changes64(db_.get()); }
  /// From now on notes there which rows go into its table; `to` outlives that. Null: nowhere any more.
  void note_inserted(InsertedRows* to);
  Done close();

  const std::string& path() const { return path_; }
  sqlite3* get() const { return db_.get(); }

 private:
  struct Close {
    // Statements that are still open keep it until they end.
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  static Result<Connection> open_name(const std::string& path, const std::string& name, int flags,
                                      int busy_wait_ms);
  bool can_begin_to_read() const;
  Connection(std::string path, int busy_wait_ms) : path_(std::move(path)), busy_wait_ms_(busy_wait_ms) {}

  std::string path_;
  int busy_wait_ms_;
  std::unique_ptr<sqlite3, Close> db_;
  std::map<std::string, Statement, std::less<>> kept_;  // end before the connection
};

/// "x" with every '"' doubled, between '"'.
std::string quote_name(std::string_view name);
/// The same with '\''.
std::string quote_text(std::string_view text);

}  // namespace racesim::sqlite
