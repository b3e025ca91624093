#include "graphql/values/scalars.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/suggest.h"
#include "graphql/values/coerce.h"
#include "graphql/values/json.h"

namespace racesim::graphql {
namespace {

using ast::LiteralKind;

constexpr double INT_LOW = std::numeric_limits<std::int32_t>::min();
constexpr double INT_HIGH = std::numeric_limits<std::int32_t>::max();
// Whole numbers up to here are written without an exponent.
constexpr double WHOLE_TEXT_MAX = 1e18;

tl::unexpected<std::string> refuse(std::string what) {
  return tl::make_unexpected(std::move(what));
}

Coerced int_of(double number, const std::string& shown_text) {
  if (std::trunc(number) != number) return refuse("Int takes whole numbers, not " + shown_text);
  if (number < INT_LOW || number > INT_HIGH)
    return refuse("Int has 32 bits, which " + shown_text + " does not fit into");
  return Value(static_cast<std::int64_t>(number));
}

Coerced enum_of(std::string_view name, const TypeDef& type) {
  if (type.has_value(name)) return Value(EnumName{std::string(name)});
  std::vector<std::string> names;
  for (const EnumValueDef& value : type.values) names.push_back(value.name);
  const std::string meant = closest(name, names);
  return refuse("the enum " + type.name + " has no value '" + std::string(name) + "'" +
                (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
}

std::string json_text(const Value& value) {
  std::string text;
  append_json(text, value);
  constexpr std::size_t LONGEST = 60;
  return text.size() <= LONGEST ? text : text.substr(0, LONGEST) + "…";
}

Coerced id_of_number(const Value& input) {
  const double number = input.number();
  if (const auto* whole = input.get<std::int64_t>()) return Value(std::to_string(*whole));
  if (std::trunc(number) != number)
    return refuse("ID takes texts and whole numbers, not " + json_text(input));
  if (std::fabs(number) < WHOLE_TEXT_MAX) return Value(std::to_string(static_cast<std::int64_t>(number)));
  return Value(json_text(input));
}

}  // namespace

Value number_of_text(std::string_view text, bool is_whole) {
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (is_whole && std::from_chars(text.data(), end, whole).ec == std::errc()) return Value(whole);
  double number = 0;
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec == std::errc::result_out_of_range) {
    // Too near to 0, or too far from it: the exponent's sign tells.
    const bool is_small =
        text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos;
    number = is_small ? 0 : std::numeric_limits<double>::infinity();
    if (text.front() == '-') number = -number;
  }
  return Value(number);
}

Coerced leaf_of_literal(const ast::Literal& literal, const TypeDef& leaf) {
  const LiteralKind kind = literal.kind;
  const auto wrong = [&](std::string_view wanted) {
    return refuse(leaf.name + " takes " + std::string(wanted) + ", not " + shown(literal));
  };
  if (leaf.kind == TypeKind::enumeration) {
    if (kind != LiteralKind::enumerator) return wrong("one of its names, without quotes");
    return enum_of(literal.text, leaf);
  }
  switch (leaf.scalar) {
    case Scalar::integer:
      if (kind != LiteralKind::integer) return wrong("whole numbers");
      return int_of(number_of_text(literal.text, true).number(), std::string(literal.text));
    case Scalar::real:
      if (kind != LiteralKind::integer && kind != LiteralKind::real) return wrong("numbers");
      if (!std::isfinite(number_of_text(literal.text, false).number())) return wrong("numbers of 64 bits");
      return Value(number_of_text(literal.text, false).number());
    case Scalar::boolean:
      if (kind != LiteralKind::boolean) return wrong("true and false");
      return Value(literal.text == "true");
    case Scalar::id:
      if (kind != LiteralKind::text && kind != LiteralKind::integer) return wrong("texts and whole numbers");
      return Value(std::string(literal.text));
    default:
      if (kind != LiteralKind::text) return wrong("texts in quotes");
      return Value(std::string(literal.text));
  }
}

Coerced leaf_of_json(const Value& input, const TypeDef& leaf) {
  const bool is_number = input.get<std::int64_t>() || input.get<double>();
  const auto wrong = [&](std::string_view wanted) {
    return refuse(leaf.name + " takes " + std::string(wanted) + ", not " + json_text(input));
  };
  if (leaf.kind == TypeKind::enumeration) {
    const auto* name = input.get<std::string>();
    if (name == nullptr) return wrong("one of its names as a text");
    return enum_of(*name, leaf);
  }
  switch (leaf.scalar) {
    case Scalar::integer:
      if (!is_number) return wrong("whole numbers");
      return int_of(input.number(), json_text(input));
    case Scalar::real:
      if (!is_number) return wrong("numbers");
      return Value(input.number());
    case Scalar::boolean:
      if (!input.get<bool>()) return wrong("true and false");
      return input;
    case Scalar::id:
      if (is_number) return id_of_number(input);
      if (!input.get<std::string>()) return wrong("texts and whole numbers");
      return input;
    default:
      if (!input.get<std::string>()) return wrong("texts");
      return input;
  }
}

}  // namespace racesim::graphql
