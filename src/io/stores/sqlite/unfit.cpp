#include "io/stores/sqlite/unfit.h"

#include <string>
#include <utility>

#include "io/stores/sqlite/row_keys.h"
#include "io/stores/sqlite/values.h"

namespace racesim::sqlite {
namespace {

struct Limit {
  std::size_t field;
  std::int64_t low, high;
  const char* reason;
};

/// Only of fields whose type holds more than SQLite does.
std::vector<Limit> limits_of(const TableLayout& layout) {
  std::vector<Limit> limits;
  for (std::size_t f = 0; f < layout.fields(); ++f) {
    const FieldInfo& field = *layout.columns[f].field;
    if (layout.columns[f].storage == Storage::real && field.size == 8)
      limits.push_back(
          {f, -kMostScaled, kMostScaled, "has more than 15 digits, which the store cannot keep exactly"});
    else if (layout.columns[f].storage == Storage::integer && field.size == 8 &&
             field.type == FieldType::unsigned_int)
      limits.push_back({f, 0, INT64_MAX, "is beyond 63 bits, which the store cannot keep"});
  }
  return limits;
}

std::string missing_key(const TableLayout& layout) {
  std::string text;
  for (const KeyForm& form : layout.keys) {
    text += text.empty() ? "neither " : " nor ";
    for (const std::uint16_t field : form.scope)
      text += layout.table.schema->fields[field].path, text += ", ";
    text += layout.table.schema->fields[form.number].path;
  }
  return "a key is missing: " + text + " are all there";
}

}  // namespace

void find_unfit(const TableLayout& layout, const RowBatch& rows, std::vector<RecordFate>& out) {
  const std::vector<Limit> limits = limits_of(layout);
  if (limits.empty() && rows.missing.empty()) return;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::string reason;
    if (RowKeys::form_of(layout, rows, row) == nullptr) reason = missing_key(layout);
    for (const Limit& limit : limits) {
      const FieldInfo& field = *layout.columns[limit.field].field;
      const std::byte* const at = rows.row_bytes(row) + field.offset;
      const std::int64_t value = load_integer(field, at);
      if ((value >= limit.low && value <= limit.high) || is_none(field, at) || !reason.empty()) continue;
      reason = std::string(field.path) + " " + limit.reason;
    }
    if (!reason.empty()) out.push_back({static_cast<std::uint32_t>(row), Fate::rejected, std::move(reason)});
  }
}

}  // namespace racesim::sqlite
