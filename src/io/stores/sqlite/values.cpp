#include "io/stores/sqlite/values.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>

#include "base/time_text.h"
#include "io/stores/list_text.h"
#include "model/load_value.h"

namespace racesim::sqlite {
namespace {

constexpr std::int64_t kSecondsOfDay = 86'400;
constexpr std::string_view kHexDigits = "0123456789abcdef";

void put_two(char* to, std::int64_t value) {
  to[0] = static_cast<char>('0' + value / 10);
  to[1] = static_cast<char>('0' + value % 10);
}

std::size_t put_date(std::int64_t days, char* to) {
  const CivilDate date = civil_from_days(days);
  put_two(to, date.year / 100);
  put_two(to + 2, date.year % 100);
  to[4] = '-';
  put_two(to + 5, date.month);
  to[7] = '-';
  put_two(to + 8, date.day);
  return 10;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool read_uuid(std::string_view text, std::byte* at) {
  if (text.size() != 36) return false;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return false;
      continue;
    }
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    at[bytes++] = static_cast<std::byte>(high * 16 + low);
    i += 2;
  }
  return true;
}

bool read_hex32(std::string_view text, std::byte* at) {
  std::uint32_t value = 0;
  for (const char c : text) {
    const int digit = hex_digit(c);
    if (digit < 0) return false;
    value = value << 4 | static_cast<std::uint32_t>(digit);
  }
  std::memcpy(at, &value, sizeof value);
  return text.size() == 8;
}

bool read_enum(const FieldInfo& field, std::string_view text, std::byte* at) {
  const auto found = std::find(field.enum_names.begin(), field.enum_names.end(), text);
  *at = static_cast<std::byte>(found - field.enum_names.begin());
  return found != field.enum_names.end();
}

bool read_time(const FieldInfo& field, std::string_view text, std::byte* at) {
  const bool is_ms = field.type == FieldType::time_ms;
  const Result<std::int64_t> time = parse_event_time(text, is_ms ? 3 : 6, !is_ms);
  if (time) std::memcpy(at, &*time, sizeof *time);
  return time.has_value();
}

/// One value that is neither text nor number.
bool read_scalar(const FieldInfo& field, std::string_view text, std::byte* at) {
  switch (field.type) {
    case FieldType::uuid:
      return read_uuid(text, at);
    case FieldType::hex32:
      return read_hex32(text, at);
    case FieldType::enumeration:
      return read_enum(field, text, at);
    case FieldType::time_ms:
    case FieldType::time_us:
      return read_time(field, text, at);
    case FieldType::date: {
      const Result<std::int64_t> days = parse_date(text);
      if (days) {
        const auto value = static_cast<std::int32_t>(*days);
        std::memcpy(at, &value, sizeof value);
      }
      return days.has_value();
    }
    default:
      return false;
  }
}

bool read_number(const FieldInfo& field, sqlite3_stmt* statement, int column, std::byte* at) {
  const int type = sqlite3_column_type(statement, column);
  std::int64_t value = 0;
  if (field.decimals > 0) {
    if (type != SQLITE_FLOAT) return false;
    const double kept = sqlite3_column_double(statement, column);
    const double power = power_of_ten(field.decimals);
    if (!(std::fabs(kept * power) <= static_cast<double>(kMostScaled))) return false;
    value = std::llround(kept * power);
    if (static_cast<double>(value) / power != kept) return false;
  } else {
    if (type != SQLITE_INTEGER) return false;
    value = sqlite3_column_int64(statement, column);
  }
  store_integer(field, at, value);
  return load_integer(field, at) == value;
}

bool read_value(const FieldInfo& field, sqlite3_stmt* statement, int column, RowBatch& rows, std::size_t i) {
  std::byte* const at = rows.row_bytes(i) + field.offset;
  const int type = sqlite3_column_type(statement, column);
  if (field.type == FieldType::boolean && field.list_limit == 0) {
    const std::int64_t value = sqlite3_column_int64(statement, column);
    *at = static_cast<std::byte>(value);
    return type == SQLITE_INTEGER && (value == 0 || value == 1);
  }
  if (storage_of(field) != Storage::text) return read_number(field, statement, column, at);
  if (type != SQLITE_TEXT) return false;
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  const std::string_view text = size == 0 ? std::string_view() : std::string_view(bytes, size);
  if (field.list_limit > 0) return read_list(field, text, rows, i);
  if (field.type != FieldType::text) return read_scalar(field, text, at);
  const Text slice = rows.add_text(text);
  std::memcpy(at, &slice, sizeof slice);
  return true;
}

void set_missing(RowBatch& rows, std::size_t field_index, std::size_t i) {
  rows.missing.resize(rows.size());
  if (field_index < 64) rows.missing[i] |= 1ULL << field_index;
}

bool same_item(const RowBatch& a, const std::byte* at_a, const RowBatch& b, const std::byte* at_b,
               const FieldInfo& field) {
  if (field.type == FieldType::text) return a.text(load_value<Text>(at_a)) == b.text(load_value<Text>(at_b));
  return std::memcmp(at_a, at_b, field.size) == 0;
}

/// A JSON string.
void append_quoted(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20)
      out.append("\\u00").append(1, kHexDigits[byte >> 4]).append(1, kHexDigits[byte & 15]);
    else if (c == '"' || c == '\\')
      out.append(1, '\\').append(1, c);
    else
      out += c;
  }
  out += '"';
}

std::uint64_t missing_of(const RowBatch& rows, std::size_t i) {
  return rows.missing.empty() ? 0 : rows.missing[i];
}

}  // namespace

double power_of_ten(int decimals) {
  double power = 1;
  for (; decimals > 0; --decimals) power *= 10;
  return power;
}

void store_integer(const FieldInfo& field, std::byte* at, std::int64_t value) {
  // Little-endian: the low bytes come first.
  std::memcpy(at, &value, field.size);
}

std::int64_t load_time_us(const FieldInfo& field, const std::byte* at) {
  switch (field.type) {
    case FieldType::time_ms:
      return load_value<std::int64_t>(at) * 1000;
    case FieldType::date:
      return load_value<std::int32_t>(at) * kSecondsOfDay * 1'000'000;
    default:
      return load_value<std::int64_t>(at);
  }
}

std::size_t ValueText::put_time(std::int64_t units, std::int64_t per_second, int digits, char* to) {
  const std::int64_t per_day = per_second * kSecondsOfDay;
  std::int64_t day = units / per_day;
  std::int64_t rest = units % per_day;
  if (rest < 0) {
    --day;
    rest += per_day;
  }
  if (day != day_) {
    put_date(day, date_.data());
    day_ = day;
  }
  std::memcpy(to, date_.data(), date_.size());
  const std::int64_t seconds = rest / per_second;
  std::int64_t fraction = rest % per_second;
  to[10] = 'T';
  put_two(to + 11, seconds / 3600);
  to[13] = ':';
  put_two(to + 14, seconds / 60 % 60);
  to[16] = ':';
  put_two(to + 17, seconds % 60);
  to[19] = '.';
  for (int i = digits; i-- > 0; fraction /= 10) to[20 + i] = static_cast<char>('0' + fraction % 10);
  return 20 + static_cast<std::size_t>(digits);
}

std::size_t ValueText::put(const FieldInfo& field, const std::byte* at, char* to) {
  switch (field.type) {
    case FieldType::time_ms: {
      const std::size_t size = put_time(load_value<std::int64_t>(at), 1'000, 3, to);
      to[size] = 'Z';
      return size + 1;
    }
    case FieldType::time_us: {
      const std::size_t size = put_time(load_value<std::int64_t>(at), 1'000'000, 6, to);
      std::memcpy(to + size, "+00:00", 6);
      return size + 6;
    }
    case FieldType::date:
      return put_date(load_value<std::int32_t>(at), to);
    case FieldType::hex32: {
      const auto value = load_value<std::uint32_t>(at);
      for (unsigned i = 0; i < 8; ++i) to[i] = kHexDigits[value >> (28 - 4 * i) & 15];
      return 8;
    }
    case FieldType::uuid: {
      std::size_t size = 0;
      for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) to[size++] = '-';
        const auto byte = static_cast<unsigned>(at[i]);
        to[size++] = kHexDigits[byte >> 4];
        to[size++] = kHexDigits[byte & 15];
      }
      return size;
    }
    default:
      return 0;  // the others are no such texts
  }
}

void append_json(const RowBatch& rows, const FieldInfo& field, const std::byte* at, std::string& out) {
  if (storage_of(field) != Storage::text) {
    out += std::to_string(load_integer(field, at));
  } else if (field.type == FieldType::text) {
    append_quoted(rows.text(load_value<Text>(at)), out);
  } else if (field.type == FieldType::enumeration) {
    append_quoted(field.enum_names[static_cast<std::size_t>(*at)], out);
  } else {
    std::array<char, ValueText::kMost> text;
    out.append(1, '"').append(text.data(), ValueText().put(field, at, text.data())).append(1, '"');
  }
}

std::string time_text(const FieldInfo& field, std::int64_t us) {
  std::array<std::byte, 8> value;
  const std::int64_t down = us >= 0 ? us / 1000 : -((-us + 999) / 1000);
  const std::int64_t units = field.type == FieldType::time_ms ? down : us;
  std::memcpy(value.data(), &units, sizeof units);
  std::array<char, ValueText::kMost> text;
  return {text.data(), ValueText().put(field, value.data(), text.data())};
}

void read_column(const FieldInfo& field, std::size_t field_index, sqlite3_stmt* statement, int column,
                 RowBatch& rows, std::size_t i) {
  const int type = sqlite3_column_type(statement, column);
  if (type == SQLITE_NULL && field.may_miss)
    return store_integer(field, rows.row_bytes(i) + field.offset, INT64_MIN >> (64 - 8 * field.size));
  if (type != SQLITE_NULL && read_value(field, statement, column, rows, i)) return;
  std::memset(rows.row_bytes(i) + field.offset, 0, field.size);
  if (field.list_limit > 0) rows.row_bytes(i)[field.count_offset] = std::byte{0};
  set_missing(rows, field_index, i);
}

bool same_row(const RowBatch& a, std::size_t row_a, const RowBatch& b, std::size_t row_b) {
  if (missing_of(a, row_a) != missing_of(b, row_b)) return false;
  for (const FieldInfo& field : a.schema().fields) {
    const std::byte* const bytes_a = a.row_bytes(row_a);
    const std::byte* const bytes_b = b.row_bytes(row_b);
    std::size_t items = 1;
    if (field.list_limit > 0) {
      items = static_cast<std::size_t>(bytes_a[field.count_offset]);
      if (items != static_cast<std::size_t>(bytes_b[field.count_offset])) return false;
    }
    for (std::size_t i = 0; i < items; ++i) {
      const std::size_t offset = field.offset + i * field.size;
      if (!same_item(a, bytes_a + offset, b, bytes_b + offset, field)) return false;
    }
  }
  return true;
}

}  // namespace racesim::sqlite
