#include "io/stores/influx/unfit.h"

#include <optional>
#include <string>
#include <string_view>

#include "model/load_value.h"

namespace racesim::influx {
namespace {

/// A double keeps every number of 15 digits.
constexpr std::int64_t kDigitsKept = 1'000'000'000'000'000;
/// Times of points are 64-bit nanoseconds, whose last digits tell events of one moment apart.
constexpr std::int64_t kMost_us = INT64_MAX / 1000 - 1;

struct Rule {
  const StoreTable& table;
  const RowBatch& rows;

  /// Why not; null: it fits.
  const char* unfit(const FieldInfo& field, const std::byte* at) const {
    switch (field.type) {
      case FieldType::unsigned_int:
        // Smaller ones fit in any case.
        if (field.size == 8 && load_value<std::uint64_t>(at) > INT64_MAX)
          return "is beyond InfluxDB's whole numbers of 64 bits";
        return field.size >= 4 ? unfit_decimal(field, static_cast<std::int64_t>(magnitude(field, at)))
                               : nullptr;
      case FieldType::signed_int:
        return is_none(field, at) ? nullptr : unfit_decimal(field, load_integer(field, at));
      case FieldType::text:
        return unfit_text(field, rows.text(load_value<Text>(at)));
      case FieldType::time_ms:
      case FieldType::time_us:
        return unfit_time(field, load_value<std::int64_t>(at));
      default:
        return nullptr;
    }
  }

  static std::uint64_t magnitude(const FieldInfo& field, const std::byte* at) {
    return field.size == 8 ? load_value<std::uint64_t>(at) : load_value<std::uint32_t>(at);
  }
  static bool is_none(const FieldInfo& field, const std::byte* at) {
    return field.may_miss && load_integer(field, at) == INT64_MIN >> (64 - 8 * field.size);
  }
  static const char* unfit_decimal(const FieldInfo& field, std::int64_t value) {
    const bool fits = field.decimals == 0 || (value < kDigitsKept && value > -kDigitsKept);
    return fits ? nullptr : "has more than the 15 digits that InfluxDB's numbers keep";
  }
  const char* unfit_text(const FieldInfo& field, std::string_view text) const {
    if (text.find_first_of("\r\n") != std::string_view::npos) return "holds a line end, which no point can";
    // Servers read backslashes in tags in several ways.
    if (is_tag(*table.table, field.path) && text.find('\\') != std::string_view::npos)
      return "holds a backslash, which no tag can";
    return nullptr;
  }
  const char* unfit_time(const FieldInfo& field, std::int64_t ticks) const {
    if (field.path != table.table->time) return nullptr;
    const std::int64_t most = field.type == FieldType::time_ms ? kMost_us / 1000 : kMost_us;
    return ticks < most && ticks > -most ? nullptr : "is not within the years 1678 to 2261";
  }

  /// The first field that does not fit, and why.
  std::optional<std::string> reason(std::size_t row) const {
    for (std::size_t f = 0; f < table.schema->fields.size(); ++f) {
      if (!rows.missing.empty() && f < 64 && (rows.missing[row] >> f & 1) != 0) continue;
      const FieldInfo& field = table.schema->fields[f];
      const std::byte* const at = rows.row_bytes(row) + field.offset;
      const std::size_t items =
          field.list_limit > 0 ? static_cast<std::size_t>(rows.row_bytes(row)[field.count_offset]) : 1;
      for (std::size_t i = 0; i < items; ++i)
        if (const char* why = unfit(field, at + i * field.size)) return std::string(field.path) + " " + why;
    }
    return std::nullopt;
  }
};

}  // namespace

void find_unfit(const StoreTable& table, const RowBatch& rows, std::vector<RecordFate>& out) {
  const bool has_time = !table.table->time.empty();
  const Rule rule{table, rows};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::optional<std::string> reason = has_time ? rule.reason(i)
                                                 : std::string("InfluxDB keeps events only: ") +
                                                       std::string(table.table->name) + " have no time";
    if (reason) out.push_back({static_cast<std::uint32_t>(i), Fate::rejected, std::move(*reason)});
  }
}

}  // namespace racesim::influx
