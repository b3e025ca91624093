#include "io/http/rejects.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace racesim::http {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kWord = "\"rejected\"";
constexpr std::string_view kBlanks = " \t\r\n";
// Of a body that was not understood, so much goes into the dead letter.
constexpr std::size_t kBodyShownMax = 200;

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text;
}

/// Whether a value that begins here says that there is nothing: 0, null, false, [], {}.
bool says_none(std::string_view value) {
  value = without_blanks(value);
  for (const std::string_view none : {"null", "false"})
    if (value.starts_with(none)) return true;
  if (value.starts_with('0')) return value.size() == 1 || value.find_first_of(".0123456789eExX", 1) != 1;
  const char close = value.starts_with('[') ? ']' : value.starts_with('{') ? '}' : '\0';
  return close != '\0' && without_blanks(value.substr(1)).starts_with(close);
}

/// Looks at the text, since what is cut off cannot be parsed.
bool speaks_of_rejection(std::string_view body) {
  for (std::size_t at = body.find(kWord); at != std::string_view::npos; at = body.find(kWord, at + 1)) {
    const std::string_view behind = without_blanks(body.substr(at + kWord.size()));
    if (!behind.starts_with(':') || !says_none(behind.substr(1))) return true;
  }
  return false;
}

bool looks_like_json(std::string_view body) {
  const std::string_view text = without_blanks(body);
  return text.starts_with('{') || text.starts_with('[');
}

/// Adds what the list says; returns what in it cannot be understood, or nothing.
std::string read_list(const Json& list, std::vector<std::optional<std::string>>& reasons) {
  std::string trouble;
  for (const Json& item : list) {
    const auto index = item.is_object() ? item.find("index") : item.end();
    if (!item.is_object()) {
      trouble = "an entry is no object";
    } else if (index == item.end()) {
      trouble = "an entry has no index";
    } else if (!index->is_number_unsigned()) {
      trouble = "an index is no whole number from 0";
    } else if (index->get<std::uint64_t>() >= reasons.size()) {
      trouble = fmt::format("index {} of {} event{}", index->get<std::uint64_t>(), reasons.size(),
                            reasons.size() == 1 ? "" : "s");
    } else {
      const auto reason = item.find("reason");
      const bool told = reason != item.end() && reason->is_string();
      std::optional<std::string>& known = reasons[index->get<std::size_t>()];
      if (!known) known = told ? reason->get<std::string>() : "rejected by the receiver";
    }
  }
  return trouble;
}

Verdict read_rejection(const Answer& answer, std::size_t count) {
  std::vector<std::optional<std::string>> reasons(count);
  const Json body = Json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  std::string trouble = "no list \"rejected\" at its top";
  if (answer.body_size > answer.body.size())
    trouble = "it is longer than 1 MiB";
  else if (body.is_discarded())
    trouble = "it is no whole JSON";
  else if (body.is_object() && body.contains("rejected") && body["rejected"].is_array())
    trouble = read_list(body["rejected"], reasons);
  if (!trouble.empty())
    trouble = fmt::format("HTTP {} speaks of rejected events and was not understood: {}: {}", answer.status,
                          trouble, std::string_view(answer.body).substr(0, kBodyShownMax));
  Verdict verdict;
  for (std::size_t i = 0; i < count; ++i) {
    if (reasons[i])
      verdict.rejects.push_back({i, *std::move(reasons[i]), false});
    else if (!trouble.empty())
      verdict.rejects.push_back({i, trouble, true});
  }
  return verdict;
}

}  // namespace

Verdict read_verdict(const Answer& answer, std::size_t count) {
  if (answer.body_size == 0) return {};
  const auto unread = [&](const std::string& what) {
    return Verdict{{}, fmt::format("HTTP {} with a body {}", answer.status, what)};
  };
  if (!answer.encoding.empty()) {
    // Only a type that is named and is not JSON tells what is inside.
    if (answer.typed && !answer.json) return {};
    return unread("in Content-Encoding: " + answer.encoding);
  }
  if (!answer.json && !looks_like_json(answer.body)) return {};
  if (speaks_of_rejection(answer.body)) return read_rejection(answer, count);
  if (answer.body_size > answer.body.size()) return unread("of more than 1 MiB");
  if (answer.json && !Json::accept(answer.body)) return unread("that is no whole JSON");
  return {};
}

}  // namespace racesim::http
