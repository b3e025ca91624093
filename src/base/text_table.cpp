#include "base/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text_width.h"

namespace racesim {
namespace {

constexpr std::size_t kBetween = 2;    ///< blanks between columns
constexpr std::size_t kLeastText = 8;  ///< a text is not cut further than that

std::string blanks(std::size_t count) {
  return std::string(count, ' ');
}

}  // namespace

TextTable::TextTable(std::vector<std::string> columns, std::size_t most_columns, WriteText write)
    : most_columns_(most_columns), write_(std::move(write)) {
  for (std::string& name : columns) {
    const std::size_t width = text_columns(name);
    columns_.push_back({std::move(name), width, true});
  }
}

Done TextTable::add(std::vector<TableCell> cells) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!is_measured_) {
      columns_[i].width = std::max(columns_[i].width, text_columns(cells[i].text));
      columns_[i].is_number &= cells[i].is_number;
    }
    values.push_back(std::move(cells[i].text));
  }
  if (is_measured_) return is_record_form_ ? write_record(values) : write_line(values, false);
  measured_.push_back(std::move(values));
  return measured_.size() < kMeasuredRows ? Done() : flush();
}

Done TextTable::flush() {
  if (is_measured_) return {};
  is_measured_ = true;
  is_record_form_ = !measured_.empty() && !fit();
  if (Done ok = write_header(); !ok) return ok;
  for (const std::vector<std::string>& values : measured_)
    if (Done ok = is_record_form_ ? write_record(values) : write_line(values, false); !ok) return ok;
  measured_.clear();
  return {};
}

Done TextTable::write_header() {
  if (is_record_form_) return {};
  std::vector<std::string> names;
  for (const Column& column : columns_) names.push_back(column.name);
  return write_line(names, true);
}

/// Cuts the widest texts until a line fits; false: it cannot.
bool TextTable::fit() {
  if (most_columns_ == 0) return true;
  std::size_t all = kBetween * (columns_.size() - 1);
  for (const Column& column : columns_) all += column.width;
  while (all > most_columns_) {
    Column* widest = nullptr;
    std::size_t next = kLeastText;  // the width of the second widest
    for (Column& column : columns_) {
      if (column.is_number || column.width <= kLeastText) continue;
      if (widest == nullptr || column.width > widest->width) {
        if (widest != nullptr) next = std::max(next, widest->width);
        widest = &column;
      } else {
        next = std::max(next, column.width);
      }
    }
    if (widest == nullptr) return false;
    const std::size_t step = std::max<std::size_t>(1, widest->width - next);
    const std::size_t cut = std::min(step, all - most_columns_);
    widest->width -= cut;
    all -= cut;
  }
  return true;
}

Done TextTable::write_line(const std::vector<std::string>& values, bool is_header) {
  std::string line;
  std::size_t owed = 0;  // blanks, which do not stand at the end of a line
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Column& column = columns_[i];
    const std::string value = most_columns_ > 0 && (!column.is_number || is_header)
                                  ? cut_to(values[i], std::max<std::size_t>(column.width, 1))
                                  : values[i];
    const std::size_t width = text_columns(value), room = column.width > width ? column.width - width : 0;
    line += blanks(owed + (column.is_number ? room : 0)) + value;
    owed = kBetween + (column.is_number ? 0 : room);
  }
  return write_(line + "\n");
}

Done TextTable::write_record(const std::vector<std::string>& values) {
  std::size_t widest = 0;
  for (const Column& column : columns_) widest = std::max(widest, text_columns(column.name));
  std::string text = fmt::format("-- row {}\n", ++record_);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string& name = columns_[i].name;
    const std::size_t room =
        most_columns_ > widest + kBetween + kLeastText ? most_columns_ - widest - kBetween : 0;
    text += name + blanks(widest - text_columns(name) + kBetween);
    text += room > 0 ? cut_to(values[i], room) : values[i];
    text += '\n';
  }
  return write_(text);
}

}  // namespace racesim
