#include "codec/encode/line_protocol.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "codec/encode/put.h"
#include "codec/encode/whole_batch.h"
#include "model/event_id.h"

namespace racesim {

using namespace scalars;

/// The row at hand, and what neighbouring lines share.
struct LineProtocolEncoder::Point {
  put::MinutePrefix minute;
  put::HexText hex;
  std::string_view arena;
  const std::byte* row = nullptr;
  std::uint64_t missing = 0;
  std::optional<EventIdParts> id;  ///< of a row whose number is an event id that racesim made
};

namespace {

constexpr std::size_t kValueBytesMax = 48;  // a UUID between quotes, any number with its sign and type

/// What a byte becomes behind a backslash; 0: it stays as it is.
using Escapes = std::array<char, 256>;
constexpr Escapes escapes_of(std::string_view escaped) {
  Escapes table{};
  for (const char c : escaped) table[static_cast<unsigned char>(c)] = c;
  // A line end would end the point.
  table['\n'] = 'n';
  table['\r'] = 'r';
  return table;
}
constexpr Escapes kTagEscapes = escapes_of(",= \\");
constexpr Escapes kFieldEscapes = escapes_of("\"\\");

char* escaped_text(char* p, std::string_view text, const Escapes& escapes) {
  for (const char c : text) {
    const char escaped = escapes[static_cast<unsigned char>(c)];
    *p = '\\';
    p += escaped != 0;
    *p++ = escaped != 0 ? escaped : c;
  }
  return p;
}

std::string name_of(std::string_view path) {
  std::string name(path);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

const FieldInfo* field_at(const SchemaInfo& schema, std::string_view path) {
  for (const FieldInfo& field : schema.fields)
    if (!path.empty() && field.path == path) return &field;
  return nullptr;
}

bool is_time(FieldType type) {
  return type == FieldType::time_ms || type == FieldType::time_us;
}
bool is_number(FieldType type) {
  return type == FieldType::signed_int || type == FieldType::unsigned_int;
}
bool is_string(const FieldInfo& field) {
  return field.list_limit > 0 || !(is_number(field.type) || field.type == FieldType::boolean);
}

std::size_t value_size_max(const FieldInfo& field) {
  std::size_t size = kValueBytesMax;
  for (const std::string_view name : field.enum_names) size = std::max(size, 2 * name.size());
  return field.list_limit > 0 ? field.list_limit * (size + 3) : size;
}

/// A value that is one of the schema's plain types: a number, a word, an id, a time, without quotes.
char* write_plain(char* p, const FieldInfo& field, PutMagnitude put_number, const std::byte* at,
                  put::MinutePrefix& minute, put::HexText& hex) {
  switch (field.type) {
    case FieldType::unsigned_int:
      return put_number(p, load_unsigned(at, field.size));
    case FieldType::signed_int: {
      const std::int64_t value = load_signed(at, field.size);
      const auto bits = static_cast<std::uint64_t>(value);
      if (value < 0) *p++ = '-';
      return put_number(p, value < 0 ? 0 - bits : bits);
    }
    case FieldType::boolean:
      return copy(p, load<bool>(at) ? "true" : "false");
    case FieldType::enumeration:
      return copy(p, field.enum_names[load<std::uint8_t>(at)]);
    case FieldType::uuid:
      return put::uuid(p, load<Uuid>(at));
    case FieldType::time_ms:
      return put::time_ms(p, load<TimeMs>(at), minute);
    case FieldType::time_us:
      return put::time_us(p, load<TimeUs>(at), minute);
    case FieldType::date:
      return put::date(p, load<Date>(at).days);
    case FieldType::hex32:
      return put::hex32(p, load<Hex32>(at).value, hex);
    case FieldType::text:
      break;  // its bytes are in the arena
  }
  return p;
}

/// A whole number's type: unsigned only where a signed one could not hold it, so that a field keeps its type.
char* write_whole_type(char* p, const FieldInfo& field, const std::byte* at) {
  const bool beyond = field.type == FieldType::unsigned_int && load_unsigned(at, field.size) > INT64_MAX;
  *p++ = beyond ? 'u' : 'i';
  return p;
}

/// The id's 128 bits as a number, mod 1000.
std::uint64_t digits_of(const Uuid& id) {
  std::uint64_t rest = 0;
  for (const std::uint8_t byte : id.bytes) rest = (rest * 256 + byte) % 1000;
  return rest;
}

/// `scale` nanoseconds each; not all times of the calendar's years fit 64 bits.
char* write_nanoseconds(char* p, std::int64_t ticks, std::int64_t scale, std::uint64_t more) {
  const __int128 time = static_cast<__int128>(ticks) * scale + static_cast<__int128>(more);
  const bool negative = time < 0;
  auto magnitude = static_cast<unsigned __int128>(negative ? -time : time);
  if (negative) *p++ = '-';
  if (magnitude <= UINT64_MAX) return put::unsigned_int(p, static_cast<std::uint64_t>(magnitude));
  constexpr std::uint64_t kE18 = 1'000'000'000'000'000'000;
  p = put::unsigned_int(p, static_cast<std::uint64_t>(magnitude / kE18));
  std::array<char, 18> rest;
  auto low = static_cast<std::uint64_t>(magnitude % kE18);
  for (std::size_t i = rest.size(); i-- > 0; low /= 10) rest[i] = static_cast<char>('0' + low % 10);
  return copy(p, {rest.data(), rest.size()});
}

}  // namespace

std::string LineProtocolEncoder::why_not(const SchemaInfo& schema, const TableInfo& table) {
  const FieldInfo* time = field_at(schema, table.time);
  if (time == nullptr || !is_time(time->type))
    return "rows of '" + std::string(schema.name) + "' have no time, which every point of line protocol has";
  return {};
}

LineProtocolEncoder::LineProtocolEncoder(const SchemaInfo& schema, const TableInfo& table)
    : schema_(schema), measurement_(table.name), time_(field_at(schema, table.time)) {
  RACESIM_CHECK(why_not(schema, table).empty());
  const FieldInfo* number = field_at(schema, table.key.number);
  if (number != nullptr && !is_time(number->type)) number_ = number;
  RACESIM_CHECK(number_ == nullptr || number_->type == FieldType::unsigned_int ||
                number_->type == FieldType::uuid);
  for (const FieldInfo& field : schema.fields) {
    Column column = column_of(field);
    row_size_max_ += column.name.size() + 8 + value_size_max(field);
    if (&field == number_) number_missing_ = column.missing_bit;
    if (&field == time_) continue;
    if (is_tag(table, field.path)) {
      RACESIM_CHECK(!field.may_miss && field.list_limit == 0);
      column.before = "," + column.name + "=";
      tags_.push_back(std::move(column));
    } else {
      column.before = column.name + (is_string(field) ? "=\"" : "=");
      fields_.push_back(std::move(column));
    }
  }
  if (number_ != nullptr && number_->type == FieldType::uuid && field_at(schema, "run") == nullptr)
    add_run_of_id();
  row_size_max_ += measurement_.size() + kValueBytesMax;
  // Stores put points with sorted tags away faster.
  std::sort(tags_.begin(), tags_.end(), [](const Column& a, const Column& b) { return a.name < b.name; });
  // A point has at least one field.
  RACESIM_CHECK(std::any_of(fields_.begin(), fields_.end(), [&](const Column& column) {
    return !column.field->may_miss && std::find(table.optional.begin(), table.optional.end(),
                                                column.field->path) == table.optional.end();
  }));
}

LineProtocolEncoder::Column LineProtocolEncoder::column_of(const FieldInfo& field) const {
  const auto index = static_cast<std::size_t>(&field - schema_.fields.data());
  RACESIM_CHECK(field.decimals < kPutMagnitude.size());
  Column column;
  column.name = name_of(field.path);
  column.field = &field;
  column.missing_bit = index < 64 ? std::uint64_t{1} << index : 0;
  column.put_magnitude = kPutMagnitude[field.decimals];
  return column;
}

void LineProtocolEncoder::add_run_of_id() {
  Column run;
  run.name = "run";
  run.before = ",run=";
  run.is_run_of_id = true;
  row_size_max_ += kValueBytesMax;
  tags_.push_back(std::move(run));
}

/// How many bytes a byte of text becomes at most: escaped once, and in a list joined as a cell of CSV before.
std::size_t LineProtocolEncoder::text_growth() const {
  const bool has_list = std::any_of(schema_.fields.begin(), schema_.fields.end(), [](const FieldInfo& f) {
    return f.type == FieldType::text && f.list_limit > 0;
  });
  return has_list ? 8 : 2;
}

void LineProtocolEncoder::encode(const RowBatch& rows, WireBatch& out) const {
  const std::size_t count = rows.size();
  const std::size_t old_count = out.ends.size();
  out.ends.resize(old_count + count);
  out.heads.insert(out.heads.end(), rows.heads.begin(), rows.heads.end());
  out.text.reserve_more(count * row_size_max_ + text_bytes(rows) * text_growth() + put::kPutSlack);
  char* const base = out.text.data();
  char* p = base + out.text.size();
  Point point;
  point.arena = rows.arena;
  for (std::size_t i = 0; i < count; ++i) {
    point.row = rows.row_bytes(i);
    point.missing = rows.missing.empty() ? 0 : rows.missing[i];
    p = write_point(p, point);
    out.ends[old_count + i] = static_cast<std::uint32_t>(p - base);
  }
  // Ends are 32-bit: whoever plans the batches keeps them below 4 GiB.
  RACESIM_CHECK(static_cast<std::uint64_t>(p - base) <= UINT32_MAX);
  out.text.set_size(static_cast<std::size_t>(p - base));
}

char* LineProtocolEncoder::write_point(char* p, Point& point) const {
  if (number_ != nullptr && number_->type == FieldType::uuid)
    point.id = unpack_event_id(load<Uuid>(point.row + number_->offset));
  p = copy(p, measurement_);
  p = write_tags(p, point);
  p = write_fields(p, point);
  *p++ = ' ';
  p = write_time(p, point);
  *p++ = '\n';
  return p;
}

char* LineProtocolEncoder::write_tags(char* p, Point& point) const {
  for (const Column& column : tags_) {
    if ((point.missing & column.missing_bit) != 0) continue;
    char* const begin = p;
    p = copy(p, column.before);
    char* const value = p;
    p = write_tag(p, column, point);
    // Line protocol knows no empty tags: one that is not there means the same.
    if (p == value) p = begin;
  }
  return p;
}

char* LineProtocolEncoder::write_tag(char* p, const Column& column, Point& point) const {
  if (column.is_run_of_id) return point.id ? put::hex32(p, point.id->run, point.hex) : p;
  const FieldInfo& field = *column.field;
  const std::byte* const at = point.row + field.offset;
  if (field.type == FieldType::text) {
    const auto slice = load<Text>(at);
    return escaped_text(p, point.arena.substr(slice.offset, slice.size), kTagEscapes);
  }
  return write_plain(p, field, column.put_magnitude, at, point.minute, point.hex);
}

char* LineProtocolEncoder::write_fields(char* p, Point& point) const {
  char before = ' ';
  for (const Column& column : fields_) {
    const FieldInfo& field = *column.field;
    if ((point.missing & column.missing_bit) != 0) continue;
    if (field.may_miss && load_signed(point.row + field.offset, field.size) == none_of_size(field.size))
      continue;
    *p++ = before;
    before = ',';
    p = copy(p, column.before);
    p = write_field(p, column, point);
  }
  return p;
}

char* LineProtocolEncoder::write_field(char* p, const Column& column, Point& point) const {
  const FieldInfo& field = *column.field;
  const std::byte* const at = point.row + field.offset;
  if (field.list_limit > 0) {
    p = write_list(p, field, point);
  } else if (field.type == FieldType::text) {
    const auto slice = load<Text>(at);
    p = escaped_text(p, point.arena.substr(slice.offset, slice.size), kFieldEscapes);
  } else {
    p = write_plain(p, field, column.put_magnitude, at, point.minute, point.hex);
    if (is_number(field.type) && field.decimals == 0) p = write_whole_type(p, field, at);
  }
  if (is_string(field)) *p++ = '"';
  return p;
}

/// The items as CSV has them in one cell.
char* LineProtocolEncoder::write_list(char* p, const FieldInfo& field, Point& point) const {
  const auto count = static_cast<std::size_t>(point.row[field.count_offset]);
  const std::byte* const first = point.row + field.offset;
  if (field.type == FieldType::text) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < count; ++i) size += 4 * load<Text>(first + i * field.size).size + 4;
    std::string cell(size + put::kPutSlack, '\0');
    char* end = cell.data();
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) *end++ = ';';
      const auto slice = load<Text>(first + i * field.size);
      end = put::csv_text(end, point.arena.substr(slice.offset, slice.size));
    }
    end = put::csv_list(cell.data(), end, count);
    return escaped_text(p, {cell.data(), static_cast<std::size_t>(end - cell.data())}, kFieldEscapes);
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) *p++ = ';';
    p = write_plain(p, field, kPutMagnitude[field.decimals], first + i * field.size, point.minute, point.hex);
  }
  return p;
}

std::uint64_t LineProtocolEncoder::last_digits(const Point& point) const {
  if (number_ == nullptr || (point.missing & number_missing_) != 0) return 0;
  if (point.id) return point.id->seq % 1000;
  const std::byte* const at = point.row + number_->offset;
  if (number_->type == FieldType::uuid) return digits_of(load<Uuid>(at));
  return load_unsigned(at, number_->size) % 1000;
}

char* LineProtocolEncoder::write_time(char* p, const Point& point) const {
  const std::byte* const at = point.row + time_->offset;
  const std::int64_t scale = time_->type == FieldType::time_ms ? 1'000'000 : 1000;
  return write_nanoseconds(p, load<std::int64_t>(at), scale, last_digits(point));
}

}  // namespace racesim
