#include "verify/aggregates/aggregate_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/quantity.h"
#include "base/visible.h"

namespace racesim {
namespace {

constexpr std::size_t kShownValue = 160;  ///< bytes of a value in an example

std::string shortened(const std::string& text) {
  return text.size() <= kShownValue ? visible_text(text) : visible_text(text.substr(0, kShownValue)) + "…";
}

std::string count_line(const AggregateCount& one) {
  if (!one.not_judged.empty()) return fmt::format("  {:<12} not judged: {}\n", one.name, one.not_judged);
  std::string text =
      fmt::format("  {:<12} {} of {} right  missing {}  altered {}  phantom {}", one.name,
                  format_count(one.right), format_count(one.expected), format_count(one.missing),
                  format_count(one.altered), format_count(one.phantom));
  if (one.either > 0) text += fmt::format("  {} hang on batches", format_count(one.either));
  if (one.open > 0) text += fmt::format("  {} still open", format_count(one.open));
  if (one.corrected > 0) text += fmt::format("  {} corrected", format_count(one.corrected));
  return text + "\n";
}

std::string example_line(const AggregateExample& one) {
  std::string text = fmt::format("    {} {}: {}", one.kind, one.aggregation, visible_text(one.key));
  if (!one.place.empty()) text += "  at " + visible_text(one.place);
  if (!one.field.empty()) text += "  " + one.field + ":";
  if (!one.expected.empty()) text += " expected " + shortened(one.expected);
  if (!one.found.empty())
    text += fmt::format("{} found {}", one.expected.empty() ? "" : ",", shortened(one.found));
  return text + "\n";
}

std::string verdict(const AggregateFindings& f) {
  std::uint64_t expected = 0, right = 0, judged = 0;
  for (const AggregateCount& one : f.aggregations) {
    expected += one.expected;
    right += one.right;
    judged += one.not_judged.empty() ? 1 : 0;
  }
  if (f.rows == 0 || judged == 0)
    return fmt::format("NOT VERIFIED  {}",
                       f.rows == 0 ? "there are no results" : "no result could be judged");
  return fmt::format("{}  {} of {} results right", f.good() ? "VERIFIED" : "DIFFERENT", format_count(right),
                     format_count(expected));
}

}  // namespace

std::string aggregate_report_text(const AggregateReportInput& report) {
  const AggregateFindings& f = report.findings;
  std::string text = fmt::format("{}  (run {}, {})\n", verdict(f), report.run, visible_text(report.against));
  for (const AggregateCount& one : f.aggregations) text += count_line(one);
  text += fmt::format("  events       must be kept {}  must be dropped {}  either {}\n",
                      format_count(f.must_keep), format_count(f.must_drop), format_count(f.either));
  text += fmt::format(
      "  watermark    {} behind{}{}\n", format_duration(report.rules.delay_us * 1000),
      report.rules.allowed_us > 0 ? ", lateness allowed " + format_duration(report.rules.allowed_us * 1000)
                                  : "",
      report.rules.batch_us > 0 ? ", batches of " + format_duration(report.rules.batch_us * 1000) : "");
  if (f.of_other_runs > 0) text += fmt::format("  {} rows of other runs\n", format_count(f.of_other_runs));
  if (f.unreadable > 0) text += fmt::format("  {} lines are no results\n", format_count(f.unreadable));
  for (const AggregateExample& one : f.examples) text += example_line(one);
  return text;
}

std::string aggregate_report_json(const AggregateReportInput& report) {
  using Json = nlohmann::ordered_json;
  const AggregateFindings& f = report.findings;
  Json object;
  object["run"] = report.run;
  object["against"] = report.against;
  object["rows"] = f.rows;
  object["of_other_runs"] = f.of_other_runs;
  object["unreadable"] = f.unreadable;
  object["events"] = {{"must_keep", f.must_keep}, {"must_drop", f.must_drop}, {"either", f.either}};
  object["aggregations"] = Json::object();
  for (const AggregateCount& one : f.aggregations) {
    Json counts = {{"expected", one.expected}, {"right", one.right},        {"missing", one.missing},
                   {"altered", one.altered},   {"phantom", one.phantom},    {"either", one.either},
                   {"open", one.open},         {"corrected", one.corrected}};
    if (!one.not_judged.empty()) counts["not_judged"] = one.not_judged;
    object["aggregations"][one.name] = std::move(counts);
  }
  object["examples"] = Json::array();
  for (const AggregateExample& one : f.examples)
    object["examples"].push_back({{"kind", one.kind},
                                  {"aggregation", one.aggregation},
                                  {"key", one.key},
                                  {"place", one.place},
                                  {"field", one.field},
                                  {"expected", one.expected},
                                  {"found", one.found}});
  object["seconds"] = report.seconds;
  object["verdict"] = verdict(f);
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace racesim
