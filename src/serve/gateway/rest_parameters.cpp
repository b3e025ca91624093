#include "serve/gateway/rest_parameters.h"

#include <charconv>

#include "base/quantity.h"
#include "base/time_text.h"

namespace racesim::serve {
namespace {

constexpr std::int64_t kLeastEvery_us = 1'000;

tl::unexpected<Error> refused(std::string_view name, const std::string& text, const std::string& why,
                              const std::string& hint) {
  return fail(ErrorKind::usage, std::string(name) + ": '" + text.substr(0, 80) + "' " + why, hint);
}

}  // namespace

http::RouteParameter from_parameter() {
  return {"from", "Only from this moment of event time on: 2026-07-05T14:00:00Z"};
}

http::RouteParameter to_parameter() {
  return {"to", "Only before this moment of event time"};
}

Result<std::optional<std::int64_t>> read_moment(const Parameters& parameters, std::string_view name) {
  const std::string* const text = find_parameter(parameters, name);
  if (text == nullptr) return std::optional<std::int64_t>();
  const Result<std::int64_t> time_ns = parse_datetime(*text, "UTC");
  if (!time_ns) return refused(name, *text, "is no time: " + time_ns.error().what, time_ns.error().hint);
  return std::optional<std::int64_t>(*time_ns / 1000);
}

Result<std::optional<std::int64_t>> read_whole(const Parameters& parameters, std::string_view name) {
  const std::string* const text = find_parameter(parameters, name);
  if (text == nullptr) return std::optional<std::int64_t>();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || text->empty() || value < 0)
    return refused(name, *text, "is no whole number from 0 on", "example: " + std::string(name) + "=12");
  return std::optional<std::int64_t>(value);
}

Result<bool> read_flag(const Parameters& parameters, std::string_view name) {
  const std::string* const text = find_parameter(parameters, name);
  if (text == nullptr || *text == "0") return false;
  if (*text == "1") return true;
  return refused(name, *text, "is neither 1 nor 0", "example: " + std::string(name) + "=1");
}

Result<std::int64_t> read_every(const Parameters& parameters) {
  const std::string* const text = find_parameter(parameters, "every");
  if (text == nullptr) return 0;
  const Result<std::int64_t> every_ns = parse_duration_ns(*text);
  if (!every_ns) return refused("every", *text, "is no duration", "example: every=200ms");
  if (*every_ns / 1000 < kLeastEvery_us)
    return refused("every", *text, "is less than 1ms", "leave it out for all rows");
  return *every_ns / 1000;
}

std::vector<std::string> read_list(const Parameters& parameters, std::string_view name) {
  std::vector<std::string> items;
  const std::string text = read_text(parameters, name);
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    if (!item.empty()) items.emplace_back(item);
  }
  return items;
}

std::string read_text(const Parameters& parameters, std::string_view name) {
  const std::string* const text = find_parameter(parameters, name);
  return text == nullptr ? std::string() : *text;
}

}  // namespace racesim::serve
