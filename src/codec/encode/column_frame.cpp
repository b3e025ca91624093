#include "codec/column_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/check.h"
#include "model/load_value.h"

namespace racesim {
namespace {

/// Numbers on their way into a column; used again for the next one. Signed ones as two's complement.
using Values = std::vector<std::uint64_t>;

void append_little_endian(std::uint64_t value, std::size_t bytes, std::string& to) {
  for (std::size_t i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i) & 0xff);
}

/// 0, 1, 2, 4 or 8: the least that hold an offset.
std::size_t offset_bytes(std::uint64_t most) {
  return most == 0 ? 0 : most <= UINT8_MAX ? 1 : most <= UINT16_MAX ? 2 : most <= UINT32_MAX ? 4 : 8;
}

/// Likewise of a base, whose highest bit is its sign.
std::size_t base_bytes(std::uint64_t base) {
  const auto value = static_cast<std::int64_t>(base);
  if (value == 0) return 0;
  const auto fits = [value]<class T>(T) {
    return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
  };
  return fits(std::int8_t{}) ? 1 : fits(std::int16_t{}) ? 2 : fits(std::int32_t{}) ? 4 : 8;
}

template <class T>
void write_offsets(const Values& values, std::uint64_t base, char* out) {
  for (const std::uint64_t value : values) {
    std::uint64_t offset = value - base;
    for (std::size_t i = 0; i < sizeof(T); ++i, offset >>= 8) *out++ = static_cast<char>(offset & 0xff);
  }
}

/// The lowest value, and how far each of the others is above it.
void append_numbers(const Values& values, bool is_signed, std::string& to) {
  if (values.empty()) {
    to += '\0';
    return;
  }
  // With the sign bit turned, signed numbers are in the order of unsigned ones.
  const std::uint64_t turn = is_signed ? std::uint64_t{1} << 63 : 0;
  std::uint64_t least = values.front() ^ turn, most = least;
  for (const std::uint64_t value : values) {
    least = std::min(least, value ^ turn);
    most = std::max(most, value ^ turn);
  }
  const std::uint64_t base = least ^ turn;
  const std::size_t of_base = base_bytes(base), each = offset_bytes(most - least);
  to += static_cast<char>(each | of_base << 4);
  append_little_endian(base, of_base, to);
  const std::size_t at = to.size();
  to.resize(at + each * values.size());
  char* const out = to.data() + at;
  if (each == 1) write_offsets<std::uint8_t>(values, base, out);
  if (each == 2) write_offsets<std::uint16_t>(values, base, out);
  if (each == 4) write_offsets<std::uint32_t>(values, base, out);
  if (each == 8) write_offsets<std::uint64_t>(values, base, out);
}

bool is_signed(const FieldInfo& field) {
  return field.type == FieldType::signed_int || field.type == FieldType::time_ms ||
         field.type == FieldType::time_us || field.type == FieldType::date;
}

/// Appends the columns of one frame.
class ColumnWriter {
 public:
  ColumnWriter(std::span<const FrameRow> rows, std::string& to) : rows_(rows), to_(to) {}

  void append(const FieldInfo& field) {
    if (field.list_limit > 0) append_counts(field);
    if (field.type == FieldType::text)
      append_texts(field);
    else if (field.type == FieldType::uuid)
      each_item(field, [&](const FrameRow&, const std::byte* at) {
        to_.append(reinterpret_cast<const char*>(at), field.size);
      });
    else
      append_values(field);
  }

 private:
  static std::size_t count_of(const FieldInfo& field, const std::byte* row) {
    return field.list_limit == 0 ? 1 : static_cast<std::size_t>(row[field.count_offset]);
  }

  template <class Call>
  void each_item(const FieldInfo& field, const Call& call) const {
    for (const FrameRow& place : rows_) {
      const std::byte* const row = place.batch->row_bytes(place.row);
      const std::size_t count = count_of(field, row);
      for (std::size_t i = 0; i < count; ++i) call(place, row + field.offset + i * field.size);
    }
  }

  void append_counts(const FieldInfo& field) {
    values_.clear();
    for (const FrameRow& place : rows_) values_.push_back(count_of(field, place.batch->row_bytes(place.row)));
    append_numbers(values_, false, to_);
  }

  void append_values(const FieldInfo& field) {
    values_.clear();
    const bool with_sign = is_signed(field);
    each_item(field, [&](const FrameRow&, const std::byte* at) {
      values_.push_back(static_cast<std::uint64_t>(load_integer(with_sign, field.size, at)));
    });
    append_numbers(values_, with_sign, to_);
  }

  /// Their lengths, then all bytes.
  void append_texts(const FieldInfo& field) {
    values_.clear();
    texts_.clear();
    each_item(field, [&](const FrameRow& place, const std::byte* at) {
      const std::string_view text = place.batch->text(load_value<Text>(at));
      values_.push_back(text.size());
      texts_ += text;
    });
    append_numbers(values_, false, to_);
    to_ += texts_;
  }

  const std::span<const FrameRow> rows_;
  std::string& to_;
  Values values_;
  std::string texts_;
};

std::string_view type_name(FieldType type) {
  switch (type) {
    case FieldType::signed_int:
      return "signed";
    case FieldType::unsigned_int:
      return "unsigned";
    case FieldType::boolean:
      return "boolean";
    case FieldType::enumeration:
      return "enumeration";
    case FieldType::uuid:
      return "uuid";
    case FieldType::time_ms:
      return "time_ms";
    case FieldType::time_us:
      return "time_us";
    case FieldType::date:
      return "date";
    case FieldType::hex32:
      return "hex32";
    case FieldType::text:
      return "text";
  }
  return {};
}

std::string field_json(const FieldInfo& field) {
  std::string json = fmt::format(R"({{"path":"{}","type":"{}")", field.path, type_name(field.type));
  if (field.decimals > 0) json += fmt::format(R"(,"decimals":{})", field.decimals);
  if (!field.unit.empty()) json += fmt::format(R"(,"unit":"{}")", field.unit);
  if (!field.enum_names.empty())
    json += fmt::format(R"(,"names":["{}"])", fmt::join(field.enum_names, "\",\""));
  if (field.may_miss) json += fmt::format(R"(,"none":{})", INT64_MIN >> (64 - 8 * field.size));
  if (field.left_out) json += R"(,"left_out":true)";
  if (field.list_limit > 0) json += fmt::format(R"(,"list":{})", field.list_limit);
  return json + '}';
}

}  // namespace

ColumnForm::ColumnForm(const SchemaInfo& schema, const std::function<bool(std::string_view path)>& wanted)
    : schema_(&schema) {
  for (const FieldInfo& field : schema.fields)
    if (!wanted || wanted(field.path)) fields_.push_back(&field);
}

std::string ColumnForm::fields_json() const {
  std::string json = "[";
  for (const FieldInfo* field : fields_) json.append(json.size() > 1 ? "," : "").append(field_json(*field));
  return json + ']';
}

void ColumnForm::append_frame(std::uint16_t form, std::span<const FrameRow> rows, std::string& to) const {
  RACESIM_CHECK(rows.size() <= UINT32_MAX);
  to += static_cast<char>(kColumnFrameVersion);
  to += static_cast<char>(kColumnFrameEvents);
  append_little_endian(form, 2, to);
  append_little_endian(rows.size(), 4, to);
  ColumnWriter columns(rows, to);
  for (const FieldInfo* field : fields_) columns.append(*field);
}

}  // namespace racesim
