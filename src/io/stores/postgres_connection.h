// One connection to a PostgreSQL server. The only file that knows libpq is the .cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

struct pg_conn;
struct pg_result;

namespace racesim::postgres {

/// Where to, as the user wrote it, and what must never be shown of it.
struct Target {
  std::string conninfo;  ///< "host=… dbname=…", "postgresql://…", or empty: PG* variables and libpq's own
  std::string password;  ///< beside it; empty: as conninfo, PGPASSWORD or ~/.pgpass have it
  std::string shown;     ///< "postgres:host=… dbname=…", without secrets
  std::vector<std::string> secrets;

  /// `text` with every secret in it replaced.
  std::string clean(std::string text) const;
};

/// What stands behind "postgres:". Errors: usage, without a word of the text, which may hold a password.
Result<Target> parse_target(std::string_view text, const std::string& password);

/// Rows of an answer. Values live as long as it does.
class Answer {
 public:
  explicit Answer(pg_result* result) : result_(result) {}
  int rows() const;
  int columns() const;
  std::string_view column_name(int column) const;
  std::uint32_t type(int column) const;  ///< its OID
  bool is_null(int row, int column) const;
  std::string_view value(int row, int column) const;
  std::uint64_t affected() const;    ///< rows that the command changed
  std::string_view command() const;  ///< "COMMIT", "INSERT 0 5"

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

enum class Format : std::uint8_t { text, binary };

/// What went wrong last.
struct Trouble {
  std::string sqlstate;  ///< five characters; empty: the server said nothing
  bool lost = false;     ///< the connection is gone, or never was
  int position = 0;      ///< in the SQL text, from 1; 0: none
  /// The same may succeed if it is done again.
  bool is_passing() const;
};

/// One thread. Text is UTF-8, times are in UTC.
class Connection {
 public:
  /// Errors: runtime, usage (unknown option), with what to do next; `trouble` is filled.
  static Result<std::unique_ptr<Connection>> open(const Target& target, const std::string& application,
                                                  Trouble& trouble);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int server_version() const;                   ///< 150004
  std::string setting(const char* name) const;  ///< "server_encoding" and others that the server reports
  const Trouble& trouble() const { return trouble_; }
  bool is_lost() const { return trouble_.lost; }

  /// One command or several behind another; the answer of the last.
  Result<Answer> run(const std::string& sql);
  /// One command, which is asked to end when `is_over` becomes true: its error has the state 57014 then.
  /// `is_over` is called some times a second.
  Result<Answer> run_until(const std::string& sql, const std::function<bool()>& is_over);
  /// One command with parameters $1… as text; the server refuses more than one.
  Result<Answer> run(const std::string& sql, std::span<const std::string> values,
                     Format format = Format::text);
  /// Only looks whether it is one command that the server understands.
  Result<Answer> check(const std::string& sql);

  /// COPY … FROM STDIN: begin, data as often as wanted, end. Returns the number of rows. After an error in
  /// data() end() tells it.
  Done copy_begin(const std::string& sql);
  bool copy_data(std::string_view bytes);
  Result<std::uint64_t> copy_end();

  /// Sends one command whose rows come one by one with next_row(); an answer without rows is the end.
  Done send_rows(const std::string& sql);
  Result<Answer> next_row();
  /// Ends a command that still sends rows.
  void cancel();

 private:
  Connection(pg_conn* connection, const Target& target) : connection_(connection), target_(target) {}
  Result<Answer> answered(pg_result* result, std::string_view what);
  Error failed(pg_result* result, std::string_view what);
  void request_cancel();

  pg_conn* connection_;
  const Target& target_;
  Trouble trouble_;
};

/// A name as SQL has it: "DriverNumber", quotes doubled.
std::string sql_name(std::string_view name);
/// A text as SQL has it; standard_conforming_strings is on.
std::string sql_text(std::string_view text);

}  // namespace racesim::postgres
