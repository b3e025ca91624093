#include "serve/processing/result_table.h"

#include <utility>

#include "serve/processing/row_copy.h"

namespace racesim::serve {
namespace {

/// Texts that rows no longer use are dropped beyond so many bytes.
constexpr std::size_t kArenaMost = std::size_t{16} << 20;

void append_key(const RowBatch& rows, std::size_t row, const FieldInfo& field, std::string& to) {
  if (field.type == FieldType::text) {
    const std::string_view text = text_at(rows, row, field);
    to.append(std::to_string(text.size())).append(":").append(text);
    return;
  }
  to.append(reinterpret_cast<const char*>(rows.row_bytes(row) + field.offset), field.size);
}

}  // namespace

ResultTable::ResultTable(const AggregationEntry& entry, std::size_t rows_most)
    : entry_(entry), rows_most_(rows_most), rows_(entry.result()) {
  for (const std::string_view path : entry.table.key.scope)
    key_fields_.push_back(&field_of(rows_.schema(), path));
  key_fields_.push_back(&field_of(rows_.schema(), entry.table.key.number));
}

void ResultTable::read_key(const RowBatch& rows, std::size_t row) {
  key_.clear();
  for (const FieldInfo* field : key_fields_) append_key(rows, row, *field, key_);
}

void ResultTable::put(const RowBatch& results) {
  if (results.empty()) return;
  const std::lock_guard lock(mutex_);
  changes_.note();
  for (std::size_t row = 0; row < results.size(); ++row) {
    read_key(results, row);
    const auto [known, is_new] = places_.try_emplace(key_, rows_.size());
    if (is_new)
      append_row(results, row, rows_);
    else
      replace_row(results, row, rows_, known->second);
  }
  const std::size_t surplus = rows_.size() > rows_most_ ? rows_.size() - rows_most_ + rows_most_ / 4 : 0;
  is_cut_ = is_cut_ || surplus > 0;
  if (surplus > 0 || rows_.arena.size() > kArenaMost)
    rebuild([surplus](std::size_t row) { return row >= surplus; });
}

void ResultTable::drop(const std::function<bool(const RowBatch&, std::size_t)>& gone) {
  const std::lock_guard lock(mutex_);
  changes_.note();
  rebuild([&](std::size_t row) { return !gone(rows_, row); });
}

void ResultTable::rebuild(const std::function<bool(std::size_t)>& kept) {
  RowBatch rest(rows_.schema());
  places_.clear();
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (!kept(row)) continue;
    read_key(rows_, row);
    places_[key_] = rest.size();
    append_row(rows_, row, rest);
  }
  rows_ = std::move(rest);
}

RowBatch ResultTable::select(const std::function<bool(const RowBatch&, std::size_t)>& wanted) const {
  const std::lock_guard lock(mutex_);
  RowBatch chosen(rows_.schema());
  for (std::size_t row = 0; row < rows_.size(); ++row)
    if (!wanted || wanted(rows_, row)) append_row(rows_, row, chosen);
  return chosen;
}

RowBatch ResultTable::choose(const std::function<std::vector<std::size_t>(const RowBatch&)>& choose) const {
  const std::lock_guard lock(mutex_);
  RowBatch chosen(rows_.schema());
  for (const std::size_t row : choose(rows_)) append_row(rows_, row, chosen);
  return chosen;
}

bool ResultTable::is_cut() const {
  const std::lock_guard lock(mutex_);
  return is_cut_;
}

std::size_t ResultTable::size() const {
  const std::lock_guard lock(mutex_);
  return rows_.size();
}

}  // namespace racesim::serve
