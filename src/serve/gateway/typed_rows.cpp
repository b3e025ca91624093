#include "serve/gateway/typed_rows.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/time_text.h"
#include "codec/encode/put.h"
#include "io/http/server/message.h"
#include "serve/processing/row_copy.h"

namespace racesim::serve {
namespace {

/// A list's items as a JSON array.
std::string list_json(const RowBatch& rows, std::size_t row, const FieldInfo& field) {
  const auto count = static_cast<std::size_t>(rows.row_bytes(row)[field.count_offset]);
  std::string text = "[";
  for (std::size_t item = 0; item < count; ++item) {
    FieldInfo one = field;
    one.list_limit = 0;
    one.offset += static_cast<std::uint32_t>(item * field.size);
    HistoryRows cell;
    cell.columns.push_back(column_of(one));
    add_cell(rows, row, one, cell);
    std::string object;
    cell.append_json(0, object);
    if (item > 0) text += ',';
    // {"name":value}
    const std::size_t begin = object.find("\":") + 2;
    text += object.substr(begin, object.size() - 1 - begin);
  }
  return text += ']';
}

std::string hex_text(std::int64_t value) {
  std::string text(8, '0');
  for (std::size_t i = 0; i < 8; ++i) text[i] = "0123456789abcdef"[(value >> (28 - 4 * i)) & 15];
  return text;
}

Uuid uuid_at(const RowBatch& rows, std::size_t row, const FieldInfo& field) {
  Uuid id;
  std::memcpy(id.bytes.data(), rows.row_bytes(row) + field.offset, id.bytes.size());
  return id;
}

}  // namespace

std::string time_text(std::int64_t time_us, FieldType type) {
  char text[put::kPutSlack + 64];
  put::MinutePrefix minute;
  char* const end = type == FieldType::time_us ? put::time_us(text, TimeUs{time_us}, minute)
                                               : put::time_ms(text, TimeMs{time_us / 1000}, minute);
  return {text, end};
}

void add_cell(const RowBatch& rows, std::size_t row, const FieldInfo& field, HistoryRows& to) {
  if (is_missing(rows, row, field)) return to.add_null();
  if (field.list_limit > 0) return to.add_text(list_json(rows, row, field));
  switch (field.type) {
    case FieldType::signed_int:
    case FieldType::unsigned_int:
    case FieldType::boolean:
      return to.add_number(whole_at(rows, row, field));
    case FieldType::enumeration:
      return to.add_text(field.enum_names[static_cast<std::size_t>(whole_at(rows, row, field))]);
    case FieldType::uuid: {
      std::string text;
      uuid_at(rows, row, field).append_text(text);
      return to.add_text(text);
    }
    case FieldType::time_ms:
    case FieldType::time_us:
      return to.add_text(time_text(time_us_at(rows, row, field), field.type));
    case FieldType::date: {
      char text[put::kPutSlack + 16];
      char* const end = put::date(text, whole_at(rows, row, field));
      return to.add_text({text, static_cast<std::size_t>(end - text)});
    }
    case FieldType::hex32:
      return to.add_text(hex_text(whole_at(rows, row, field)));
    case FieldType::text:
      return to.add_text(text_at(rows, row, field));
  }
}

HistoryRows typed_rows(const RowBatch& rows, std::span<const std::size_t> order) {
  HistoryRows typed;
  for (const FieldInfo& field : rows.schema().fields) typed.columns.push_back(column_of(field));
  for (const std::size_t row : order)
    for (const FieldInfo& field : rows.schema().fields) add_cell(rows, row, field, typed);
  return typed;
}

std::string items_schema(const SchemaInfo& schema, bool may_miss) {
  using SchemaJson = nlohmann::ordered_json;
  SchemaJson properties = SchemaJson::object();
  for (const FieldInfo& field : schema.fields) {
    const bool is_whole = column_of(field).is_number() && field.decimals == 0;
    const char* const type = field.list_limit > 0               ? "array"
                             : is_whole                         ? "integer"
                             : column_of(field).is_number()     ? "number"
                             : field.type == FieldType::boolean ? "boolean"
                                                                : "string";
    SchemaJson property;
    if (may_miss || field.may_miss)
      property["type"] = {type, "null"};
    else
      property["type"] = type;
    if (field.type == FieldType::time_ms || field.type == FieldType::time_us)
      property["format"] = "date-time";
    if (field.type == FieldType::enumeration && !may_miss) property["enum"] = field.enum_names;
    if (!field.unit.empty()) property["description"] = "In " + std::string(field.unit);
    properties[std::string(field.path)] = std::move(property);
  }
  const SchemaJson item{{"type", "object"}, {"properties", properties}};
  const SchemaJson all{
      {"type", "object"},
      {"required", {"items"}},
      {"properties", {{"items", {{"type", "array"}, {"items", item}}}, {"next", {{"type", "string"}}}}}};
  return all.dump();
}

std::string items_json(const HistoryRows& rows) {
  std::string text = R"({"items":[)";
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (row > 0) text += ',';
    rows.append_json(row, text);
  }
  text += ']';
  if (rows.next) {
    text += R"(,"next":)";
    http::append_json_string(*rows.next, text);
  }
  return text += "}\n";
}

}  // namespace racesim::serve
