#include "serve/live/messages.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "io/http/server/message.h"

namespace racesim::serve {
namespace {

/// The end of the JSON text that begins at `at`: of a string, an object, an array or a scalar.
std::size_t value_end(std::string_view line, std::size_t at) {
  int depth = 0;
  bool quoted = false;
  for (; at < line.size(); ++at) {
    const char c = line[at];
    if (quoted) {
      if (c == '\\')
        ++at;
      else if (c == '"')
        quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (depth == 0 && (c == ',' || c == '}')) return at;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
  }
  return line.size();
}

/// "location" of "location.lat", each once, in the order of the schema.
std::vector<std::string> outer_names(const SchemaInfo& schema) {
  std::vector<std::string> names;
  for (const FieldInfo& field : schema.fields) {
    std::string name(field.path.substr(0, field.path.find('.')));
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

Result<FieldChoice> FieldChoice::parse(std::string_view text, const SchemaInfo& schema) {
  const std::vector<std::string> known = outer_names(schema);
  FieldChoice choice;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    if (std::find(known.begin(), known.end(), name) == known.end())
      return tl::make_unexpected(unknown_choice(name, known));
    if (std::find(choice.names_.begin(), choice.names_.end(), name) == choice.names_.end())
      choice.names_.emplace_back(name);
  }
  return choice;
}

bool FieldChoice::has(std::string_view path) const {
  return all() || std::find(names_.begin(), names_.end(), path.substr(0, path.find('.'))) != names_.end();
}

void FieldChoice::append(std::string_view line, std::string& to) const {
  if (all()) {
    to += line;
    return;
  }
  to += '{';
  bool first = true;
  // {"name":value,"name":value}
  for (std::size_t at = 1; at < line.size() && line[at] == '"';) {
    const std::size_t colon = line.find("\":", at + 1);
    if (colon == std::string_view::npos) break;
    const std::string_view name = line.substr(at + 1, colon - at - 1);
    const std::size_t end = value_end(line, colon + 2);
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
      if (!first) to += ',';
      first = false;
      to += line.substr(at, end - at);
    }
    at = end + 1;
  }
  to += '}';
}

std::string_view chosen_line(const EventChunk& chunk, std::size_t i, const FieldChoice& fields,
                             std::string& buffer) {
  const std::string_view line = chunk.line(i);
  if (fields.all() || chunk.stream(i) > 0 || chunk.is_corrupt(i)) return line;
  buffer.clear();
  fields.append(line, buffer);
  return buffer;
}

void append_event_message(const EventChunk& chunk, std::size_t i, std::string_view data, std::string& to) {
  to += chunk.is_corrupt(i) ? R"({"type":"corrupt")" : R"({"type":"event")";
  if (const std::uint32_t stream = chunk.stream(i); stream > 0)
    to.append(R"(,"stream":")").append(chunk.forms().stream_names[stream]).append("\"");
  to += R"(,"data":)";
  if (chunk.is_corrupt(i))
    http::append_json_string(data, to);
  else
    to += data;
  to += '}';
}

void append_server_sent(const EventChunk& chunk, std::size_t i, std::string_view data, std::string_view epoch,
                        std::string& to) {
  fmt::format_to(std::back_inserter(to), "id: {}-{}\n", epoch, chunk.first_id() + i);
  const std::uint32_t stream = chunk.stream(i);
  if (chunk.is_corrupt(i))
    to += "event: corrupt\n";
  else if (stream > 0)
    to.append("event: ").append(chunk.forms().stream_names[stream]).append("\n");
  to += "data: ";
  if (chunk.is_corrupt(i))
    http::append_json_string(data, to);
  else
    to += data;
  to += "\n\n";
}

std::string items_message(std::span<const EventPlace> events, const FieldChoice& fields,
                          std::string_view type) {
  std::string text = "{";
  if (!type.empty()) text.append(R"("type":")").append(type).append(R"(",)");
  text += R"("items":[)";
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i > 0) text += ',';
    fields.append(events[i].line(), text);
  }
  return text += "]}";
}

std::string thinned_message(std::uint64_t skipped) {
  return fmt::format(R"({{"type":"thinned","skipped":{},"detail":"events came faster than they were taken; )"
                     R"(a snapshot follows, ask for fewer with ?rate= or ?fields="}})",
                     skipped);
}

}  // namespace racesim::serve
