#include "serve/history/history_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/time_text.h"

namespace racesim::serve {
namespace {

constexpr std::array<double, 10> kPowers{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
constexpr std::int64_t kUsOfDay = 86'400'000'000;

std::int64_t digits(std::string_view text, std::size_t begin, std::size_t size) {
  std::int64_t value = 0;
  for (std::size_t i = begin; i < begin + size; ++i) value = value * 10 + (text[i] - '0');
  return value;
}

}  // namespace

std::string sql_column(std::string_view path) {
  std::string name(path);
  std::replace(name.begin(), name.end(), '.', '_');
  return name_literal(name);
}

std::string time_text_of(const FieldInfo& field, std::int64_t us) {
  const std::int64_t day = (us - (us % kUsOfDay + kUsOfDay) % kUsOfDay) / kUsOfDay;
  const CivilDate date = civil_from_days(day);
  const std::int64_t rest = us - day * kUsOfDay;
  const std::int64_t second = rest / 1'000'000, fraction = rest % 1'000'000;
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year, date.month, date.day,
                                 second / 3600, second / 60 % 60, second % 60);
  return field.type == FieldType::time_ms ? fmt::format("{}.{:03}Z", text, fraction / 1000)
                                          : fmt::format("{}.{:06}+00:00", text, fraction);
}

/// "YYYY-MM-DDTHH:MM:SS.sss[sss]" and the zone, which is UTC: read for every row.
std::int64_t time_us_of(std::string_view text) {
  if (text.size() < 24) return 0;
  const std::int64_t day =
      days_from_civil({static_cast<int>(digits(text, 0, 4)), static_cast<int>(digits(text, 5, 2)),
                       static_cast<int>(digits(text, 8, 2))});
  const std::int64_t second = digits(text, 11, 2) * 3600 + digits(text, 14, 2) * 60 + digits(text, 17, 2);
  const std::int64_t fraction = text.size() >= 27 ? digits(text, 20, 6) : digits(text, 20, 3) * 1000;
  return day * kUsOfDay + second * 1'000'000 + fraction;
}

bool is_time(const FieldInfo& field) {
  return field.list_limit == 0 && (field.type == FieldType::time_ms || field.type == FieldType::time_us);
}

bool is_integer(const FieldInfo& field) {
  return field.list_limit == 0 &&
         (field.type == FieldType::signed_int || field.type == FieldType::unsigned_int);
}

std::string select_item(const HistoryReader& reader, const FieldInfo& field, std::string_view prefix) {
  const std::string column = std::string(prefix) + sql_column(field.path);
  const bool has_time = is_time(field) || (field.list_limit == 0 && field.type == FieldType::date);
  return has_time ? reader.time_text(column, field) : column;
}

std::int64_t scaled(const SelectedRow& row, int column, const FieldInfo& field) {
  if (field.decimals == 0) return row.integer(column);
  return std::llround(row.real(column) * kPowers[field.decimals]);
}

void add_cell(const SelectedRow& row, int column, const FieldInfo& field, HistoryRows& to) {
  if (row.is_null(column)) return to.add_null();
  if (is_integer(field)) return to.add_number(scaled(row, column, field));
  if (field.list_limit == 0 && field.type == FieldType::boolean) return to.add_number(row.integer(column));
  to.add_text(row.text(column));
}

}  // namespace racesim::serve
