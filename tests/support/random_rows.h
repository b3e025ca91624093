// Random rows of any schema, biased to the edges of their types, a row type that uses every field type, and
// the comparison of rows across batches.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <tuple>

#include "base/random.h"
#include "base/time_text.h"
#include "model/batch.h"

namespace racesim {

enum class WideMode : std::uint8_t { off, eco, sport };
template <>
struct EnumNames<WideMode> {
  static constexpr std::array<std::string_view, 3> names{"off", "eco", "sport"};
};

/// Every field type, every size of integer, lists, keys two levels deep.
struct WideRow {
  Uuid id;
  Hex32 run;
  bool valid;
  WideMode mode;
  std::int8_t gear;
  std::int16_t offset_dk;
  std::int32_t latitude_udeg;
  std::int64_t balance_nano;
  std::uint8_t level;
  std::uint16_t rpm;
  std::uint32_t duration_ms;
  std::uint64_t total;
  TimeMs seen_at;
  TimeUs measured_at;
  Date day;
  Text note;
  List<std::uint16_t, 4> codes;
  List<WideMode, 3> modes;
  List<std::int32_t, 2> corners_mm;
  List<Text, 3> tags;
  Text last;
};
template <>
struct Schema<WideRow> {
  static constexpr std::string_view name = "wide";
  static constexpr int version = 1;
  static constexpr bool sampled = true;
  static constexpr auto fields =
      std::make_tuple(field("id", &WideRow::id), field("run", &WideRow::run), field("valid", &WideRow::valid),
                      field("mode", &WideRow::mode), field("car.gear", &WideRow::gear),
                      field("car.air.offset_k", &WideRow::offset_dk, 1, "K"),
                      field("car.air.latitude", &WideRow::latitude_udeg, 6, "deg"),
                      field("car.balance", &WideRow::balance_nano, 9), field("level", &WideRow::level),
                      field("rpm", &WideRow::rpm), field("duration_s", &WideRow::duration_ms, 3, "s"),
                      field("total", &WideRow::total), field("time.seen_at", &WideRow::seen_at),
                      field("time.measured_at", &WideRow::measured_at), field("day", &WideRow::day),
                      field("note", &WideRow::note), field("codes", &WideRow::codes),
                      field("modes", &WideRow::modes), field("lists.corners_m", &WideRow::corners_mm, 3, "m"),
                      field("lists.tags", &WideRow::tags), field("last", &WideRow::last));
};

/// A deterministic source of random rows.
class RandomRows {
 public:
  explicit RandomRows(std::uint64_t seed) : key_(stream_key(seed, "test.rows", 0)) {}

  std::uint64_t bits() { return draw(key_, next_++); }
  std::uint64_t below_n(std::uint64_t n) { return below(bits(), n); }

  /// Pieces that formats have to quote or escape, and letters of one to four bytes.
  std::string text() {
    constexpr std::array<std::string_view, 24> kPieces{
        "a", "Zoë",  " ", ",", ";",    "\"", "\\",   "\n", "\r\n", "\t", "\x01", "\x7f",
        "é", "漢字", "😀", "/", "null", "0",  "\"\"", "'",  ":",    "{",  "]",    "plain words"};
    std::string out;
    for (std::uint64_t n = below_n(6); n > 0; --n) out += kPieces[below_n(kPieces.size())];
    return out;
  }

  /// Appends `count` rows.
  void add(RowBatch& batch, std::size_t count) {
    for (; count > 0; --count) {
      const std::size_t row = batch.size();
      batch.resize(row + 1);
      std::memset(batch.row_bytes(row), 0, batch.schema().row_size);
      for (const FieldInfo& f : batch.schema().fields) {
        std::size_t items = 1;
        if (f.list_limit > 0) {
          items = below_n(f.list_limit + 1U);
          batch.row_bytes(row)[f.count_offset] = static_cast<std::byte>(items);
        }
        for (std::size_t i = 0; i < items; ++i) set(batch, row, f, f.offset + i * f.size);
      }
    }
  }

  /// Appends `count` rows that are most often like the one `apart` rows before them: values stay, numbers and
  /// times move a little, now and then one is any other.
  void add_alike(RowBatch& batch, std::size_t count, std::size_t apart) {
    for (; count > 0; --count) {
      add(batch, 1);
      const std::size_t row = batch.size() - 1;
      if (row < apart || below_n(16) == 0) continue;
      for (const FieldInfo& f : batch.schema().fields) {
        if (below_n(32) == 0) continue;
        const std::size_t bytes = f.size * std::max<std::size_t>(1, f.list_limit);
        std::memcpy(batch.row_bytes(row) + f.offset, batch.row_bytes(row - apart) + f.offset, bytes);
        if (f.list_limit > 0)
          batch.row_bytes(row)[f.count_offset] = batch.row_bytes(row - apart)[f.count_offset];
        else if (below_n(4) > 0)
          move(batch.row_bytes(row) + f.offset, f);
      }
    }
  }

 private:
  /// By up to 20 of a number's least steps, if it stays within its range.
  void move(std::byte* at, const FieldInfo& f) {
    const bool is_time = f.type == FieldType::time_ms || f.type == FieldType::time_us;
    if (f.type != FieldType::signed_int && f.type != FieldType::unsigned_int && !is_time) return;
    std::uint64_t value = 0;
    std::memcpy(&value, at, f.size);
    const std::uint64_t moved = value + below_n(41) - 20;
    const int unused = 64 - 8 * f.size;
    const auto is_negative = [&](std::uint64_t bits) { return (bits << unused) >> 63 != 0; };
    if (!is_time && is_negative(value) != is_negative(moved) && below_n(2) == 0) return;
    const std::uint64_t kept = f.range.most > INT64_MAX || is_time ? moved : within(moved, f);
    std::memcpy(at, &kept, f.size);
  }

  /// Evenly random, but half of the time one of the edges or a small number.
  std::uint64_t integer(int bits_wide) {
    const std::uint64_t all = UINT64_MAX >> (64 - bits_wide);
    switch (below_n(8)) {
      case 0:
        return 0;
      case 1:
        return all;  // -1 where signed
      case 2:
        return all >> 1;  // the largest signed
      case 3:
        return (all >> 1) + 1;  // the smallest signed
      default:
        return (bits() & all) >> below_n(static_cast<std::uint64_t>(bits_wide));
    }
  }

  /// Moved to the nearest value that the field may have; a Maybe's missing one stays.
  static std::uint64_t within(std::uint64_t bits, const FieldInfo& f) {
    const int unused = 64 - 8 * f.size;
    auto value = static_cast<std::int64_t>(bits << unused) >> unused;
    if (f.type == FieldType::unsigned_int) value = static_cast<std::int64_t>(bits << unused >> unused);
    if (f.may_miss && value == INT64_MIN >> unused) return bits;
    return static_cast<std::uint64_t>(
        std::clamp(value, f.range.least, static_cast<std::int64_t>(f.range.most)));
  }

  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below_n(static_cast<std::uint64_t>(high - low) + 1));
  }

  void set(RowBatch& batch, std::size_t row, const FieldInfo& f, std::size_t offset) {
    constexpr std::int64_t kFirstDay = days_from_civil({0, 1, 1});
    constexpr std::int64_t kLastDay = days_from_civil({9999, 12, 31});
    const auto put = [&](const auto& value) { std::memcpy(batch.row_bytes(row) + offset, &value, f.size); };
    switch (f.type) {
      case FieldType::signed_int:
      case FieldType::unsigned_int:
        return put(f.range.most > INT64_MAX ? integer(8 * f.size) : within(integer(8 * f.size), f));
      case FieldType::boolean:
        return put(below_n(2) == 1);
      case FieldType::enumeration:
        return put(static_cast<std::uint8_t>(below_n(f.enum_names.size())));
      case FieldType::uuid:
        return put(std::array<std::uint64_t, 2>{bits(), bits()});
      case FieldType::time_ms:
        return put(between(kFirstDay * 86'400'000, (kLastDay + 1) * 86'400'000 - 1));
      case FieldType::time_us:
        return put(between(kFirstDay * 86'400'000'000, (kLastDay + 1) * 86'400'000'000 - 1));
      case FieldType::date:
        return put(static_cast<std::int32_t>(between(kFirstDay, kLastDay)));
      case FieldType::hex32:
        return put(static_cast<std::uint32_t>(bits()));
      case FieldType::text:
        return put(batch.add_text(text()));
    }
  }

  StreamKey key_;
  std::uint64_t next_ = 0;
};

/// The bytes of a value; of a text its characters.
inline std::string value_bytes(const RowBatch& batch, std::size_t row, const FieldInfo& f, std::size_t item) {
  const std::byte* const at = batch.row_bytes(row) + f.offset + item * f.size;
  if (f.type == FieldType::text) {
    Text slice;
    std::memcpy(&slice, at, sizeof slice);
    return std::string(batch.text(slice));
  }
  return {reinterpret_cast<const char*>(at), f.size};
}

/// The path of the first field in which the rows differ; empty if they are equal.
inline std::string first_difference(const RowBatch& a, std::size_t row_a, const RowBatch& b,
                                    std::size_t row_b) {
  for (const FieldInfo& f : a.schema().fields) {
    std::size_t items = 1;
    if (f.list_limit > 0) {
      if (a.row_bytes(row_a)[f.count_offset] != b.row_bytes(row_b)[f.count_offset])
        return std::string(f.path);
      items = static_cast<std::size_t>(a.row_bytes(row_a)[f.count_offset]);
    }
    for (std::size_t i = 0; i < items; ++i)
      if (value_bytes(a, row_a, f, i) != value_bytes(b, row_b, f, i)) return std::string(f.path);
  }
  return {};
}

}  // namespace racesim
