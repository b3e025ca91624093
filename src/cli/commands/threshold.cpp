#include "cli/commands/threshold.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/suggest.h"

namespace racesim::cli {
namespace {

constexpr const char* kExample = "example: error_rate<0.01";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

struct Operator {
  std::string_view text;
  Relation relation;
};
/// Longer ones first, so that "<=" is not read as "<".
constexpr std::array kOperators{Operator{"<=", Relation::at_most}, Operator{">=", Relation::at_least},
                                Operator{"==", Relation::equal},   Operator{"!=", Relation::different},
                                Operator{"<", Relation::less},     Operator{">", Relation::greater}};

}  // namespace

Result<Threshold> parse_threshold(std::string_view text, const std::vector<std::string>& metrics) {
  // The metric ends where the comparison begins; blanks around both are fine.
  const std::size_t at = text.find_first_of("<>=!");
  const auto not_one = [&] {
    return fail(ErrorKind::usage, fmt::format("'{}' is not a threshold", text),
                fmt::format("write METRIC<NUMBER, with <, <=, >, >=, == or !=   {}", kExample));
  };
  if (at == std::string_view::npos) return not_one();
  Threshold threshold;
  threshold.text = std::string(text);
  threshold.metric = std::string(trimmed(text.substr(0, at)));
  std::string_view rest = text.substr(at);
  const Operator* found = nullptr;
  for (const Operator& op : kOperators)
    if (found == nullptr && rest.substr(0, op.text.size()) == op.text) found = &op;
  if (found == nullptr) return not_one();
  threshold.relation = found->relation;
  rest = trimmed(rest.substr(found->text.size()));
  const bool percent = !rest.empty() && rest.back() == '%';
  if (percent) rest.remove_suffix(1);
  const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), threshold.limit);
  if (failure != std::errc() || end != rest.data() + rest.size() || !std::isfinite(threshold.limit))
    return not_one();
  if (percent) threshold.limit /= 100;
  if (std::find(metrics.begin(), metrics.end(), threshold.metric) != metrics.end()) return threshold;
  const std::string meant = closest(threshold.metric, metrics);
  return fail(ErrorKind::usage, "unknown metric '" + threshold.metric + "'",
              (meant.empty() ? "" : "did you mean: " + meant + "\n") +
                  fmt::format("known: {}", fmt::join(metrics, ", ")));
}

bool holds(const Threshold& threshold, std::optional<double> value) {
  if (!value) return false;
  switch (threshold.relation) {
    case Relation::less:
      return *value < threshold.limit;
    case Relation::at_most:
      return *value <= threshold.limit;
    case Relation::greater:
      return *value > threshold.limit;
    case Relation::at_least:
      return *value >= threshold.limit;
    case Relation::equal:
      return *value == threshold.limit;
    case Relation::different:
      return *value != threshold.limit;
  }
  return false;
}

Error violation_of(const Threshold& threshold, std::optional<double> value) {
  const std::string shown = value ? fmt::format("{:g}", *value) : "not measured";
  return {ErrorKind::runtime, fmt::format("threshold {} does not hold: {}", threshold.text, shown), ""};
}

}  // namespace racesim::cli
