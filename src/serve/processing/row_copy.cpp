#include "serve/processing/row_copy.h"

#include <cstring>

#include "base/check.h"
#include "model/load_value.h"

namespace racesim::serve {
namespace {

/// The texts of `row` in `from` become texts of `place` in `to`, whose bytes are copied already; `old` are
/// the bytes that were there before, or null.
void take_texts(const RowBatch& from, std::size_t row, RowBatch& to, std::size_t place,
                const std::byte* old) {
  for (const FieldInfo& field : to.schema().fields) {
    if (field.type != FieldType::text) continue;
    const std::byte* const source = from.row_bytes(row);
    const std::size_t count =
        field.list_limit == 0 ? 1 : static_cast<std::size_t>(source[field.count_offset]);
    for (std::size_t item = 0; item < count; ++item) {
      const std::size_t offset = field.offset + item * sizeof(Text);
      const std::string_view text = from.text(load_value<Text>(source + offset));
      Text slice{};
      if (old != nullptr && !text.empty()) slice = load_value<Text>(old + offset);
      if (to.text(slice) != text) slice = text.empty() ? Text{} : to.add_text(text);
      std::memcpy(to.row_bytes(place) + offset, &slice, sizeof slice);
    }
  }
}

}  // namespace

const FieldInfo& field_of(const SchemaInfo& schema, std::string_view path) {
  const FieldInfo* const found = find_field(schema, path);
  RACESIM_CHECK(found != nullptr);
  return *found;
}

std::string_view text_at(const RowBatch& rows, std::size_t row, const FieldInfo& field) {
  return rows.text(load_value<Text>(rows.row_bytes(row) + field.offset));
}

std::int64_t whole_at(const RowBatch& rows, std::size_t row, const FieldInfo& field) {
  const std::byte* const at = rows.row_bytes(row) + field.offset;
  switch (field.type) {
    case FieldType::time_ms:
    case FieldType::time_us:
      return load_value<std::int64_t>(at);
    case FieldType::date:
      return load_value<std::int32_t>(at);
    case FieldType::hex32:
      return load_value<std::uint32_t>(at);
    default:
      return load_integer(field, at);
  }
}

std::int64_t time_us_at(const RowBatch& rows, std::size_t row, const FieldInfo& field) {
  return whole_at(rows, row, field) * (field.type == FieldType::time_ms ? 1000 : 1);
}

bool is_missing(const RowBatch& rows, std::size_t row, const FieldInfo& field) {
  if (field.may_miss && whole_at(rows, row, field) == INT64_MIN >> (64 - 8 * field.size)) return true;
  if (rows.missing.empty()) return false;
  const auto index = static_cast<std::size_t>(&field - rows.schema().fields.data());
  return index < 64 && (rows.missing[row] >> index & 1) != 0;
}

void append_row(const RowBatch& from, std::size_t row, RowBatch& to) {
  const std::size_t place = to.size();
  to.resize(place + 1);
  std::memcpy(to.row_bytes(place), from.row_bytes(row), to.schema().row_size);
  if (!from.missing.empty() || !to.missing.empty()) {
    to.missing.resize(place);
    to.missing.push_back(from.missing.empty() ? 0 : from.missing[row]);
  }
  take_texts(from, row, to, place, nullptr);
}

void replace_row(const RowBatch& from, std::size_t row, RowBatch& to, std::size_t place) {
  const std::byte* const begin = to.row_bytes(place);
  const std::vector<std::byte> old(begin, begin + to.schema().row_size);
  std::memcpy(to.row_bytes(place), from.row_bytes(row), to.schema().row_size);
  take_texts(from, row, to, place, old.data());
}

}  // namespace racesim::serve
