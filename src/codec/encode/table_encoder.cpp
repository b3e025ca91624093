#include "codec/encode/table_encoder.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "codec/encode/fragments.h"
#include "codec/encode/put.h"
#include "codec/encode/scalars.h"
#include "codec/encode/whole_batch.h"

namespace racesim {

using namespace scalars;

/// What neighbouring lines share.
struct TableEncoder::State {
  put::MinutePrefix minute;
  put::HexText hex;
  std::string_view arena;
};

namespace {

struct TextOut {
  std::string text;
  void add(std::string_view piece) { text += piece; }
};

std::string between(TextFormat format, const FieldInfo* before, const FieldInfo* here) {
  const auto seen = [](const FieldInfo* f) {
    return f == nullptr ? fragments::Neighbour{}
                        : fragments::Neighbour{f->path, f->list_limit == 0 && fragments::is_quoted(f->type)};
  };
  const fragments::Neighbour left = seen(before), right = seen(here);
  TextOut out;
  (format == TextFormat::json ? &fragments::add_json<TextOut>
                              : &fragments::add_csv<TextOut>)(out, before == nullptr ? nullptr : &left,
                                                              here == nullptr ? nullptr : &right);
  return std::move(out.text);
}

/// Bytes that one value takes at most; text is counted apart.
std::size_t size_max(const FieldInfo& f) {
  std::size_t size = 40;  // a UUID has 36
  if (f.type == FieldType::enumeration) {
    size = 0;
    for (const std::string_view name : f.enum_names) size = std::max(size, name.size());
  }
  return f.list_limit > 0 ? 2 + f.list_limit * (size + 3) : size;
}

}  // namespace

TableEncoder::TableEncoder(const SchemaInfo& schema, TextFormat format) : schema_(schema), format_(format) {
  const FieldInfo* before = nullptr;
  for (const FieldInfo& f : schema.fields) {
    RACESIM_CHECK(f.decimals < kPutMagnitude.size());
    RACESIM_CHECK(!f.left_out || before != nullptr);
    columns_.push_back({between(format, before, &f), &f, kPutMagnitude[f.decimals]});
    row_size_max_ += columns_.back().before.size() + size_max(f);
    before = &f;
  }
  line_end_ = between(format, before, nullptr);
  row_size_max_ += line_end_.size();
}

void TableEncoder::encode(const RowBatch& rows, WireBatch& out) const {
  const std::size_t count = rows.size();
  const std::size_t old_count = out.ends.size();
  out.ends.resize(old_count + count);
  out.heads.insert(out.heads.end(), rows.heads.begin(), rows.heads.end());
  const std::size_t text_growth = format_ == TextFormat::json ? 6 : 4;  // see json_text and csv_list
  out.text.reserve_more(count * row_size_max_ + text_bytes(rows) * text_growth + put::kPutSlack);
  char* const base = out.text.data();
  char* p = base + out.text.size();
  State state;
  state.arena = rows.arena;
  for (std::size_t i = 0; i < count; ++i) {
    p = write_row(p, rows.row_bytes(i), state);
    out.ends[old_count + i] = static_cast<std::uint32_t>(p - base);
  }
  // Ends are 32-bit: whoever plans the batches keeps them below 4 GiB.
  RACESIM_CHECK(static_cast<std::uint64_t>(p - base) <= UINT32_MAX);
  out.text.set_size(static_cast<std::size_t>(p - base));
}

std::string TableEncoder::header() const {
  return format_ == TextFormat::csv ? csv_header(schema_) : std::string();
}

EventIdRule TableEncoder::id_rule() const {
  const FieldInfo& first = *columns_.front().field;
  if (first.type != FieldType::uuid || first.list_limit > 0) return {};
  return {static_cast<std::uint32_t>(columns_.front().before.size()), 36};
}

char* TableEncoder::write_row(char* p, const std::byte* row, State& state) const {
  for (const Column& column : columns_) {
    const FieldInfo& f = *column.field;
    if (f.left_out && format_ == TextFormat::json &&
        load_signed(row + f.offset, f.size) == none_of_size(f.size))
      continue;
    p = copy(p, column.before);
    p = write_value(p, column, row, state);
  }
  return copy(p, line_end_);
}

char* TableEncoder::write_value(char* p, const Column& column, const std::byte* row, State& state) const {
  const FieldInfo& f = *column.field;
  const std::byte* const at = row + f.offset;
  if (f.list_limit == 0) return write_scalar(p, column, at, state);
  const bool json = format_ == TextFormat::json;
  const bool quoted = json && fragments::is_quoted(f.type);
  const auto count = static_cast<std::size_t>(row[f.count_offset]);
  if (json) *p++ = '[';
  char* const items_begin = p;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) *p++ = json ? ',' : ';';
    if (quoted) *p++ = '"';
    p = write_scalar(p, column, at + i * f.size, state);
    if (quoted) *p++ = '"';
  }
  if (json)
    *p++ = ']';
  else if (f.type == FieldType::text)
    p = put::csv_list(items_begin, p, count);
  return p;
}

char* TableEncoder::write_scalar(char* p, const Column& column, const std::byte* at, State& state) const {
  switch (column.field->type) {
    case FieldType::signed_int:
    case FieldType::unsigned_int:
      return write_number(p, column, at);
    case FieldType::boolean:
      return copy(p, load<bool>(at) ? "true" : "false");
    case FieldType::enumeration:
      return copy(p, column.field->enum_names[load<std::uint8_t>(at)]);
    case FieldType::uuid:
      return put::uuid(p, load<Uuid>(at));
    case FieldType::time_ms:
      return put::time_ms(p, load<TimeMs>(at), state.minute);
    case FieldType::time_us:
      return put::time_us(p, load<TimeUs>(at), state.minute);
    case FieldType::date:
      return put::date(p, load<Date>(at).days);
    case FieldType::hex32:
      return put::hex32(p, load<Hex32>(at).value, state.hex);
    case FieldType::text: {
      const auto t = load<Text>(at);
      const std::string_view text = state.arena.substr(t.offset, t.size);
      return format_ == TextFormat::json ? put::json_text(p, text) : put::csv_text(p, text);
    }
  }
  return p;
}

char* TableEncoder::write_number(char* p, const Column& column, const std::byte* at) const {
  const FieldInfo& f = *column.field;
  if (f.type == FieldType::unsigned_int) return column.put_magnitude(p, load_unsigned(at, f.size));
  const std::int64_t value = load_signed(at, f.size);
  // A Maybe without a value: the lowest of its type.
  if (f.may_miss && value == none_of_size(f.size)) return copy(p, format_ == TextFormat::json ? "null" : "");
  const auto bits = static_cast<std::uint64_t>(value);
  if (value < 0) *p++ = '-';
  return column.put_magnitude(p, value < 0 ? 0 - bits : bits);
}

}  // namespace racesim
