#include "serve/control/start_fields.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/visible.h"
#include "io/http/server/query.h"

namespace racesim::serve {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kExample = R"(example: {"scenario":"NAME","rate_hz":5})";

Done add(StartFields& fields, std::string name, std::string text) {
  const bool twice =
      std::any_of(fields.begin(), fields.end(), [&](const StartField& f) { return f.name == name; });
  if (twice) return fail(ErrorKind::usage, "'" + name + "' is given twice", "give it once");
  fields.push_back({std::move(name), std::move(text)});
  return {};
}

Done add_form(std::string_view text, StartFields& fields) {
  const Result<std::vector<http::QueryParameter>> parameters = http::parse_query(text);
  if (!parameters) return tl::make_unexpected(parameters.error());
  for (const http::QueryParameter& parameter : *parameters)
    if (Done ok = add(fields, parameter.name, parameter.value); !ok) return ok;
  return {};
}

/// As the command line has it.
Result<std::string> text_of(const std::string& name, const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (name == kManifestField && value.is_object()) return value.dump();
  if (value.is_number() || value.is_boolean()) return value.dump();
  if (value.is_array() && !value.empty()) {
    std::string list;
    for (const Json& item : value) {
      if (!item.is_string()) break;
      list += (list.empty() ? "" : ",") + item.get<std::string>();
      if (&item == &value.back()) return list;
    }
  }
  return fail(ErrorKind::usage,
              "'" + name + "' is neither a text, nor a number, nor true or false, nor a list of texts",
              kExample);
}

/// nlohmann would take the last of two members of one name without a word.
Result<Json> parse_object(std::string_view body) {
  std::vector<std::string> names;
  std::string twice;
  const auto look = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event != Json::parse_event_t::key || depth != 1) return true;
    const auto name = parsed.get<std::string>();
    if (std::find(names.begin(), names.end(), name) != names.end()) twice = name;
    names.push_back(name);
    return true;
  };
  Json object = Json::parse(body.begin(), body.end(), look, false);
  // The parser refuses bytes that are not UTF-8, but takes a NUL for the end.
  if (object.is_discarded() || !object.is_object() || body.find('\0') != std::string_view::npos)
    return fail(ErrorKind::usage, "the body is no JSON object", kExample);
  if (!twice.empty())
    return fail(ErrorKind::usage, "'" + visible_text(twice.substr(0, 80)) + "' is given twice",
                "give it once");
  return object;
}

Done add_json(std::string_view body, StartFields& fields) {
  const Result<Json> object = parse_object(body);
  if (!object) return tl::make_unexpected(object.error());
  for (const auto& [name, value] : object->items()) {
    const std::string shown = visible_text(name.substr(0, 80));
    const Result<std::string> text = text_of(shown, value);
    if (!text) return tl::make_unexpected(text.error());
    if (shown != kManifestField && visible_text(*text) != *text)
      return fail(ErrorKind::usage, "'" + shown + "' has control characters", "send plain text");
    if (Done ok = add(fields, shown, *text); !ok) return ok;
  }
  return {};
}

/// "application/json; charset=utf-8" → "application/json".
std::string_view media_type(const http::RequestHead& head) {
  const std::string* const type = head.header("Content-Type");
  if (type == nullptr) return {};
  std::string_view text = std::string_view(*type).substr(0, type->find(';'));
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<StartFields> read_start_fields(const http::Request& request) {
  StartFields fields;
  if (Done ok = add_form(request.head.query, fields); !ok) return tl::make_unexpected(ok.error());
  const std::string_view body = request.body.view();
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return fields;
  const std::string_view type = media_type(request.head);
  // curl names a form unless it is told better; what looks like JSON is meant so.
  const bool form = http::same_word(type, "application/x-www-form-urlencoded") &&
                    body[body.find_first_not_of(" \t\r\n")] != '{';
  if (Done ok = form ? add_form(body, fields) : add_json(body, fields); !ok)
    return tl::make_unexpected(ok.error());
  return fields;
}

}  // namespace racesim::serve
