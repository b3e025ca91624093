#include "serve/history/history_rows.h"

#include <utility>

#include "codec/encode/put.h"
#include "codec/encode/scalars.h"
#include "io/http/server/message.h"

namespace racesim::serve {
namespace {

void append_number(std::int64_t value, std::uint8_t decimals, std::string& to) {
  char text[put::kPutSlack + 40];
  char* p = text;
  const auto bits = static_cast<std::uint64_t>(value);
  if (value < 0) *p++ = '-';
  p = scalars::kPutMagnitude[decimals](p, value < 0 ? 0 - bits : bits);
  to.append(text, static_cast<std::size_t>(p - text));
}

}  // namespace

double HistoryValue::real(const HistoryColumn& column) const {
  double scale = 1;
  for (int i = 0; i < column.decimals; ++i) scale *= 10;
  return static_cast<double>(number) / scale;
}

int HistoryRows::column(std::string_view name) const {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].name == name) return static_cast<int>(i);
  return -1;
}

HistoryValue HistoryRows::at(std::size_t row, std::size_t column) const {
  const Cell& cell = cells_[row * columns.size() + column];
  if (cell.size == kNull) return {};
  if (cell.size == kNumber) return {false, cell.number, {}};
  return {false, 0, std::string_view(texts_).substr(static_cast<std::size_t>(cell.number), cell.size)};
}

void HistoryRows::add_text(std::string_view text) {
  cells_.push_back({static_cast<std::uint32_t>(text.size()), static_cast<std::int64_t>(texts_.size())});
  texts_ += text;
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

void HistoryRows::append_json(std::size_t row, std::string& to) const {
  to += '{';
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const HistoryColumn& column = columns[i];
    if (i > 0) to += ',';
    http::append_json_string(column.name, to);
    to += ':';
    const HistoryValue value = at(row, i);
    if (value.is_null)
      to += "null";
    else if (column.is_number())
      append_number(value.number, column.decimals, to);
    else if (column.is_boolean())
      to += value.number != 0 ? "true" : "false";
    else if (column.is_list)
      to += value.text;
    else
      http::append_json_string(value.text, to);
  }
  to += '}';
}

}  // namespace racesim::serve
