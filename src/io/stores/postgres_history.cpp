// Answers for history from a PostgreSQL store, in transactions that only read.
#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "io/stores/postgres.h"
#include "io/stores/postgres_connection.h"
#include "io/stores/postgres_session.h"

namespace racesim {
namespace postgres {
namespace {

constexpr int kHistoryRows = 2000;  // of a FETCH

class AnswerRow final : public SelectedRow {
 public:
  AnswerRow(const Answer& answer, int row) : answer_(answer), row_(row) {}
  bool is_null(int column) const override { return answer_.is_null(row_, column); }
  std::int64_t integer(int column) const override {
    const std::string_view value = answer_.value(row_, column);
    if (value == "t" || value == "f") return value == "t" ? 1 : 0;
    return parsed<std::int64_t>(value);
  }
  double real(int column) const override { return parsed<double>(answer_.value(row_, column)); }
  std::string_view text(int column) const override { return answer_.value(row_, column); }

 private:
  template <class T>
  static T parsed(std::string_view value) {
    T number{};
    std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
  }
  const Answer& answer_;
  const int row_;
};

class PostgresHistory final : public HistoryReader {
 public:
  explicit PostgresHistory(const StoreOptions& options) : options_(options) {}

  SqlDialect dialect() const override { return SqlDialect::postgres; }

  Done begin(std::int64_t limit_ms) override {
    limit_ms_ = limit_ms;
    end_ns_ = system_clock().now_ns() + limit_ms * 1'000'000;
    cancelled_ = false;
    const std::string sql =
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = " +
        std::to_string(limit_ms);
    // A connection that died meanwhile is made again, once.
    for (int tried = 0;; ++tried) {
      if (connection_ == nullptr)
        if (Done ok = connect(); !ok) return ok;
      const Result<Answer> begun = connection_->run(sql);
      if (begun) return {};
      const bool lost = connection_->is_lost();
      connection_.reset();
      if (!lost || tried > 0) return tl::make_unexpected(begun.error());
    }
  }

  void end() override {
    if (connection_ != nullptr && !connection_->run("ROLLBACK")) connection_.reset();
  }

  Done select(const std::string& sql, const std::function<bool(const SelectedRow& row)>& each) override {
    if (cancelled_) return tl::make_unexpected(too_long());
    const Result<Answer> declared = run("DECLARE racesim_history NO SCROLL CURSOR FOR " + sql);
    if (!declared) return failed(declared.error());
    for (bool goes_on = true; goes_on;) {
      if (cancelled_ || system_clock().now_ns() >= end_ns_) return tl::make_unexpected(too_long());
      const Result<Answer> rows = run(fmt::format("FETCH {} FROM racesim_history", kHistoryRows));
      if (!rows) return failed(rows.error());
      for (int i = 0; i < rows->rows() && goes_on; ++i) goes_on = each(AnswerRow(*rows, i));
      if (rows->rows() < kHistoryRows) break;
    }
    const Result<Answer> closed = connection_->run("CLOSE racesim_history");
    return closed ? Done() : failed(closed.error());
  }

  Result<bool> has_table(std::string_view name) override {
    const Result<Answer> found =
        connection_->run("SELECT to_regclass(" + sql_text(sql_name(name)) + ") IS NOT NULL");
    if (!found) return tl::make_unexpected(found.error());
    return found->value(0, 0) == "t";
  }

  std::string time_text(std::string_view column, const FieldInfo& field) const override {
    if (field.type == FieldType::date) return fmt::format("to_char({}, 'YYYY-MM-DD')", column);
    return fmt::format("to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.{}\"')", column,
                       field.type == FieldType::time_ms ? "MS\"Z" : "US\"+00:00");
  }

  std::string rows_between(const RollupPlan& plan, std::span<const std::string> scope, std::int64_t first,
                           std::int64_t last, const std::string& more) const override {
    const std::string number = sql_name(plan.column(plan.number));
    std::string sql = " FROM " + sql_name(plan.table.table->name) + " t WHERE ";
    for (std::size_t i = 0; i < scope.size(); ++i)
      sql += "t." + sql_name(plan.column(plan.scope[i])) + " = " + scope[i] + " AND ";
    return sql + fmt::format("t.{0} BETWEEN {1} AND {2}{3} ORDER BY t.{0}", number, first, last, more);
  }

  void cancel() override { cancelled_ = true; }

 private:
  Result<Answer> run(const std::string& sql) {
    return connection_->run_until(sql, [this] { return cancelled_.load(); });
  }

  Done connect() {
    if (!target_) {
      Result<Target> target = parse_target(options_.target, options_.password);
      if (!target) return tl::make_unexpected(target.error());
      target_ = std::make_unique<Target>(std::move(*target));
    }
    Trouble trouble;
    auto opened = open_session(*target_, {.application = "racesim history"}, trouble);
    if (!opened) return tl::make_unexpected(opened.error());
    connection_ = std::move(*opened);
    return {};
  }

  Done failed(const Error& error) {
    if (connection_->trouble().sqlstate == "57014") return tl::make_unexpected(too_long());
    return tl::make_unexpected(error);
  }

  Error too_long() const {
    if (cancelled_) return {ErrorKind::usage, "the question was given up", ""};
    return {ErrorKind::usage, fmt::format("the answer took longer than {} ms", limit_ms_),
            "ask for a shorter time, for one car, or for a greater every="};
  }

  const StoreOptions options_;
  std::unique_ptr<Target> target_;  // the connection refers to it
  std::unique_ptr<Connection> connection_;
  std::int64_t limit_ms_ = 0;
  std::int64_t end_ns_ = 0;
  std::atomic<bool> cancelled_{false};
};

}  // namespace
}  // namespace postgres

std::unique_ptr<HistoryReader> make_postgres_history(const StoreOptions& options) {
  return std::make_unique<postgres::PostgresHistory>(options);
}

}  // namespace racesim
