#include "graphql/execute/query_error.h"

#include "graphql/values/json.h"

namespace racesim::graphql {
namespace {

void append_locations(std::string& out, const std::vector<Location>& locations) {
  out += ",\"locations\":[";
  for (const Location& location : locations) {
    if (&location != locations.data()) out += ',';
    out +=
        "{\"line\":" + std::to_string(location.line) + ",\"column\":" + std::to_string(location.column) + "}";
  }
  out += ']';
}

void append_path(std::string& out, const std::vector<PathStep>& path) {
  out += ",\"path\":[";
  for (const PathStep& step : path) {
    if (&step != path.data()) out += ',';
    if (const auto* index = std::get_if<std::size_t>(&step)) {
      out += std::to_string(*index);
    } else {
      append_json_text(out, std::get<std::string>(step));
    }
  }
  out += ']';
}

// Longer than any that does not quote a client's long names.
constexpr std::size_t MESSAGE_BYTES_MAX = 500;

}  // namespace

std::string shortened(std::string message) {
  if (message.size() <= MESSAGE_BYTES_MAX) return message;
  std::size_t end = MESSAGE_BYTES_MAX;
  while ((static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
  message.resize(end);
  return message + "…";
}

void append_errors(std::string& out, const std::vector<QueryError>& errors) {
  out += '[';
  for (const QueryError& error : errors) {
    if (&error != errors.data()) out += ',';
    out += "{\"message\":";
    append_json_text(out, error.message);
    if (!error.locations.empty()) append_locations(out, error.locations);
    if (!error.path.empty()) append_path(out, error.path);
    out += '}';
  }
  out += ']';
}

}  // namespace racesim::graphql
