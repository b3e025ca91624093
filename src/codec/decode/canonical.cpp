#include "codec/decode/canonical.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "base/time_text.h"
#include "codec/decode/check.h"
#include "codec/decode/value.h"

namespace racesim {
namespace {

constexpr std::uint64_t kEachByte = 0x0101010101010101;
constexpr std::uint64_t kHighBits = 0x8080808080808080;
constexpr std::uint64_t kZeros = kEachByte * '0';
constexpr int kMostDigits = 18;          ///< of a number that is read here: it fits 63 bits
constexpr std::size_t kMinuteSize = 17;  ///< "2026-07-05T14:18:"
constexpr std::uint64_t kPowers[] = {1,       10,        100,        1000,        10'000,
                                     100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};
constexpr int kMostDecimals = 9;

std::uint64_t load8(const char* p) {
  std::uint64_t word;
  std::memcpy(&word, p, 8);
  return word;
}

/// Of eight characters, as load8() sees them.
constexpr std::uint64_t word_of(const char (&text)[9]) {
  std::uint64_t word = 0;
  for (int i = 0; i < 8; ++i) word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  return word;
}

bool is_integer(FieldType type) {
  return type == FieldType::signed_int || type == FieldType::unsigned_int;
}

bool is_string(FieldType type) {
  return !is_integer(type) && type != FieldType::boolean;
}

/// The digits that eight bytes begin with.
struct Digits {
  std::uint32_t count = 0;
  std::uint64_t value = 0;
};

/// The value of eight digits, the first one in the lowest byte, each without its '0'.
std::uint64_t eight_digits_value(std::uint64_t digits) {
  const std::uint64_t pairs = digits * 10 + (digits >> 8);
  constexpr std::uint64_t kMask = 0x000000ff000000ff;
  return ((pairs & kMask) * 0x000f424000000064 + ((pairs >> 16) & kMask) * 0x0000271000000001) >> 32;
}

/// Marks the bytes, which are without their '0', that are no digits. Only the lowest mark is sure.
std::uint64_t no_digits(std::uint64_t bytes) {
  return ((bytes + 0x7676767676767676) | bytes) & kHighBits;
}

Digits read_digits(const char* p) {
  const std::uint64_t bytes = load8(p) ^ kZeros;
  const std::uint64_t ends = no_digits(bytes);
  const auto count = ends == 0 ? 8U : static_cast<std::uint32_t>(std::countr_zero(ends)) / 8;
  if (count == 0) return {};
  return {count, eight_digits_value(bytes << (8 * (8 - count)))};
}

/// The same of 24 bytes; the value is right up to kMostDigits.
Digits read_long_digits(const char* p) {
  Digits all = read_digits(p);
  for (int part = 0; all.count % 8 == 0 && all.count > 0 && part < 2; ++part) {
    const Digits more = read_digits(p + all.count);
    if (more.count == 0) break;
    all = {all.count + more.count, all.value * kPowers[more.count] + more.value};
  }
  return all;
}

/// Behind a number with so many decimals or fewer. Null: there is none, or none between `least` and `most`.
const char* read_number(const char* p, int decimals, std::int64_t least, std::int64_t most,
                        std::int64_t& value) {
  const bool negative = *p == '-';
  p += negative ? 1 : 0;
  Digits whole = read_digits(p);
  if (whole.count == 8) [[unlikely]]
    whole = read_long_digits(p);
  if (whole.count == 0 || static_cast<int>(whole.count) + decimals > kMostDigits) return nullptr;
  if (*p == '0' && whole.count > 1) return nullptr;
  p += whole.count;
  std::uint64_t magnitude = whole.value * kPowers[decimals];
  if (decimals > 0 && *p == '.') {
    ++p;
    const Digits fraction = decimals > 8 ? read_long_digits(p) : read_digits(p);
    const int left = decimals - static_cast<int>(fraction.count);
    if (fraction.count == 0 || left < 0) return nullptr;
    p += fraction.count;
    magnitude += fraction.value * kPowers[left];
  }
  value = negative ? -static_cast<std::int64_t>(magnitude) : static_cast<std::int64_t>(magnitude);
  return value < least || value > most ? nullptr : p;
}

void store(std::byte* to, std::int64_t value, std::uint8_t size) {
  switch (size) {  // little-endian: the low bytes come first
    case 1:
      *to = static_cast<std::byte>(value);
      return;
    case 2:
      std::memcpy(to, &value, 2);
      return;
    case 4:
      std::memcpy(to, &value, 4);
      return;
    default:
      std::memcpy(to, &value, 8);
  }
}

/// Behind null, as the missing value of a Maybe.
const char* read_missing(const char* p, std::uint8_t size, std::byte* to) {
  if (std::memcmp(p, "null", 4) != 0) return nullptr;
  store(to, INT64_MIN >> (64 - 8 * size), size);
  return p + 4;
}

const char* read_boolean(const char* p, std::byte* to) {
  const bool value = *p == 't';
  std::memcpy(to, &value, sizeof value);
  if (value) return std::memcmp(p, "true", 4) == 0 ? p + 4 : nullptr;
  return std::memcmp(p, "false", 5) == 0 ? p + 5 : nullptr;
}

/// At the quote that ends a string without escapes. Null: it has escapes, or is not UTF-8.
const char* string_end(const char* p) {
  const char* const begin = p;
  bool is_ascii = true;
  while (true) {
    const std::uint64_t bytes = load8(p);
    const std::uint64_t quote = bytes ^ (kEachByte * '"'), escape = bytes ^ (kEachByte * '\\');
    // The lowest mark of each kind is sure, so the lowest of all is.
    const std::uint64_t marks = (((quote - kEachByte) & ~quote) | ((escape - kEachByte) & ~escape) |
                                 ((bytes - kEachByte * 0x20) & ~bytes) | bytes) &
                                kHighBits;
    if (marks == 0) {
      p += 8;
      continue;
    }
    p += std::countr_zero(marks) / 8;
    if (*p == '"') break;
    if ((static_cast<unsigned char>(*p) & 0x80) == 0) return nullptr;
    is_ascii = false;
    ++p;
  }
  return is_ascii || valid_utf8({begin, static_cast<std::size_t>(p - begin)}) ? p : nullptr;
}

const char* read_text(const char* p, std::byte* to, RowBatch& good) {
  const char* const end = string_end(p);
  if (end == nullptr || good.arena.size() + static_cast<std::size_t>(end - p) > UINT32_MAX) return nullptr;
  const Text text = good.add_text({p, static_cast<std::size_t>(end - p)});
  std::memcpy(to, &text, sizeof text);
  return end;
}

const char* read_other(const FieldInfo& field, const char* p, std::byte* to) {
  const char* const end = string_end(p);
  std::string why;
  if (end == nullptr || !read_scalar(field, {p, static_cast<std::size_t>(end - p)}, to, why)) return nullptr;
  return end;
}

/// The seconds that begin a minute's rest, × 10^Digits. False: they are not "03.450Z" or "12.789012+00:00".
template <int Digits>
bool read_seconds(const char* p, std::int64_t& value) {
  static_assert(Digits == 3 || Digits == 6);
  // What is left of a byte is a digit's value where one belongs, else 0.
  const std::uint64_t first = load8(p) ^ word_of(Digits == 3 ? "00.000Z\"" : "00.00000");
  constexpr std::uint64_t kSigns = Digits == 3 ? 0xffff000000ff0000 : 0x0000000000ff0000;
  if ((no_digits(first) | (first & kSigns)) != 0) return false;
  const auto digit = [](std::uint64_t word, int i) {
    return static_cast<std::int64_t>(word >> (8 * i) & 0xff);
  };
  const std::int64_t seconds = digit(first, 0) * 10 + digit(first, 1);
  if (seconds >= 60) return false;
  std::int64_t fraction = digit(first, 3) * 100 + digit(first, 4) * 10 + digit(first, 5);
  if constexpr (Digits == 6) {
    const std::uint64_t second = load8(p + 8) ^ word_of("0+00:00\"");
    if (second > 9) return false;
    fraction =
        fraction * 1000 + digit(first, 6) * 100 + digit(first, 7) * 10 + static_cast<std::int64_t>(second);
  }
  value = seconds * static_cast<std::int64_t>(kPowers[Digits]) + fraction;
  return true;
}

}  // namespace

CanonicalReader::CanonicalReader(const SchemaInfo& schema, const DecoderOptions& options, Spacing spacing)
    : has_optional_(!options.optional.empty()),
      natural_ranges_(options.natural_ranges),
      is_spaced_(spacing == Spacing::single) {
  const std::string comma = is_spaced_ ? ", " : ",", colon = is_spaced_ ? "\": " : "\":";
  std::string literal = "{";
  std::string_view open;  // path of the object that is open, with its last '.'
  for (const FieldInfo& field : schema.fields) {
    while (!field.path.starts_with(open)) {
      literal += '}';
      open = open.substr(0, open.substr(0, open.size() - 1).rfind('.') + 1);
    }
    if (!steps_.empty()) literal += comma;
    std::size_t from = open.size();
    for (std::size_t dot = field.path.find('.', from); dot != std::string_view::npos;
         dot = field.path.find('.', from)) {
      literal += '"' + std::string(field.path.substr(from, dot - from)) + colon + '{';
      from = dot + 1;
    }
    open = field.path.substr(0, from);
    literal += '"' + std::string(field.path.substr(from)) + colon;
    if (field.list_limit > 0) literal += '[';
    const bool is_quoted = field.list_limit == 0 && is_string(field.type);
    if (is_quoted) literal += '"';
    add_step(field, literal);
    literal = is_quoted ? "\"" : "";
  }
  literal.append(1 + static_cast<std::size_t>(std::count(open.begin(), open.end(), '.')), '}');
  add_literal(steps_.emplace_back(), literal);
}

void CanonicalReader::add_step(const FieldInfo& field, const std::string& literal) {
  Step step;
  step.field = &field;
  step.offset = field.offset;
  step.count_offset = field.count_offset;
  step.size = field.size;
  step.decimals = field.decimals;
  step.list_limit = field.list_limit;
  step.may_miss = field.may_miss;
  step.left_out = field.left_out;
  RACESIM_CHECK(!field.left_out || literal.front() == ',');
  step.is_quoted = is_string(field.type);
  step.value = Value::other;
  if (is_integer(field.type)) {
    RACESIM_CHECK(field.decimals <= kMostDecimals);
    step.value = Value::number;
    const FieldRange range = range_of(field, natural_ranges_);
    step.least = range.least;
    step.most = static_cast<std::int64_t>(std::min<std::uint64_t>(range.most, INT64_MAX));
  } else if (field.type == FieldType::boolean) {
    step.value = Value::boolean;
  } else if (field.type == FieldType::text) {
    step.value = Value::text;
  } else if (field.type == FieldType::enumeration) {
    add_names(step);
  } else if (field.type == FieldType::time_ms || field.type == FieldType::time_us) {
    step.value = field.type == FieldType::time_ms ? Value::time_ms : Value::time_us;
    step.detail = static_cast<std::uint32_t>(minutes_.size());
    minutes_.emplace_back();
  }
  add_literal(step, literal);
  steps_.push_back(step);
}

/// Where all names are short; others are read as other strings are.
void CanonicalReader::add_names(Step& step) {
  const auto names = step.field->enum_names;
  if (std::any_of(names.begin(), names.end(), [](std::string_view name) { return name.size() > 7; })) return;
  step.value = Value::enumeration;
  step.detail = static_cast<std::uint32_t>(names_.size());
  step.names = static_cast<std::uint8_t>(names.size());
  for (const std::string_view name : names) {
    const std::string quoted = std::string(name) + '"';
    Name& added = names_.emplace_back();
    std::memcpy(&added.word, quoted.data(), quoted.size());
    added.mask = UINT64_MAX >> (64 - 8 * quoted.size());
    added.size = static_cast<std::uint32_t>(name.size());
  }
}

void CanonicalReader::add_literal(Step& step, const std::string& text) {
  const std::size_t words = (text.size() + 7) / 8;
  step.literal = static_cast<std::uint32_t>(literals_.size());
  step.literal_size = static_cast<std::uint32_t>(text.size());
  step.last_mask = UINT64_MAX >> (64 * words - 8 * text.size());
  literals_.resize(literals_.size() + words);
  std::memcpy(literals_.data() + step.literal, text.data(), text.size());
}

bool CanonicalReader::read(std::string_view text, RowBatch& good) {
  const std::size_t index = good.size();
  const std::size_t arena_size = good.arena.size();
  good.resize(index + 1);
  std::byte* const row = good.row_bytes(index);
  std::memset(row, 0, good.schema().row_size);  // equal rows are equal in their padding too
  if (read_fields(text.data(), row, good) == text.data() + text.size()) {
    if (has_optional_) good.missing.push_back(0);
    return true;
  }
  good.resize(index);
  good.arena.resize(arena_size);
  return false;
}

/// Moves `p` behind the text in front of a value; false: something else stands there, and `p` stays.
bool CanonicalReader::take_literal(const Step& step, const char*& p) const {
  const std::uint64_t* literal = literals_.data() + step.literal;
  std::uint32_t left = step.literal_size;
  const char* at = p;
  for (; left > 8; left -= 8, at += 8)
    if (load8(at) != *literal++) return false;
  if (((load8(at) ^ *literal) & step.last_mask) != 0) return false;
  p = at + left;
  return true;
}

/// Behind the record, or null.
const char* CanonicalReader::read_fields(const char* p, std::byte* row, RowBatch& good) {
  for (const Step& step : steps_) {
    if (!take_literal(step, p)) {
      if (!step.left_out) return nullptr;
      store(row + step.offset, INT64_MIN >> (64 - 8 * step.size), step.size);
      continue;
    }
    if (step.value == Value::end) return p;
    p = step.list_limit > 0 ? read_list(step, p, row, good) : read_value(step, p, row + step.offset, good);
    if (p == nullptr) return nullptr;
  }
  return nullptr;
}

const char* CanonicalReader::read_list(const Step& step, const char* p, std::byte* row, RowBatch& good) {
  std::uint8_t count = 0;
  while (*p != ']') {
    if (count == step.list_limit) return nullptr;
    if (count > 0 && *p++ != ',') return nullptr;
    if (count > 0 && is_spaced_ && *p++ != ' ') return nullptr;
    if (step.is_quoted && *p++ != '"') return nullptr;
    p = read_value(step, p, row + step.offset + std::size_t{count} * step.size, good);
    if (p == nullptr || (step.is_quoted && *p++ != '"')) return nullptr;
    ++count;
  }
  row[step.count_offset] = static_cast<std::byte>(count);
  return p + 1;
}

/// Behind the value; of a string, at its closing quote. Null: it is not read here.
const char* CanonicalReader::read_value(const Step& step, const char* p, std::byte* to, RowBatch& good) {
  switch (step.value) {
    case Value::number: {
      if (step.may_miss && *p == 'n') return read_missing(p, step.size, to);
      std::int64_t value = 0;
      p = read_number(p, step.decimals, step.least, step.most, value);
      if (p != nullptr) store(to, value, step.size);
      return p;
    }
    case Value::boolean:
      return read_boolean(p, to);
    case Value::enumeration:
      return read_name(step, p, to);
    case Value::time_ms:
      return read_time<3>(minutes_[step.detail], p, to);
    case Value::time_us:
      return read_time<6>(minutes_[step.detail], p, to);
    case Value::text:
      return read_text(p, to, good);
    case Value::other:
      return read_other(*step.field, p, to);
    case Value::end:
      break;
  }
  return nullptr;
}

const char* CanonicalReader::read_name(const Step& step, const char* p, std::byte* to) const {
  const std::uint64_t word = load8(p);
  for (std::uint8_t value = 0; value < step.names; ++value) {
    const Name& name = names_[step.detail + value];
    if (((word ^ name.word) & name.mask) != 0) continue;
    *to = static_cast<std::byte>(value);
    return p + name.size;
  }
  return nullptr;
}

template <int Digits>
const char* CanonicalReader::read_time(Minute& minute, const char* p, std::byte* to) {
  constexpr std::int64_t kScale = kPowers[Digits];
  constexpr std::size_t kSize = kMinuteSize + (Digits == 3 ? 7 : 15);
  std::int64_t value = 0;
  if (std::memcmp(p, minute.text, kMinuteSize) == 0 && read_seconds<Digits>(p + kMinuteSize, value)) {
    value += minute.start_s * kScale;
  } else {
    const char* const end = string_end(p);
    if (end != p + kSize) return nullptr;
    const auto parsed = parse_event_time({p, kSize}, Digits, Digits == 6);
    if (!parsed || !read_seconds<Digits>(p + kMinuteSize, value)) return nullptr;
    std::memcpy(minute.text, p, kMinuteSize);
    minute.start_s = (*parsed - value) / kScale;
    value = *parsed;
  }
  std::memcpy(to, &value, sizeof value);
  return p + kSize;
}

}  // namespace racesim
