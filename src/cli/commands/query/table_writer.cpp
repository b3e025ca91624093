#include "cli/commands/query/table_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/visible.h"
#include "cli/commands/query/text_width.h"

namespace racesim::cli {
namespace {

constexpr std::size_t kBetween = 2;    ///< blanks between columns
constexpr std::size_t kLeastText = 8;  ///< a text is not cut further than that

std::string blanks(std::size_t count) {
  return std::string(count, ' ');
}

std::string shown(const Cell& cell) {
  return cell.kind == Cell::Kind::null ? "NULL" : visible_text(text_of(cell));
}

}  // namespace

TableWriter::TableWriter(std::vector<std::string> columns, std::size_t most_columns, WriteText write)
    : most_columns_(most_columns), write_(std::move(write)) {
  for (const std::string& name : columns) {
    std::string text = visible_text(name);
    const std::size_t width = text_columns(text);
    columns_.push_back({std::move(text), width, true});
  }
}

Done TableWriter::add(const std::vector<Cell>& cells) {
  std::vector<std::string> values;
  for (const Cell& cell : cells) values.push_back(shown(cell));
  if (is_measured_) return is_record_form_ ? write_record(values) : write_line(values, false);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    columns_[i].width = std::max(columns_[i].width, text_columns(values[i]));
    const Cell::Kind kind = cells[i].kind;
    columns_[i].is_number &=
        kind == Cell::Kind::null || kind == Cell::Kind::integer || kind == Cell::Kind::real;
  }
  measured_.push_back(std::move(values));
  return measured_.size() < kMeasuredRows ? Done() : write_measured();
}

Done TableWriter::finish() {
  return is_measured_ ? Done() : write_measured();
}

Done TableWriter::write_measured() {
  is_measured_ = true;
  is_record_form_ = !measured_.empty() && !fit();
  if (!is_record_form_) {
    std::vector<std::string> names;
    for (const Column& column : columns_) names.push_back(column.name);
    if (Done ok = write_line(names, true); !ok) return ok;
  }
  for (const std::vector<std::string>& values : measured_)
    if (Done ok = is_record_form_ ? write_record(values) : write_line(values, false); !ok) return ok;
  measured_.clear();
  return {};
}

/// Cuts the widest texts until a line fits; false: it cannot.
bool TableWriter::fit() {
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

Done TableWriter::write_line(const std::vector<std::string>& values, bool is_header) {
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

Done TableWriter::write_record(const std::vector<std::string>& values) {
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

}  // namespace racesim::cli
