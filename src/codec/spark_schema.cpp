#include "codec/spark_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace racesim {
namespace {

std::string spark_number(const FieldInfo& field) {
  const std::uint64_t most =
      std::max(field.range.most,
               field.range.least < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(field.range.least) : 0);
  if (field.decimals == 0) return most <= INT32_MAX ? "integer" : "long";
  const std::size_t digits = std::max<std::size_t>(fmt::format("{}", most).size(), field.decimals);
  return fmt::format("decimal({},{})", digits, field.decimals);
}

std::string spark_type(const FieldInfo& field) {
  switch (field.type) {
    case FieldType::signed_int:
    case FieldType::unsigned_int:
      return spark_number(field);
    case FieldType::boolean:
      return "boolean";
    case FieldType::time_ms:
    case FieldType::time_us:
      return "timestamp";
    case FieldType::enumeration:
    case FieldType::uuid:
    case FieldType::date:
    case FieldType::hex32:
    case FieldType::text:
      break;
  }
  return "string";
}

/// Spark reads every field as one that may be null; those that really may say how in `metadata`.
std::string spark_field(std::string_view name, const std::string& type, std::string_view metadata) {
  return fmt::format(R"({{"name":"{}","type":{},"nullable":true,"metadata":{{{}}}}})", name, type, metadata);
}

std::string_view missing_of(const FieldInfo& field) {
  if (!field.may_miss) return "";
  return field.left_out ? R"("missing":"left out")" : R"("missing":"null")";
}

std::string quoted_type(const FieldInfo& field) {
  const std::string item = '"' + spark_type(field) + '"';
  if (field.list_limit == 0) return item;
  return R"({"type":"array","elementType":)" + item + R"(,"containsNull":false})";
}

/// Fields from `at` on whose paths begin with `prefix`, which is an object's name and a point, or nothing.
std::string struct_of(std::span<const FieldInfo> fields, std::size_t& at, std::string_view prefix) {
  std::string list;
  while (at < fields.size() && fields[at].path.starts_with(prefix)) {
    const std::string_view rest = fields[at].path.substr(prefix.size());
    const std::string_view name = rest.substr(0, rest.find('.'));
    if (!list.empty()) list += ',';
    if (name.size() == rest.size()) {
      list += spark_field(name, quoted_type(fields[at]), missing_of(fields[at]));
      ++at;
    } else {
      const std::string_view inner = fields[at].path.substr(0, prefix.size() + name.size() + 1);
      list += spark_field(name, struct_of(fields, at, inner), "");
    }
  }
  return R"({"type":"struct","fields":[)" + list + "]}";
}

}  // namespace

std::string spark_schema(const SchemaInfo& schema) {
  std::size_t at = 0;
  return struct_of(schema.fields, at, "");
}

}  // namespace racesim
