#include "graphql/values/coerce.h"

#include <algorithm>

#include "base/suggest.h"
#include "graphql/values/json.h"
#include "graphql/values/scalars.h"

namespace racesim::graphql {
namespace {

using ast::Literal;
using ast::LiteralKind;

/// What custom scalars get: the literal as it is.
Value plain_value(const Literal& literal, const Variables& variables) {
  switch (literal.kind) {
    case LiteralKind::variable: {
      const auto found = variables.find(literal.text);
      return found == variables.end() ? Value() : found->second;
    }
    case LiteralKind::integer:
      return number_of_text(literal.text, true);
    case LiteralKind::real:
      return number_of_text(literal.text, false);
    case LiteralKind::boolean:
      return Value(literal.text == "true");
    case LiteralKind::null:
      return {};
    case LiteralKind::list: {
      Items items;
      for (const Literal& item : literal.items) items.push_back(plain_value(item, variables));
      return Value(std::move(items));
    }
    case LiteralKind::object: {
      Fields fields;
      for (const auto& field : literal.fields) {
        fields.emplace_back(std::string(field.name.text), plain_value(field.value, variables));
      }
      return Value(std::move(fields));
    }
    default:
      return Value(std::string(literal.text));
  }
}

bool is_missing(const Literal& literal, const Variables& variables) {
  return literal.kind == LiteralKind::variable && variables.find(literal.text) == variables.end();
}

std::optional<Value> list_of_literal(const Literal& literal, const TypeRef& item_type,
                                     const Variables& variables) {
  Items items;
  if (literal.kind != LiteralKind::list) {
    auto item = coerce_literal(literal, item_type, variables);
    if (!item) return std::nullopt;
    items.push_back(std::move(*item));
    return Value(std::move(items));
  }
  for (const Literal& item_literal : literal.items) {
    if (is_missing(item_literal, variables)) {
      if (item_type.wrap == Wrap::non_null) return std::nullopt;
      items.emplace_back();
      continue;
    }
    auto item = coerce_literal(item_literal, item_type, variables);
    if (!item) return std::nullopt;
    items.push_back(std::move(*item));
  }
  return Value(std::move(items));
}

std::optional<Value> object_of_literal(const Literal& literal, const TypeDef& type,
                                       const Variables& variables) {
  if (literal.kind != LiteralKind::object) return std::nullopt;
  Fields fields;
  for (const InputDef& input : type.inputs) {
    const auto written = std::find_if(literal.fields.begin(), literal.fields.end(),
                                      [&](const auto& field) { return field.name.text == input.name; });
    if (written == literal.fields.end() || is_missing(written->value, variables)) {
      if (input.is_required()) return std::nullopt;
      if (input.default_value) fields.emplace_back(input.name, *input.default_value);
      continue;
    }
    auto value = coerce_literal(written->value, *input.type, variables);
    if (!value) return std::nullopt;
    fields.emplace_back(input.name, std::move(*value));
  }
  return Value(std::move(fields));
}

/// Adds to `problems`; there is no value then.
std::optional<Value> object_of_input(const Value& input, const TypeDef& type, const std::string& path,
                                     std::vector<InputProblem>& problems) {
  const auto* given = input.get<Fields>();
  if (given == nullptr) {
    problems.push_back({path, type.name + " takes an object"});
    return std::nullopt;
  }
  Fields fields;
  bool is_whole = true;
  for (const InputDef& wanted : type.inputs) {
    const Value* found = input.find(wanted.name);
    if (found == nullptr && wanted.is_required()) {
      problems.push_back(
          {path, type.name + " needs the field '" + wanted.name + "' (" + wanted.type->text + ")"});
      is_whole = false;
    } else if (found == nullptr) {
      if (wanted.default_value) fields.emplace_back(wanted.name, *wanted.default_value);
    } else if (auto value = coerce_input(*found, *wanted.type, path + "." + wanted.name, problems)) {
      fields.emplace_back(wanted.name, std::move(*value));
    } else {
      is_whole = false;
    }
  }
  std::vector<std::string> names;
  for (const InputDef& known : type.inputs) names.push_back(known.name);
  for (const auto& field : *given) {
    if (type.find_input(field.first) != nullptr) continue;
    if (problems.size() > INPUT_PROBLEMS_MAX) return std::nullopt;
    const std::string meant = closest(field.first, names);
    problems.push_back({path, type.name + " has no field '" + field.first + "'" +
                                  (meant.empty() ? "" : "; did you mean '" + meant + "'?")});
    is_whole = false;
  }
  if (!is_whole) return std::nullopt;
  return Value(std::move(fields));
}

std::optional<Value> list_of_input(const Value& input, const TypeRef& item_type, const std::string& path,
                                   std::vector<InputProblem>& problems) {
  Items items;
  const auto* given = input.get<Items>();
  if (given == nullptr) {
    auto only = coerce_input(input, item_type, path, problems);
    if (!only) return std::nullopt;
    items.push_back(std::move(*only));
    return Value(std::move(items));
  }
  bool is_whole = true;
  for (std::size_t i = 0; i < given->size(); ++i) {
    if (problems.size() > INPUT_PROBLEMS_MAX) return std::nullopt;
    auto item = coerce_input((*given)[i], item_type, path + "[" + std::to_string(i) + "]", problems);
    is_whole = is_whole && item.has_value();
    if (is_whole) items.push_back(std::move(*item));
  }
  if (!is_whole) return std::nullopt;
  return Value(std::move(items));
}

}  // namespace

std::optional<Value> coerce_literal(const Literal& literal, const TypeRef& type, const Variables& variables) {
  if (literal.kind == LiteralKind::variable) {
    const auto found = variables.find(literal.text);
    if (found == variables.end() || (found->second.is_null() && type.wrap == Wrap::non_null))
      return std::nullopt;
    return found->second;
  }
  if (literal.kind == LiteralKind::null) {
    if (type.wrap == Wrap::non_null) return std::nullopt;
    return Value();
  }
  const TypeRef& nullable = type.nullable();
  if (nullable.wrap == Wrap::list) return list_of_literal(literal, *nullable.of, variables);
  const TypeDef& def = *nullable.def;
  if (def.kind == TypeKind::input) return object_of_literal(literal, def, variables);
  if (def.scalar == Scalar::custom) return plain_value(literal, variables);
  auto leaf = leaf_of_literal(literal, def);
  if (!leaf) return std::nullopt;
  return std::move(*leaf);
}

std::optional<std::string> refuse_literal(const Literal& literal, const TypeDef& leaf) {
  if (leaf.scalar == Scalar::custom) return std::nullopt;
  auto coerced = leaf_of_literal(literal, leaf);
  if (coerced) return std::nullopt;
  return std::move(coerced.error());
}

std::optional<Value> coerce_input(const Value& input, const TypeRef& type, const std::string& path,
                                  std::vector<InputProblem>& problems) {
  if (input.is_null()) {
    if (type.wrap != Wrap::non_null) return Value();
    problems.push_back({path, type.text + " is never null"});
    return std::nullopt;
  }
  const TypeRef& nullable = type.nullable();
  if (nullable.wrap == Wrap::list) return list_of_input(input, *nullable.of, path, problems);
  const TypeDef& def = *nullable.def;
  if (def.kind == TypeKind::input) return object_of_input(input, def, path, problems);
  if (def.scalar == Scalar::custom) return input;
  auto leaf = leaf_of_json(input, def);
  if (leaf) return std::move(*leaf);
  problems.push_back({path, std::move(leaf.error())});
  return std::nullopt;
}

}  // namespace racesim::graphql
