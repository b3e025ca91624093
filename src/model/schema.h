// The single truth of an event type. A row struct and a constexpr tuple of fields; encoders are unrolled from
// it at compile time, everything else (decoders, validation, tables, docs) reads the run-time SchemaInfo.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "model/types.h"

namespace racesim {

/// The values that a number may have, both ends included, × 10^decimals.
struct FieldRange {
  std::int64_t least = INT64_MIN;
  std::uint64_t most = UINT64_MAX;
};

inline constexpr FieldRange kLatitude_udeg{-90'000'000, 90'000'000};
inline constexpr FieldRange kLongitude_udeg{-180'000'000, 180'000'000};
/// A share of something.
constexpr FieldRange percent(int decimals) {
  std::uint64_t most = 100;
  for (; decimals > 0; --decimals) most *= 10;
  return {0, most};
}

/// One column. Make it with field(): clang 14 lacks deduction for aggregates.
template <class Row, class T>
struct Field {
  std::string_view path;  ///< JSON path, '.' between levels: "location.lat"
  std::string_view unit;  ///< "ms", "km/h"; empty where none
  T Row::*member;
  int decimals;  ///< digits after the point; the member holds the value × 10^decimals
  FieldRange range;
  bool left_out = false;
};

/// `range`: where the quantity has bounds that its type does not give.
template <class Row, class T>
constexpr Field<Row, T> field(std::string_view path, T Row::*member, int decimals = 0,
                              std::string_view unit = {}, FieldRange range = {}) {
  return {path, unit, member, decimals, range};
}

/// A Maybe that JSON leaves out with its key where it has no value, instead of null: most runs have none. It
/// follows a number of the same object.
template <class Row, class T>
constexpr Field<Row, T> rare_field(std::string_view path, T Row::*member, int decimals,
                                   std::string_view unit) {
  return {path, unit, member, decimals, {}, true};
}

/// Specialise beside each row: `name`, `version` (content version; a change of bytes is a new one) and
/// `fields`, a constexpr tuple of Field. Fields of one nested object stand side by side. `sampled = true`
/// where batches hold many rows about the same thing, each much like the one a moment before
/// (RowBatch::apart).
template <class Row>
struct Schema;

template <class Row>
inline constexpr bool is_sampled = requires {
  requires Schema<Row>::sampled;
};

enum class FieldType : std::uint8_t {
  signed_int,    ///< 1, 2, 4 or 8 bytes, × 10^decimals
  unsigned_int,  ///< likewise
  boolean,
  enumeration,  ///< std::uint8_t index into enum_names
  uuid,
  time_ms,
  time_us,
  date,
  hex32,
  text,
};

/// A column at run time.
struct FieldInfo {
  std::string_view path;
  std::string_view unit;
  FieldType type;
  std::uint8_t size;           ///< bytes of one value
  std::uint8_t decimals;       ///< for the integer types
  std::uint8_t list_limit;     ///< 0: a scalar; else a List of at most so many values of `type`
  std::uint32_t offset;        ///< of the member in the row
  std::uint32_t count_offset;  ///< of List::count in the row; 0 for scalars
  std::span<const std::string_view> enum_names;
  bool may_miss;     ///< a Maybe: the value may be missing
  bool left_out;     ///< … and then JSON has no such key; see rare_field()
  FieldRange range;  ///< of the integer types: within what the type holds
};

struct SchemaInfo {
  std::string_view name;
  int version;
  std::uint32_t row_size;
  std::span<const FieldInfo> fields;
};

/// The run-time description derived from Schema<Row>; one object per Row for the whole program.
template <class Row>
const SchemaInfo& schema_info();

namespace schema_detail {

template <class T>
struct ListTraits {
  using Item = T;
  static constexpr std::uint8_t limit = 0;
};
template <class T, std::size_t N>
struct ListTraits<List<T, N>> {
  using Item = T;
  static constexpr std::uint8_t limit = N;
};

template <class T>
inline constexpr bool is_maybe = false;
template <class T>
inline constexpr bool is_maybe<Maybe<T>> = true;

template <class T>
constexpr FieldType type_of() {
  if constexpr (std::is_same_v<T, bool>)
    return FieldType::boolean;
  else if constexpr (std::is_enum_v<T>)
    return FieldType::enumeration;
  else if constexpr (std::is_integral_v<T>)
    return std::is_signed_v<T> ? FieldType::signed_int : FieldType::unsigned_int;
  else if constexpr (is_maybe<T>) {
    static_assert(std::is_signed_v<decltype(T::value)>, "the value for none is below all others");
    return FieldType::signed_int;
  } else if constexpr (std::is_same_v<T, Uuid>)
    return FieldType::uuid;
  else if constexpr (std::is_same_v<T, TimeMs>)
    return FieldType::time_ms;
  else if constexpr (std::is_same_v<T, TimeUs>)
    return FieldType::time_us;
  else if constexpr (std::is_same_v<T, Date>)
    return FieldType::date;
  else if constexpr (std::is_same_v<T, Hex32>)
    return FieldType::hex32;
  else {
    static_assert(std::is_same_v<T, Text>, "a type that rows cannot carry");
    return FieldType::text;
  }
}

constexpr FieldRange type_range(std::size_t size, bool is_signed) {
  const std::uint64_t all = UINT64_MAX >> (64 - 8 * size);
  if (!is_signed) return {0, all};
  return {-static_cast<std::int64_t>(all >> 1) - 1, all >> 1};
}

template <class Row, class M>
std::uint32_t member_offset(M Row::*member) {
  alignas(Row) static const std::byte storage[sizeof(Row)]{};
  const auto* row = reinterpret_cast<const Row*>(storage);
  return static_cast<std::uint32_t>(reinterpret_cast<const std::byte*>(&(row->*member)) - storage);
}

template <class Row, class M>
FieldInfo describe(const Field<Row, M>& f) {
  using Item = typename ListTraits<M>::Item;
  FieldInfo info{};
  info.path = f.path;
  info.unit = f.unit;
  info.type = type_of<Item>();
  info.size = sizeof(Item);
  info.may_miss = is_maybe<Item>;
  info.left_out = is_maybe<Item> && f.left_out;
  info.decimals = static_cast<std::uint8_t>(f.decimals);
  info.list_limit = ListTraits<M>::limit;
  info.offset = member_offset(f.member);
  if constexpr (ListTraits<M>::limit > 0) {
    info.count_offset = info.offset + static_cast<std::uint32_t>(offsetof(M, count));
    info.offset += static_cast<std::uint32_t>(offsetof(M, items));
  }
  info.range = f.range;
  if (info.type == FieldType::signed_int || info.type == FieldType::unsigned_int) {
    const FieldRange type = type_range(sizeof(Item), info.type == FieldType::signed_int);
    info.range = {std::max(f.range.least, type.least), std::min(f.range.most, type.most)};
    if (info.may_miss) info.range.least = std::max(info.range.least, type.least + 1);  // which means none
  }
  if constexpr (std::is_enum_v<Item>) {
    static_assert(sizeof(Item) == 1, "enums in rows are one byte");
    info.enum_names = EnumNames<Item>::names;
  }
  return info;
}

}  // namespace schema_detail

template <class Row>
const SchemaInfo& schema_info() {
  static_assert(std::is_trivially_copyable_v<Row>);
  static const auto fields = std::apply(
      [](const auto&... f) { return std::array<FieldInfo, sizeof...(f)>{schema_detail::describe(f)...}; },
      Schema<Row>::fields);
  static const SchemaInfo info{Schema<Row>::name, Schema<Row>::version, sizeof(Row), fields};
  return info;
}

}  // namespace racesim
