#include "io/http/server/query.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/visible.h"

namespace racesim::http {
namespace {

/// None: a '%' without two hexadecimal digits.
std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    unsigned value = 0;
    const char* const digits = text.data() + i + 1;
    if (text.size() - i < 3) return std::nullopt;
    const auto [end, error] = std::from_chars(digits, digits + 2, value, 16);
    if (error != std::errc() || end != digits + 2) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

}  // namespace

Result<std::vector<QueryParameter>> parse_query(std::string_view query) {
  std::vector<QueryParameter> parameters;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    const auto name = unescaped(part.substr(0, equals));
    const auto value = unescaped(part.substr(std::min(equals + 1, part.size())));
    const std::string shown = "query '" + visible_text(part.substr(0, 80)) + "'";
    if (!name || !value)
      return fail(ErrorKind::usage, shown + ": '%' stands before two hexadecimal digits", "write % as %25");
    if (visible_text(*name) != *name || visible_text(*value) != *value)
      return fail(ErrorKind::usage, shown + ": not UTF-8, or with control characters", "send plain text");
    const bool twice = std::any_of(parameters.begin(), parameters.end(),
                                   [&](const QueryParameter& p) { return p.name == *name; });
    if (twice) return fail(ErrorKind::usage, "query: '" + *name + "' stands twice", "give it once");
    parameters.push_back({*name, *value});
  }
  return parameters;
}

}  // namespace racesim::http
