#include "serve/history/history_rows.h"

#include <array>
#include <charconv>
#include <utility>

#include "io/http/server/message.h"

namespace racesim::serve {
namespace {

constexpr std::array<double, 10> kScales{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

void append_decimal(std::int64_t value, std::uint8_t decimals, std::string& to) {
  std::array<char, 24> digits;
  const std::uint64_t size_of =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size_of).ptr;
  const auto count = static_cast<std::size_t>(end - digits.data());
  if (value < 0) to += '-';
  if (decimals == 0) {
    to.append(digits.data(), count);
    return;
  }
  if (count <= decimals) {
    to += "0.";
    to.append(decimals - count, '0').append(digits.data(), count);
    return;
  }
  to.append(digits.data(), count - decimals) += '.';
  to.append(digits.data() + count - decimals, decimals);
}

}  // namespace

double HistoryValue::real(const HistoryColumn& column) const {
  return static_cast<double>(number) / kScales[column.decimals];
}

void HistoryRows::add_text(std::string_view text) {
  cells_.push_back({static_cast<std::uint32_t>(text.size()), static_cast<std::int64_t>(texts_.size())});
  texts_ += text;
}

void HistoryRows::add_row(const HistoryRows& from, std::size_t row) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Cell& cell = from.cells_[row * columns.size() + i];
    if (cell.size == kNull || cell.size == kNumber)
      cells_.push_back(cell);
    else
      add_text(std::string_view(from.texts_).substr(static_cast<std::size_t>(cell.number), cell.size));
  }
}

int HistoryRows::column(std::string_view name) const {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].name == name) return static_cast<int>(i);
  return -1;
}

void HistoryRows::add_text_column(std::string name,
                                  const std::function<const std::string*(std::size_t)>& value) {
  HistoryRows wider;
  wider.columns = columns;
  wider.columns.push_back({std::move(name), FieldType::text, 0, false});
  const std::size_t width = columns.size();
  wider.cells_.reserve(cells_.size() + size());
  wider.texts_ = texts_;
  for (std::size_t row = 0; row < size(); ++row) {
    const auto begin = cells_.begin() + static_cast<std::ptrdiff_t>(row * width);
    wider.cells_.insert(wider.cells_.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
    if (const std::string* const text = value(row))
      wider.add_text(*text);
    else
      wider.add_null();
  }
  wider.next = next;
  *this = std::move(wider);
}

HistoryValue HistoryRows::at(std::size_t row, std::size_t column) const {
  const Cell& cell = cells_[row * columns.size() + column];
  HistoryValue value;
  value.is_null = cell.size == kNull;
  if (cell.size == kNumber)
    value.number = cell.number;
  else if (!value.is_null)
    value.text = std::string_view(texts_).substr(static_cast<std::size_t>(cell.number), cell.size);
  return value;
}

void HistoryRows::append_json(std::size_t row, std::string& to) const {
  to += '{';
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const HistoryColumn& column = columns[i];
    const HistoryValue value = at(row, i);
    if (i > 0) to += ',';
    http::append_json_string(column.name, to);
    to += ':';
    if (value.is_null)
      to += "null";
    else if (column.is_boolean())
      to += value.number != 0 ? "true" : "false";
    else if (column.is_number())
      append_decimal(value.number, column.decimals, to);
    else if (column.is_list)
      to += value.text;
    else
      http::append_json_string(value.text, to);
  }
  to += '}';
}

HistoryColumn column_of(const FieldInfo& field) {
  return {std::string(field.path), field.type, field.decimals, field.list_limit > 0};
}

const FieldInfo* find_field(const SchemaInfo& schema, std::string_view path) {
  for (const FieldInfo& field : schema.fields)
    if (field.path == path) return &field;
  return nullptr;
}

}  // namespace racesim::serve
