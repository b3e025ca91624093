#include "codec/decode/csv_row.h"

#include <algorithm>

#include <fmt/core.h>

#include "codec/decode/check.h"

namespace racesim {

std::string column_name(const FieldInfo& field) {
  std::string name(field.path);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

bool readable_csv(std::string_view text, std::string& why) {
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    why = fmt::format("NUL byte at position {}", nul + 1);
    return false;
  }
  if (valid_utf8(text)) return true;
  why = "not UTF-8";
  return false;
}

CsvRowReader::CsvRowReader(const SchemaInfo& schema, const DecoderOptions& options)
    : schema_(&schema),
      ignore_unknown_(options.ignore_unknown),
      optional_(options.optional),
      on_unknown_(options.on_unknown),
      row_(schema, options.natural_ranges) {}

bool CsvRowReader::has_column(const FieldInfo& field) const {
  return std::any_of(columns_.begin(), columns_.end(), [&](const Column& c) { return c.field == &field; });
}

bool CsvRowReader::read_header(const std::vector<std::string_view>& cells, std::string& why) {
  columns_.clear();
  if (cells.size() == 1) {
    const std::string_view all = cells.front();
    const bool semicolons = all.find(';') != std::string_view::npos;
    if (semicolons || all.find('\t') != std::string_view::npos) {
      why = fmt::format("separated by {}; commas are read", semicolons ? "semicolons" : "tabs");
      return false;
    }
  }
  for (const std::string_view cell : cells) {
    const auto fits = [&](const FieldInfo& f) { return column_name(f) == cell; };
    const auto field = std::find_if(schema_->fields.begin(), schema_->fields.end(), fits);
    const bool known = field != schema_->fields.end();
    if (!known && !ignore_unknown_) {
      why = fmt::format("column {} is not in the schema '{}'", excerpt(cell), schema_->name);
      return false;
    }
    if (known && has_column(*field)) {
      why = fmt::format("column {} appears twice", excerpt(cell));
      return false;
    }
    if (!known && on_unknown_) on_unknown_(cell);
    columns_.push_back(known ? Column{&*field, missing_bit(*schema_, *field, optional_)} : Column{});
  }
  return !names_missing(cells, why);
}

/// Whether the header lacks columns, and in `why` what it looks like instead.
bool CsvRowReader::names_missing(const std::vector<std::string_view>& cells, std::string& why) {
  std::string wanted;
  const FieldInfo* missing = nullptr;
  no_column_.clear();
  never_ = 0;
  for (const FieldInfo& field : schema_->fields) {
    wanted += (wanted.empty() ? "" : ",") + column_name(field);
    if (has_column(field)) continue;
    const std::uint64_t bit = missing_bit(*schema_, field, optional_);
    if (bit == 0 && !field.left_out)
      missing = missing == nullptr ? &field : missing;
    else if (field.may_miss)
      no_column_.push_back(&field);
    else
      never_ |= bit;
  }
  if (missing == nullptr) return false;
  if (std::all_of(columns_.begin(), columns_.end(), [](const Column& c) { return c.field == nullptr; }))
    why = fmt::format("no column of '{}' in it; the first line has to be {}", schema_->name, wanted);
  else
    why = fmt::format("column '{}' is missing{}", column_name(*missing), strangers(cells));
  return true;
}

/// "; there is 'Genre', which is not known": a name may be written differently.
std::string CsvRowReader::strangers(const std::vector<std::string_view>& cells) const {
  constexpr int kMost = 3;
  std::string names;
  int count = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].field != nullptr || ++count > kMost) continue;
    names += (names.empty() ? "" : ", ") + excerpt(cells[i]);
  }
  if (count == 0) return {};
  return fmt::format("; not known: {}{}", names, count > kMost ? " …" : "");
}

bool CsvRowReader::read(const std::vector<std::string_view>& cells, RowBatch& good, std::string& why) {
  if (cells.size() != columns_.size()) {
    why = fmt::format("{} columns, the header has {}", cells.size(), columns_.size());
    return false;
  }
  row_.start(good);
  missing_ = never_;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (columns_[i].field == nullptr || read_cell(columns_[i], cells[i], why)) continue;
    why.insert(0, column_name(*columns_[i].field) + ": ");
    row_.abandon();
    return false;
  }
  for (const FieldInfo* field : no_column_) row_.set(*field, 0, {}, why);
  row_.commit();
  if (!optional_.empty()) good.missing.push_back(missing_);
  return true;
}

bool CsvRowReader::read_cell(const Column& column, std::string_view cell, std::string& why) {
  if (cell.empty() && column.missing_bit != 0 && !column.field->may_miss) {
    missing_ |= column.missing_bit;
    return true;
  }
  if (column.field->list_limit > 0) return read_list(*column.field, cell, why);
  return row_.set(*column.field, 0, cell, why);
}

bool CsvRowReader::read_list(const FieldInfo& field, std::string_view cell, std::string& why) {
  if (!items_.split_list(cell, why)) return false;
  const std::vector<std::string_view>& items = items_.views();
  if (items.size() > field.list_limit) {
    why = fmt::format("more than {} items", field.list_limit);
    return false;
  }
  for (std::size_t i = 0; i < items.size(); ++i)
    if (!row_.set(field, i, items[i], why)) return false;
  row_.set_count(field, items.size());
  return true;
}

}  // namespace racesim
