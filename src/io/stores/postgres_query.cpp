#include "io/stores/postgres_query.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/stores/postgres_session.h"
#include "io/stores/postgres_sql_words.h"

namespace racesim::postgres {
namespace {

constexpr int kReadAllData = 140000;  // has the role pg_read_all_data
// OIDs of the server's types never change.
enum TypeId : std::uint32_t {
  kBool = 16,
  kBytea = 17,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kOid = 26,
  kFloat4 = 700,
  kFloat8 = 701,
  kTimestampTz = 1184,
  kNumeric = 1700
};

// Functions of the server itself that only compute or look at tables are allowed, and so are these.
constexpr const char* kRefusedFunctions =
    "SELECT min(proname) FROM pg_catalog.pg_proc WHERE proname::text = ANY ($1::text[]) AND (pronamespace <> "
    "'pg_catalog'::regnamespace OR provolatile = 'v' OR proname ~ '_to_xml') AND proname NOT IN ('random', "
    "'clock_timestamp', 'timeofday', 'gen_random_uuid', 'pg_column_size', 'pg_database_size', "
    "'pg_indexes_size', "
    "'pg_relation_size', 'pg_table_size', 'pg_total_relation_size')";

std::string array_text(const std::vector<std::string>& names) {
  std::string out = "{";
  for (const std::string& name : names) {
    out += out.size() > 1 ? ",\"" : "\"";
    for (const char c : name) out.append(c == '"' || c == '\\' ? 1 : 0, '\\') += c;
    out += '"';
  }
  return out + "}";
}

std::string limit_text(std::int64_t ms) {
  if (ms % 60'000 == 0) return std::to_string(ms / 60'000) + "m";
  if (ms % 1000 == 0) return std::to_string(ms / 1000) + "s";
  return std::to_string(ms) + "ms";
}

// "line 2, column 8", of a place in characters from 1.
std::string place_of(std::string_view sql, int position) {
  int line = 1, column = 1;
  for (const char c : sql) {
    if ((static_cast<unsigned char>(c) & 0xc0) == 0x80) continue;  // within a character
    if (--position <= 0) break;
    ++column;
    if (c == '\n') {
      ++line;
      column = 1;
    }
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::string bytes_of_hex(std::string_view hex) {
  std::string out;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 2; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  return out;
}

void fill_cell(const Answer& answer, int row, int column, Cell& cell) {
  cell.text.clear();
  cell.kind = Cell::Kind::null;
  if (answer.is_null(row, column)) return;
  const std::string_view value = answer.value(row, column);
  cell.kind = Cell::Kind::text;
  cell.text = value;
  switch (answer.type(column)) {
    case kInt2:
    case kInt4:
    case kInt8:
    case kOid:
      cell.kind = Cell::Kind::integer;
      break;
    case kFloat4:
    case kFloat8:
    case kNumeric:
      cell.kind = Cell::Kind::real;
      break;
    case kBool:
      cell.kind = Cell::Kind::boolean;
      cell.text = value == "t" ? "true" : "false";
      break;
    case kBytea:
      cell.kind = Cell::Kind::bytes;
      cell.text = bytes_of_hex(value);
      break;
    case kTimestampTz:  // "2024-01-01 12:00:00.5+00"
      if (value.size() > 13 && value[10] == ' ' && value.ends_with("+00"))
        cell.text =
            std::string(value.substr(0, 10)) + "T" + std::string(value.substr(11, value.size() - 14)) + "Z";
      break;
    default:
      break;
  }
}

// A query on a connection of its own, so that nothing that it does to its session stays.
class PostgresRows final : public ResultRows {
 public:
  PostgresRows(const Target& target, std::int64_t limit_ms) : target_(target), limit_ms_(limit_ms) {}
  ~PostgresRows() override {
    if (connection_ && !ended_) connection_->cancel();
  }

  Done start(std::string_view sql);
  const std::vector<std::string>& columns() const override { return columns_; }
  Result<bool> next(std::vector<Cell>& cells) override;

 private:
  Done restrict_session();
  Done refuse_functions(const SqlWords& words);
  tl::unexpected<Error> failed(Error error) const;

  const Target target_;
  const std::int64_t limit_ms_;
  std::string sql_;
  std::unique_ptr<Connection> connection_;
  std::vector<std::string> columns_;
  std::optional<Answer> row_;  ///< read ahead; without rows: the end
  bool ended_ = false;
};

tl::unexpected<Error> PostgresRows::failed(Error error) const {
  const Trouble& trouble = connection_->trouble();
  if (trouble.sqlstate == "57014")
    return fail(ErrorKind::usage, "the query took longer than " + limit_text(limit_ms_),
                "--timeout 5m allows more");
  // Syntax, names, values, rights, writing: the query is at fault.
  const std::string group = trouble.sqlstate.substr(0, 2);
  if (group == "42" || group == "22" || group == "25" || group == "0A" || group == "21") {
    error.kind = ErrorKind::usage;
    if (trouble.position > 0) error.what += ", " + place_of(sql_, trouble.position);
  }
  return tl::make_unexpected(std::move(error));
}

Done PostgresRows::start(std::string_view sql) {
  Result<SqlWords> words = read_sql(sql);
  if (!words) return tl::make_unexpected(words.error());
  sql_ = words->statement;
  Trouble trouble;
  auto opened = open_session(target_, {.application = "racesim query"}, trouble);
  if (!opened) return tl::make_unexpected(opened.error());
  connection_ = std::move(*opened);
  if (Done ok = refuse_functions(*words); !ok) return ok;
  if (Done ok = restrict_session(); !ok) return ok;
  // By itself it is one statement, so nothing in it can close the bracket that is put around it; and within
  // the bracket only a SELECT without writing parts is one.
  if (Result<Answer> ok = connection_->check(sql_); !ok) return failed(std::move(ok.error()));
  const std::string whole = "SELECT * FROM (\n" + sql_ + "\n) AS racesim_query";
  if (Result<Answer> ok = connection_->check(whole); !ok)
    return fail(ErrorKind::usage,
                "the query is not allowed: it is not one SELECT that only reads (" + ok.error().what + ")",
                "write one SELECT");
  if (Done sent = connection_->send_rows(whole); !sent) return failed(std::move(sent.error()));
  Result<Answer> first = connection_->next_row();
  if (!first) return failed(std::move(first.error()));
  row_ = std::move(*first);
  for (int c = 0; c < row_->columns(); ++c) columns_.emplace_back(row_->column_name(c));
  return {};
}

// What a function does is not seen from its name: those that could do more than compute are refused.
Done PostgresRows::refuse_functions(const SqlWords& words) {
  const auto refused = [](const std::string& name) {
    return fail(ErrorKind::usage, "the query is not allowed to use '" + name + "'",
                "a query may use what PostgreSQL itself has to compute and look at tables with");
  };
  if (const std::string name = forbidden_name(words.names); !name.empty()) return refused(name);
  const std::string values[] = {array_text(words.names)};
  Result<Answer> found = connection_->run(kRefusedFunctions, values);
  if (!found) return failed(std::move(found.error()));
  if (!found->is_null(0, 0)) return refused(std::string(found->value(0, 0)));
  return {};
}

Done PostgresRows::restrict_session() {
  Result<Answer> superuser =
      connection_->run("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user");
  if (!superuser) return failed(std::move(superuser.error()));
  const bool is_superuser = superuser->rows() == 1 && superuser->value(0, 0) == "t";
  if (is_superuser && connection_->server_version() < kReadAllData)
    return fail(ErrorKind::usage,
                target_.shown + ": a superuser's queries can be held in only by PostgreSQL 14 or newer",
                "connect as a user that is none");
  Result<Answer> begun =
      connection_->run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = " +
                       std::to_string(limit_ms_) + (is_superuser ? "; SET LOCAL ROLE pg_read_all_data" : ""));
  if (!begun) return failed(std::move(begun.error()));
  return {};
}

Result<bool> PostgresRows::next(std::vector<Cell>& cells) {
  if (ended_) return false;
  if (row_->rows() == 0) {
    ended_ = true;
    return false;
  }
  cells.resize(columns_.size());
  for (int c = 0; c < row_->columns(); ++c) fill_cell(*row_, 0, c, cells[static_cast<std::size_t>(c)]);
  Result<Answer> following = connection_->next_row();
  if (!following) {
    ended_ = true;
    return failed(std::move(following.error()));
  }
  row_ = std::move(*following);
  return true;
}

}  // namespace

Result<std::unique_ptr<ResultRows>> start_query(const Target& target, std::string_view sql,
                                                std::int64_t limit_ms) {
  auto rows = std::make_unique<PostgresRows>(target, limit_ms);
  if (Done ok = rows->start(sql); !ok) return tl::make_unexpected(ok.error());
  return std::unique_ptr<ResultRows>(std::move(rows));
}

}  // namespace racesim::postgres
