#include "serve/event_schema.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace racesim::serve {
namespace {

using SchemaText = nlohmann::ordered_json;

constexpr std::uint64_t kExact_most = std::uint64_t{1} << 53;  ///< beyond it readers round whole numbers

SchemaText object_schema() {
  return {{"type", "object"},
          {"required", SchemaText::array()},
          {"properties", SchemaText::object()},
          {"additionalProperties", false}};
}

SchemaText number_schema(const FieldInfo& field) {
  if (field.decimals > 0) return {{"type", "number"}};
  SchemaText schema{{"type", "integer"}};
  if (field.range.least > -static_cast<std::int64_t>(kExact_most)) schema["minimum"] = field.range.least;
  if (field.range.most < kExact_most) schema["maximum"] = field.range.most;
  return schema;
}

SchemaText value_of_type(const FieldInfo& field) {
  switch (field.type) {
    case FieldType::signed_int:
    case FieldType::unsigned_int:
      return number_schema(field);
    case FieldType::boolean:
      return {{"type", "boolean"}};
    case FieldType::enumeration:
      return {{"type", "string"}, {"enum", field.enum_names}};
    case FieldType::uuid:
      return {{"type", "string"}, {"format", "uuid"}};
    case FieldType::time_ms:
    case FieldType::time_us:
      return {{"type", "string"}, {"format", "date-time"}};
    case FieldType::date:
      return {{"type", "string"}, {"format", "date"}};
    case FieldType::hex32:
      return {{"type", "string"}, {"pattern", "^[0-9a-f]{8}$"}};
    case FieldType::text:
      break;
  }
  return {{"type", "string"}};
}

SchemaText field_schema(const FieldInfo& field) {
  SchemaText schema = value_of_type(field);
  if (field.may_miss && !field.left_out) schema["type"] = {schema["type"], "null"};
  std::string note;
  if (!field.unit.empty()) note = "in " + std::string(field.unit);
  if (field.decimals > 0) note += fmt::format("{}with {} decimals", note.empty() ? "" : ", ", field.decimals);
  if (!note.empty()) schema["description"] = note;
  if (field.list_limit > 0)
    return {{"type", "array"}, {"items", std::move(schema)}, {"maxItems", field.list_limit}};
  return schema;
}

}  // namespace

std::string event_json_schema(const SchemaInfo& schema) {
  SchemaText whole = object_schema();
  for (const FieldInfo& field : schema.fields) {
    SchemaText* object = &whole;
    std::string_view name = field.path;
    for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
      const std::string outer(name.substr(0, dot));
      name.remove_prefix(dot + 1);
      if (!(*object)["properties"].contains(outer)) {
        (*object)["properties"][outer] = object_schema();
        (*object)["required"].push_back(outer);
      }
      object = &(*object)["properties"][outer];
    }
    (*object)["properties"][std::string(name)] = field_schema(field);
    if (!field.left_out) (*object)["required"].push_back(name);
  }
  return whole.dump();
}

}  // namespace racesim::serve
