#include "io/stores/postgres_columns.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "base/time_text.h"
#include "io/stores/list_text.h"
#include "model/load_value.h"

namespace racesim::postgres {
namespace {

constexpr std::int64_t kDaysTo2000 = 10957;  // PostgreSQL counts from 2000-01-01
constexpr std::int64_t kUsTo2000 = kDaysTo2000 * 86'400'000'000;
constexpr std::int64_t kFirstUs = days_from_civil({0, 1, 1}) * 86'400'000'000;
constexpr std::int64_t kEndUs = days_from_civil({10000, 1, 1}) * 86'400'000'000;
constexpr std::int64_t kExactDecimals = 1'000'000'000'000'000;  // 15 digits always come back from a double
constexpr std::size_t kIndexedTextMax = 1000;  // an entry of a B-tree has 2,704 bytes at most
constexpr std::uint8_t kJsonbVersion = 1;
constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                              1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};

// The value of a Maybe that has none: the lowest of its type.
bool has_none(const FieldInfo& f, std::int64_t value) {
  return f.may_miss && value == INT64_MIN >> (64 - 8 * f.size);
}

// Bytes of the whole number's column.
int width_of(FieldType type, int size) {
  if (type == FieldType::signed_int) return size < 2 ? 2 : size;
  return size == 1 ? 2 : size == 2 ? 4 : 8;
}

std::string scalar_type(FieldType type, int size, int decimals) {
  switch (type) {
    case FieldType::signed_int:
    case FieldType::unsigned_int: {
      if (decimals > 0) return "double precision";
      const int width = width_of(type, size);
      return width == 2 ? "smallint" : width == 4 ? "integer" : "bigint";
    }
    case FieldType::boolean:
      return "boolean";
    case FieldType::uuid:
      return "uuid";
    case FieldType::time_ms:
    case FieldType::time_us:
      return "timestamp with time zone";
    case FieldType::date:
      return "date";
    case FieldType::enumeration:
    case FieldType::hex32:
    case FieldType::text:
      break;
  }
  return "text COLLATE \"C\"";  // compared as bytes, which is quick and the same everywhere
}

template <class T>
T big_endian(T value) {
  if constexpr (sizeof(T) == 8) return static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
  if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
  if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
}

void put_bytes(ByteBuffer& to, const void* bytes, std::size_t size) {
  to.reserve_more(size);
  std::memcpy(to.data() + to.size(), bytes, size);
  to.set_size(to.size() + size);
}

void put_size(ByteBuffer& to, std::size_t size) {
  const std::int32_t length = big_endian(static_cast<std::int32_t>(size));
  put_bytes(to, &length, sizeof length);
}

void write_whole(const FieldInfo& f, std::int64_t value, TupleWriter& out) {
  if (has_none(f, value)) return out.null();
  // Both are exact in a double, so the quotient is the double nearest to the decimal number.
  if (f.decimals > 0) return out.real(static_cast<double>(value) / kPowers[f.decimals]);
  switch (width_of(f.type, f.size)) {
    case 2:
      return out.int16(static_cast<std::int16_t>(value));
    case 4:
      return out.int32(static_cast<std::int32_t>(value));
    default:
      return out.int64(value);
  }
}

void write_hex32(std::uint32_t value, TupleWriter& out) {
  char text[8];
  for (int i = 7; i >= 0; --i, value >>= 4) text[i] = "0123456789abcdef"[value & 15];
  out.text({text, sizeof text});
}

void write_field(const FieldInfo& f, const RowBatch& rows, std::size_t row, TupleWriter& out) {
  const std::byte* const at = rows.row_bytes(row) + f.offset;
  if (f.list_limit > 0) {
    std::string list;
    append_list(f, rows, row, list);
    return out.json(list);
  }
  switch (f.type) {
    case FieldType::signed_int:
    case FieldType::unsigned_int:
      return write_whole(f, load_integer(f, at), out);
    case FieldType::boolean:
      return out.boolean(static_cast<bool>(*at));
    case FieldType::enumeration:
      return out.text(f.enum_names[static_cast<std::size_t>(*at)]);
    case FieldType::uuid:
      return out.uuid(load_value<Uuid>(at));
    case FieldType::time_ms:
      return out.time_us(load_value<std::int64_t>(at) * 1000);
    case FieldType::time_us:
      return out.time_us(load_value<std::int64_t>(at));
    case FieldType::date:
      return out.day(load_value<std::int32_t>(at));
    case FieldType::hex32:
      return write_hex32(load_value<std::uint32_t>(at), out);
    case FieldType::text:
      return out.text(rows.text(load_value<Text>(at)));
  }
}

// Big-endian, two's complement, of 2, 4 or 8 bytes.
bool read_whole(std::string_view bytes, std::int64_t& value) {
  if (bytes.size() != 2 && bytes.size() != 4 && bytes.size() != 8) return false;
  std::uint64_t bits = 0;
  for (const char c : bytes) bits = bits << 8 | static_cast<unsigned char>(c);
  const std::size_t unused = 64 - 8 * bytes.size();
  value = static_cast<std::int64_t>(bits << unused) >> unused;
  return true;
}

bool read_hex32(std::string_view text, std::uint32_t& value) {
  if (text.size() != 8) return false;
  value = 0;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (c < 'a' || c > 'f')) return false;
    value = value << 4 | static_cast<std::uint32_t>(is_digit ? c - '0' : c - 'a' + 10);
  }
  return true;
}

// Into the `size` bytes of the member: what does not fit there was not written from it.
bool store_whole(std::byte* at, const FieldInfo& f, std::int64_t value) {
  std::memcpy(at, &value, f.size);
  return f.size == 8 || load_integer(f, at) == value;
}

bool read_number(const FieldInfo& f, std::string_view bytes, std::byte* at) {
  std::int64_t value = 0;
  if (!read_whole(bytes, value)) return false;
  if (f.decimals > 0) {
    const auto stored = std::bit_cast<double>(value);
    if (!(std::abs(stored) * kPowers[f.decimals] <= static_cast<double>(kExactDecimals))) return false;
    value = std::llround(stored * kPowers[f.decimals]);
    if (static_cast<double>(value) / kPowers[f.decimals] != stored) return false;
  }
  return store_whole(at, f, value);
}

bool read_time(const FieldInfo& f, std::string_view bytes, std::byte* at) {
  std::int64_t value = 0;
  if (bytes.size() != 8 || !read_whole(bytes, value)) return false;
  value += kUsTo2000;
  if (f.type == FieldType::time_ms) {
    if (value % 1000 != 0) return false;
    value /= 1000;
  }
  std::memcpy(at, &value, sizeof value);
  return true;
}

bool read_enum(const FieldInfo& f, std::string_view text, std::byte* at) {
  for (std::size_t i = 0; i < f.enum_names.size(); ++i) {
    if (f.enum_names[i] != text) continue;
    *at = static_cast<std::byte>(i);
    return true;
  }
  return false;
}

bool holds_nul(const FieldInfo& f, const RowBatch& rows, std::size_t row) {
  const std::byte* const bytes = rows.row_bytes(row);
  const std::size_t count = f.list_limit > 0 ? static_cast<std::size_t>(bytes[f.count_offset]) : 1;
  for (std::size_t i = 0; i < count; ++i)
    if (rows.text(load_value<Text>(bytes + f.offset + i * f.size)).find('\0') != std::string_view::npos)
      return true;
  return false;
}

}  // namespace

std::string column_name(std::string_view path) {
  std::string name(path);
  for (char& c : name)
    if (c == '.') c = '_';
  return name;
}

std::string column_type(const FieldInfo& f) {
  return f.list_limit > 0 ? "jsonb" : scalar_type(f.type, f.size, f.decimals);
}

std::string column_type(const PlannedColumn& column) {
  return scalar_type(column.type, 8, column.decimals);
}

template <class T>
void TupleWriter::number(T value) {
  put_size(to_, sizeof value);
  value = big_endian(value);
  put_bytes(to_, &value, sizeof value);
}

void TupleWriter::begin(int columns) {
  const auto count = big_endian(static_cast<std::int16_t>(columns));
  put_bytes(to_, &count, sizeof count);
}
void TupleWriter::null() {
  const std::int32_t none = -1;
  put_bytes(to_, &none, sizeof none);
}
void TupleWriter::boolean(bool value) {
  put_size(to_, 1);
  const char byte = value ? 1 : 0;
  put_bytes(to_, &byte, 1);
}
void TupleWriter::int16(std::int16_t value) {
  number(value);
}
void TupleWriter::int32(std::int32_t value) {
  number(value);
}
void TupleWriter::int64(std::int64_t value) {
  number(value);
}
void TupleWriter::real(double value) {
  number(std::bit_cast<std::int64_t>(value));
}
void TupleWriter::text(std::string_view value) {
  put_size(to_, value.size());
  put_bytes(to_, value.data(), value.size());
}
void TupleWriter::uuid(const Uuid& value) {
  put_size(to_, sizeof value.bytes);
  put_bytes(to_, value.bytes.data(), sizeof value.bytes);
}
void TupleWriter::json(std::string_view value) {
  put_size(to_, value.size() + 1);
  put_bytes(to_, &kJsonbVersion, 1);
  put_bytes(to_, value.data(), value.size());
}
void TupleWriter::time_us(std::int64_t epoch_us) {
  number(epoch_us - kUsTo2000);
}
void TupleWriter::day(std::int32_t epoch_days) {
  number(static_cast<std::int32_t>(epoch_days - kDaysTo2000));
}

void append_tuple(const RowBatch& rows, std::size_t i, bool with_ordinal, std::int32_t ordinal,
                  ByteBuffer& to) {
  const std::span<const FieldInfo> fields = rows.schema().fields;
  const std::uint64_t missing = rows.missing.empty() ? 0 : rows.missing[i];
  TupleWriter out(to);
  out.begin(static_cast<int>(fields.size()) + (with_ordinal ? 1 : 0));
  if (with_ordinal) out.int32(ordinal);
  for (std::size_t f = 0; f < fields.size(); ++f) {
    if ((missing >> f & 1) != 0)
      out.null();
    else
      write_field(fields[f], rows, i, out);
  }
}

bool read_value(const FieldInfo& f, std::string_view bytes, bool is_null, RowBatch& rows, std::size_t row) {
  std::byte* const at = rows.row_bytes(row) + f.offset;
  if (is_null) {
    const std::int64_t none = INT64_MIN >> (64 - 8 * f.size);
    if (f.may_miss) std::memcpy(at, &none, f.size);
    return f.may_miss;
  }
  if (f.list_limit > 0) return !bytes.empty() && read_list(f, bytes.substr(1), rows, row);
  switch (f.type) {
    case FieldType::signed_int:
    case FieldType::unsigned_int:
      return read_number(f, bytes, at);
    case FieldType::boolean:
      if (bytes.size() == 1) *at = static_cast<std::byte>(bytes[0]);
      return bytes.size() == 1;
    case FieldType::enumeration:
      return read_enum(f, bytes, at);
    case FieldType::uuid:
      if (bytes.size() == sizeof(Uuid)) std::memcpy(at, bytes.data(), sizeof(Uuid));
      return bytes.size() == sizeof(Uuid);
    case FieldType::time_ms:
    case FieldType::time_us:
      return read_time(f, bytes, at);
    case FieldType::date: {
      std::int64_t days = 0;
      if (!read_whole(bytes, days)) return false;
      const auto since_epoch = static_cast<std::int32_t>(days + kDaysTo2000);
      std::memcpy(at, &since_epoch, sizeof since_epoch);
      return true;
    }
    case FieldType::hex32: {
      std::uint32_t value = 0;
      if (!read_hex32(bytes, value)) return false;
      std::memcpy(at, &value, sizeof value);
      return true;
    }
    case FieldType::text: {
      const Text slice = rows.add_text(bytes);
      std::memcpy(at, &slice, sizeof slice);
      return true;
    }
  }
  return false;
}

std::string why_unfit(const FieldInfo& f, const RowBatch& rows, std::size_t row, bool is_indexed) {
  const std::byte* const at = rows.row_bytes(row) + f.offset;
  const std::string name(f.path);
  if (f.type == FieldType::text && holds_nul(f, rows, row)) return name + ": a text with a NUL is not kept";
  if (f.list_limit > 0) return {};
  if (f.type == FieldType::text && is_indexed && rows.text(load_value<Text>(at)).size() > kIndexedTextMax)
    return name + ": a text of a key has at most " + std::to_string(kIndexedTextMax) + " bytes";
  if (f.type == FieldType::time_ms || f.type == FieldType::time_us) {
    const auto value = load_value<std::int64_t>(at);
    const std::int64_t unit = f.type == FieldType::time_ms ? 1000 : 1;
    if (value < kFirstUs / unit || value >= kEndUs / unit) return name + ": a time is of the years 0 to 9999";
  }
  if (f.type != FieldType::signed_int && f.type != FieldType::unsigned_int) return {};
  const std::int64_t value = load_integer(f, at);
  if (has_none(f, value)) return {};
  if (f.type == FieldType::unsigned_int && value < 0) return name + ": a number beyond 63 bits is not kept";
  if (f.decimals > 0 && (value > kExactDecimals || value < -kExactDecimals))
    return name + ": a decimal number of more than 15 digits is not kept exactly";
  return {};
}

}  // namespace racesim::postgres
