#include "graphql/values/coerce.h"
#include "graphql/values/json.h"

namespace racesim::graphql {
namespace {

void append_literal(std::string& out, const ast::Literal& literal) {
  switch (literal.kind) {
    case ast::LiteralKind::variable:
      out += "$" + std::string(literal.text);
      return;
    case ast::LiteralKind::text:
      append_json_text(out, literal.text);
      return;
    case ast::LiteralKind::list:
      out += '[';
      for (const ast::Literal& item : literal.items) {
        if (&item != literal.items.data()) out += ", ";
        append_literal(out, item);
      }
      out += ']';
      return;
    case ast::LiteralKind::object:
      out += '{';
      for (const auto& field : literal.fields) {
        if (&field != literal.fields.data()) out += ", ";
        out += std::string(field.name.text) + ": ";
        append_literal(out, field.value);
      }
      out += '}';
      return;
    default:
      out += literal.text;
  }
}

void append_value(std::string& out, const Value& value) {
  if (const auto* items = value.get<Items>()) {
    out += '[';
    for (const Value& item : *items) {
      if (&item != items->data()) out += ", ";
      append_value(out, item);
    }
    out += ']';
  } else if (const auto* fields = value.get<Fields>()) {
    out += '{';
    for (const auto& field : *fields) {
      if (&field != fields->data()) out += ", ";
      out += field.first + ": ";
      append_value(out, field.second);
    }
    out += '}';
  } else if (const auto* name = value.get<EnumName>()) {
    out += name->name;
  } else {
    append_json(out, value);
  }
}

}  // namespace

std::string print_value(const Value& value) {
  std::string text;
  append_value(text, value);
  return text;
}

std::string shown(const ast::Literal& literal) {
  std::string text;
  append_literal(text, literal);
  constexpr std::size_t LONGEST = 60;
  return text.size() <= LONGEST ? text : text.substr(0, LONGEST) + "…";
}

}  // namespace racesim::graphql
