#include "codec/decode/value.h"

#include <array>
#include <cstring>

#include <fmt/core.h>

#include "base/check.h"
#include "base/parse_text.h"
#include "base/time_text.h"

namespace racesim {
namespace {

constexpr std::size_t kQuotedLimit = 60;
/// Beyond every possible count of digits, so a saturated exponent still compares right.
constexpr std::int64_t kExponentLimit = 1'000'000'000;

/// The parts of a number's text.
struct NumberText {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::int64_t exponent = 0;
};

std::string_view take_digits(std::string_view& rest) {
  std::size_t size = 0;
  while (size < rest.size() && is_digit(rest[size])) ++size;
  const std::string_view digits = rest.substr(0, size);
  rest.remove_prefix(size);
  return digits;
}

bool take(std::string_view& rest, char c) {
  if (rest.empty() || rest.front() != c) return false;
  rest.remove_prefix(1);
  return true;
}

bool split_number(std::string_view rest, NumberText& out) {
  out.negative = take(rest, '-');
  out.whole = take_digits(rest);
  if (out.whole.empty() || (out.whole.size() > 1 && out.whole.front() == '0')) return false;
  if (take(rest, '.')) {
    out.fraction = take_digits(rest);
    if (out.fraction.empty()) return false;
  }
  if (take(rest, 'e') || take(rest, 'E')) {
    const bool minus = take(rest, '-');
    if (!minus) take(rest, '+');
    const std::string_view digits = take_digits(rest);
    if (digits.empty()) return false;
    for (const char c : digits) {
      out.exponent = out.exponent * 10 + (c - '0');
      if (out.exponent > kExponentLimit) out.exponent = kExponentLimit;
    }
    if (minus) out.exponent = -out.exponent;
  }
  return rest.empty();
}

/// Drops zeros from the end while `exponent` is negative. False if other digits stand there.
bool drop_zeros(std::string_view& digits, std::int64_t& exponent) {
  while (exponent < 0 && !digits.empty() && digits.back() == '0') {
    digits.remove_suffix(1);
    ++exponent;
  }
  return exponent >= 0 || digits.empty();
}

bool append_digits(std::string_view digits, std::uint64_t& value) {
  for (const char c : digits) {
    if (__builtin_mul_overflow(value, 10ULL, &value) ||
        __builtin_add_overflow(value, static_cast<std::uint64_t>(c - '0'), &value))
      return false;
  }
  return true;
}

/// `magnitude` × 10^-decimals.
std::string scaled_text(bool negative, std::uint64_t magnitude, int decimals) {
  std::string digits = fmt::format("{:0>{}}", magnitude, decimals + 1);
  if (decimals > 0) digits.insert(digits.size() - static_cast<std::size_t>(decimals), ".");
  return negative ? "-" + digits : digits;
}

std::uint64_t magnitude_of(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? 0 - bits : bits;
}

bool in_range(const FieldRange& range, bool negative, std::uint64_t magnitude) {
  if (negative && magnitude > 0) return range.least < 0 && magnitude <= magnitude_of(range.least);
  return magnitude <= range.most && (range.least <= 0 || magnitude >= magnitude_of(range.least));
}

bool read_number(const FieldInfo& field, const FieldRange& range, std::string_view text, std::byte* to,
                 std::string& why) {
  bool negative = false;
  std::uint64_t magnitude = 0;
  const NumberFault fault = parse_scaled(text, field.decimals, negative, magnitude);
  if (fault == NumberFault::malformed) {
    why = excerpt(text) + " is not a number";
    return false;
  }
  if (fault == NumberFault::more_decimals) {
    why = fmt::format("{} has more decimals than the schema's {}", excerpt(text), field.decimals);
    return false;
  }
  if (fault == NumberFault::too_large || !in_range(range, negative, magnitude)) {
    why = fmt::format("{} is out of range: {} to {}", excerpt(text),
                      scaled_text(range.least < 0, magnitude_of(range.least), field.decimals),
                      scaled_text(false, range.most, field.decimals));
    return false;
  }
  const std::uint64_t value = negative ? 0 - magnitude : magnitude;
  std::memcpy(to, &value, field.size);  // little-endian: the low bytes come first
  return true;
}

/// 0..15, or 0x80 for what is no hex digit.
constexpr auto kHexValue = [] {
  std::array<std::uint8_t, 256> table{};
  for (auto& value : table) value = 0x80;
  for (std::uint8_t i = 0; i < 10; ++i) table['0' + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) table['a' + i] = table['A' + i] = static_cast<std::uint8_t>(10 + i);
  return table;
}();

std::uint8_t hex_value(char c) {
  return kHexValue[static_cast<unsigned char>(c)];
}

bool read_uuid(std::string_view text, std::byte* to, std::string& why) {
  constexpr std::array<std::uint8_t, 16> kPlaces{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
  bool good = text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
  if (good) {
    std::uint8_t faults = 0;
    for (std::size_t i = 0; i < 16; ++i) {
      const std::uint8_t high = hex_value(text[kPlaces[i]]);
      const std::uint8_t low = hex_value(text[kPlaces[i] + 1U]);
      faults |= high | low;
      to[i] = static_cast<std::byte>(high << 4 | low);
    }
    good = (faults & 0x80) == 0;
  }
  if (!good) why = excerpt(text) + " is not a UUID: 32 hex digits as 8-4-4-4-12";
  return good;
}

bool read_hex32(std::string_view text, std::byte* to, std::string& why) {
  std::uint32_t value = 0;
  std::uint8_t faults = 0;
  for (const char c : text) {
    faults |= hex_value(c);
    value = value << 4 | hex_value(c);
  }
  if (text.size() != 8 || (faults & 0x80) != 0) {
    why = excerpt(text) + " is not 8 hex digits";
    return false;
  }
  std::memcpy(to, &value, sizeof value);
  return true;
}

bool read_enum(const FieldInfo& field, std::string_view text, std::byte* to, std::string& why) {
  std::uint8_t value = 0;
  for (const std::string_view name : field.enum_names) {
    if (name == text) {
      *to = static_cast<std::byte>(value);
      return true;
    }
    ++value;
  }
  why = excerpt(text) + " is none of:";
  for (const std::string_view name : field.enum_names) {
    why += ' ';
    why += name;
  }
  return false;
}

bool read_bool(std::string_view text, std::byte* to, std::string& why) {
  const bool value = text == "true";
  if (!value && text != "false") {
    why = excerpt(text) + " is neither true nor false";
    return false;
  }
  std::memcpy(to, &value, sizeof value);
  return true;
}

/// The time parsers quote the text whole.
bool refuse_time(std::string_view text, const Error& error, std::string& why) {
  why = text.size() > kQuotedLimit ? excerpt(text) + " is not a time" : error.what;
  if (!error.hint.empty()) why += " (" + error.hint + ")";
  return false;
}

bool read_time(std::string_view text, int digits, bool offset_form, std::byte* to, std::string& why) {
  const auto parsed = parse_event_time(text, digits, offset_form);
  if (!parsed) return refuse_time(text, parsed.error(), why);
  std::memcpy(to, &*parsed, sizeof *parsed);
  return true;
}

bool read_date(std::string_view text, std::byte* to, std::string& why) {
  const auto parsed = parse_date(text);
  if (!parsed) return refuse_time(text, parsed.error(), why);
  const auto days = static_cast<std::int32_t>(*parsed);  // four-digit years fit
  std::memcpy(to, &days, sizeof days);
  return true;
}

}  // namespace

bool is_number(std::string_view text) {
  NumberText number;
  return split_number(text, number);
}

NumberFault parse_scaled(std::string_view text, int decimals, bool& negative, std::uint64_t& magnitude) {
  NumberText number;
  if (!split_number(text, number)) return NumberFault::malformed;
  negative = number.negative;
  magnitude = 0;
  std::int64_t exponent = number.exponent + decimals - static_cast<std::int64_t>(number.fraction.size());
  if (!drop_zeros(number.fraction, exponent)) return NumberFault::more_decimals;
  if (!drop_zeros(number.whole, exponent)) return NumberFault::more_decimals;
  if (!append_digits(number.whole, magnitude) || !append_digits(number.fraction, magnitude))
    return NumberFault::too_large;
  for (; exponent > 0 && magnitude != 0; --exponent)
    if (__builtin_mul_overflow(magnitude, 10ULL, &magnitude)) return NumberFault::too_large;
  return NumberFault::none;
}

FieldRange range_of(const FieldInfo& field, bool natural) {
  if (natural) return field.range;
  FieldRange range = schema_detail::type_range(field.size, field.type == FieldType::signed_int);
  if (field.may_miss) ++range.least;  // which means none
  return range;
}

bool read_scalar(const FieldInfo& field, std::string_view text, std::byte* to, std::string& why,
                 bool natural_ranges) {
  if (field.may_miss && text.empty()) {
    const std::uint64_t none = std::uint64_t{1} << (8 * field.size - 1);
    std::memcpy(to, &none, field.size);
    return true;
  }
  switch (field.type) {
    case FieldType::signed_int:
    case FieldType::unsigned_int:
      return read_number(field, range_of(field, natural_ranges), text, to, why);
    case FieldType::boolean:
      return read_bool(text, to, why);
    case FieldType::enumeration:
      return read_enum(field, text, to, why);
    case FieldType::uuid:
      return read_uuid(text, to, why);
    case FieldType::time_ms:
      return read_time(text, 3, false, to, why);
    case FieldType::time_us:
      return read_time(text, 6, true, to, why);
    case FieldType::date:
      return read_date(text, to, why);
    case FieldType::hex32:
      return read_hex32(text, to, why);
    case FieldType::text:
      break;
  }
  RACESIM_CHECK(field.type != FieldType::text);
  return false;
}

std::string excerpt(std::string_view text) {
  std::size_t size = text.size();
  if (size > kQuotedLimit) {
    size = kQuotedLimit;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
      --size;  // whole UTF-8 characters
  }
  std::string out = "'";
  for (const char c : text.substr(0, size)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? '?' : c;
  }
  return out + (size < text.size() ? "…'" : "'");
}

}  // namespace racesim
