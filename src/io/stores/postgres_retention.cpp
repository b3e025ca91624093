#include "io/stores/postgres_retention.h"

#include <algorithm>
#include <optional>

namespace racesim::postgres {
namespace {

constexpr int kExpireRows = 5'000;  // per transaction

std::optional<std::int64_t> number_at(const Answer& answer, int row, int column) {
  if (row >= answer.rows() || answer.is_null(row, column)) return std::nullopt;
  return std::stoll(std::string(answer.value(row, column)));
}

std::string time_column(const TablePlan& plan) {
  return sql_name(plan.columns[static_cast<std::size_t>(plan.time_field)]);
}

}  // namespace

Result<Ages> read_ages(Connection& connection, const TablePlan& plan, bool look_at_rows) {
  if (plan.time_field < 0) return Ages();
  const std::string names[] = {std::string(plan.of.table->name)};
  const Result<Answer> known =
      connection.run("SELECT newest_us, expired_before_us FROM retention WHERE table_name = $1", names);
  if (!known) return tl::make_unexpected(known.error());
  Ages ages{number_at(*known, 0, 0), number_at(*known, 0, 1)};
  if (!look_at_rows) return ages;
  const Result<Answer> newest = connection.run("SELECT (extract(epoch FROM max(" + time_column(plan) +
                                               ")) * 1000000)::bigint FROM " + plan.name);
  if (!newest) return tl::make_unexpected(newest.error());
  ages.newest_us = std::max(ages.newest_us, number_at(*newest, 0, 0));
  return ages;
}

Result<std::map<std::string, Ages, std::less<>>> read_all_ages(Connection& connection) {
  const Result<Answer> known =
      connection.run("SELECT table_name, newest_us, expired_before_us FROM retention");
  if (!known) return tl::make_unexpected(known.error());
  std::map<std::string, Ages, std::less<>> ages;
  for (int row = 0; row < known->rows(); ++row)
    ages.emplace(known->value(row, 0), Ages{number_at(*known, row, 1), number_at(*known, row, 2)});
  return ages;
}

Result<std::uint64_t> remove_rows_before(Connection& connection, const TablePlan& plan,
                                         std::int64_t before_us) {
  const Result<Answer> removed =
      connection.run("DELETE FROM " + plan.name + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " + plan.name +
                     " WHERE " + time_column(plan) + " < timestamptz 'epoch' + " + std::to_string(before_us) +
                     " * interval '1 microsecond' LIMIT " + std::to_string(kExpireRows) + "))");
  if (!removed) return tl::make_unexpected(removed.error());
  return removed->affected();
}

}  // namespace racesim::postgres
