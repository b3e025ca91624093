#include <simdjson.h>

#include <unordered_map>

#include "graphql/values/json.h"

namespace racesim::graphql {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

Value value_of(const element& from);

Value object_of(const simdjson::dom::object& from) {
  Fields fields;
  std::unordered_map<std::string_view, std::size_t> known;
  for (const auto field : from) {
    const auto [at, is_new] = known.try_emplace(field.key, fields.size());
    if (is_new) {
      fields.emplace_back(std::string(field.key), value_of(field.value));
    } else {
      fields[at->second].second = value_of(field.value);
    }
  }
  return Value(std::move(fields));
}

/// The types were asked for before, so none of the unchecked reads can fail.
Value value_of(const element& from) {
  switch (from.type()) {
    case element_type::BOOL:
      return Value(from.get_bool().value_unsafe());
    case element_type::INT64:
      return Value(from.get_int64().value_unsafe());
    case element_type::UINT64:
      return Value(static_cast<double>(from.get_uint64().value_unsafe()));
    case element_type::DOUBLE:
      return Value(from.get_double().value_unsafe());
    case element_type::STRING:
      return Value(std::string(from.get_string().value_unsafe()));
    case element_type::ARRAY: {
      Items items;
      const simdjson::dom::array array = from.get_array().value_unsafe();
      for (const element item : array) items.push_back(value_of(item));
      return Value(std::move(items));
    }
    case element_type::OBJECT:
      return object_of(from.get_object().value_unsafe());
    default:
      return {};
  }
}

}  // namespace

Result<Value> parse_json(std::string_view text) {
  simdjson::dom::parser parser;
  if (const auto refused = parser.allocate(text.size() + 1, JSON_DEPTH_MAX)) {
    return fail(ErrorKind::usage, std::string("JSON: ") + simdjson::error_message(refused));
  }
  element root;
  if (const auto refused = parser.parse(text.data(), text.size()).get(root)) {
    return fail(ErrorKind::usage, std::string("JSON: ") + simdjson::error_message(refused));
  }
  return value_of(root);
}

}  // namespace racesim::graphql
