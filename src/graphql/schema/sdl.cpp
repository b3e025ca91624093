#include "graphql/schema/sdl.h"

#include <algorithm>

#include "graphql/values/coerce.h"
#include "graphql/values/json.h"

namespace racesim::graphql {
namespace {

// Longer descriptions have their quotes on lines of their own.
constexpr std::size_t ONE_LINE_MAX = 70;

std::string quoted(const std::string& text) {
  std::string out;
  append_json_text(out, text);
  return out;
}

/// Above what it describes; nothing without a text.
void append_description(std::string& out, const std::string& text, const std::string& indent, bool is_first) {
  if (text.empty()) return;
  if (!is_first && !indent.empty()) out += '\n';
  const bool is_block = text.find('\n') != std::string::npos || text.size() > ONE_LINE_MAX ||
                        text.ends_with('"') || text.ends_with('\\');
  out += indent + "\"\"\"";
  if (is_block) out += '\n' + indent;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 3, "\"\"\"") == 0) {
      out += "\\\"\"\"";
      at += 2;
    } else {
      out += text[at];
      if (text[at] == '\n' && at + 1 < text.size() && text[at + 1] != '\n') out += indent;
    }
  }
  if (is_block) out += '\n' + indent;
  out += "\"\"\"\n";
}

void append_deprecated(std::string& out, const std::optional<std::string>& reason) {
  if (!reason) return;
  out += " @deprecated";
  if (*reason != "No longer supported") out += "(reason: " + quoted(*reason) + ")";
}

void append_input(std::string& out, const InputDef& input) {
  out += input.name + ": " + input.type->text;
  if (input.default_value) out += " = " + print_value(*input.default_value);
  append_deprecated(out, input.deprecated);
}

void append_arguments(std::string& out, const std::deque<InputDef>& arguments) {
  if (arguments.empty()) return;
  const bool is_plain = std::all_of(arguments.begin(), arguments.end(),
                                    [](const InputDef& input) { return input.description.empty(); });
  out += is_plain ? "(" : "(\n";
  for (const InputDef& argument : arguments) {
    const bool is_first = &argument == &arguments.front();
    if (is_plain) {
      if (!is_first) out += ", ";
    } else {
      append_description(out, argument.description, "    ", is_first);
      out += "    ";
    }
    append_input(out, argument);
    if (!is_plain) out += '\n';
  }
  out += is_plain ? ")" : "  )";
}

void append_fields(std::string& out, const TypeDef& type) {
  for (const std::string& name : type.interface_names) {
    out += (name == type.interface_names.front() ? " implements " : " & ") + name;
  }
  out += " {\n";
  for (const FieldDef& field : type.fields) {
    append_description(out, field.description, "  ", &field == &type.fields.front());
    out += "  " + field.name;
    append_arguments(out, field.arguments);
    out += ": " + field.type->text;
    append_deprecated(out, field.deprecated);
    out += '\n';
  }
  out += '}';
}

void append_values(std::string& out, const TypeDef& type) {
  out += " {\n";
  for (const EnumValueDef& value : type.values) {
    append_description(out, value.description, "  ", &value == type.values.data());
    out += "  " + value.name;
    append_deprecated(out, value.deprecated);
    out += '\n';
  }
  out += '}';
}

void append_inputs(std::string& out, const TypeDef& type) {
  out += " {\n";
  for (const InputDef& input : type.inputs) {
    append_description(out, input.description, "  ", &input == &type.inputs.front());
    out += "  ";
    append_input(out, input);
    out += '\n';
  }
  out += '}';
}

void append_type(std::string& out, const TypeDef& type) {
  append_description(out, type.description, "", true);
  switch (type.kind) {
    case TypeKind::scalar:
      out += "scalar " + type.name;
      if (type.specified_by) out += " @specifiedBy(url: " + quoted(*type.specified_by) + ")";
      return;
    case TypeKind::object:
    case TypeKind::interface:
      out += (type.kind == TypeKind::object ? "type " : "interface ") + type.name;
      append_fields(out, type);
      return;
    case TypeKind::union_type:
      out += "union " + type.name;
      for (const std::string& name : type.member_names)
        out += (name == type.member_names.front() ? " = " : " | ") + name;
      return;
    case TypeKind::enumeration:
      out += "enum " + type.name;
      append_values(out, type);
      return;
    case TypeKind::input:
      out += "input " + type.name;
      append_inputs(out, type);
  }
}

}  // namespace

std::string print_sdl(const Schema& schema) {
  std::string out;
  if (!schema.description().empty()) {
    append_description(out, schema.description(), "", true);
    out += "schema {\n  query: Query\n";
    if (schema.root(ast::OperationKind::mutation) != nullptr) out += "  mutation: Mutation\n";
    if (schema.root(ast::OperationKind::subscription) != nullptr) out += "  subscription: Subscription\n";
    out += "}";
  }
  for (const TypeDef& type : schema.types()) {
    const bool is_built_in = type.kind == TypeKind::scalar && type.scalar != Scalar::custom;
    if (is_built_in || type.is_introspection()) continue;
    if (!out.empty()) out += "\n\n";
    append_type(out, type);
  }
  return out + "\n";
}

}  // namespace racesim::graphql
