#include "cli/commands/aggregate/report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/quantity.h"
#include "base/time_text.h"
#include "base/visible.h"
#include "cli/commands/pipeline_text.h"
#include "cli/exit_codes.h"
#include "cli/terminal/pieces.h"

namespace racesim::cli {
namespace {

constexpr std::size_t kAggregateSparks = 5;
constexpr double kAggregateLogEvery_s = 10;

struct AggregateMetric {
  const char* name;
  double (*value)(const AggregateReport& report);
};

template <std::uint64_t AggregateCounts::*count>
double counted_in(const AggregateReport& report) {
  return static_cast<double>(report.counts.*count);
}

double results_of(const AggregateCounts& counts) {
  double all = 0;
  for (const std::uint64_t rows : counts.results) all += static_cast<double>(rows);
  return all;
}

double mean_rate(const AggregateReport& report) {
  const double uptime_s = report.result.status.uptime_s;
  return uptime_s > 0 ? static_cast<double>(report.counts.consumed) / uptime_s : 0;
}

/// Adding one is one line.
constexpr std::array kAggregateMetrics{
    AggregateMetric{"consumed", &counted_in<&AggregateCounts::consumed>},
    AggregateMetric{"taken", &counted_in<&AggregateCounts::taken>},
    AggregateMetric{"late", &counted_in<&AggregateCounts::late>},
    AggregateMetric{"late_idle", &counted_in<&AggregateCounts::late_idle>},
    AggregateMetric{"duplicates", &counted_in<&AggregateCounts::duplicates>},
    AggregateMetric{"unusable", &counted_in<&AggregateCounts::unusable>},
    AggregateMetric{"ignored", &counted_in<&AggregateCounts::ignored>},
    AggregateMetric{"dead_lettered", &counted_in<&AggregateCounts::dead_lettered>},
    AggregateMetric{"gaps", &counted_in<&AggregateCounts::gaps>},
    AggregateMetric{"results", [](const AggregateReport& r) { return results_of(r.counts); }},
    AggregateMetric{"rate", &mean_rate},
    AggregateMetric{"uptime_s", [](const AggregateReport& r) { return r.result.status.uptime_s; }},
};

Piece refused_piece(const char* name, std::uint64_t count, Tint bad) {
  return {std::string(name) + " " + format_count(count), 0, count == 0 ? Tint::dim : bad};
}

std::string event_time(std::int64_t us) {
  return us == kNoWatermark_us ? "none" : format_datetime_us(us);
}

}  // namespace

std::vector<std::string> aggregate_metric_names() {
  std::vector<std::string> names;
  for (const AggregateMetric& metric : kAggregateMetrics) names.emplace_back(metric.name);
  return names;
}

std::optional<double> aggregate_metric(const std::string& metric, const AggregateReport& report) {
  for (const AggregateMetric& known : kAggregateMetrics)
    if (metric == known.name) return known.value(report);
  return std::nullopt;
}

std::string aggregate_line(const IngestStatus& status, const AggregateCounts& counts,
                           const RecentRates& rates, const Screen& screen) {
  std::vector<Piece> pieces;
  pieces.push_back({clock_text(status.uptime_s), 5, Tint::dim, 1});
  if (const std::string sparks = sparkline(rates.seconds(kAggregateSparks), 0, screen.utf8); !sparks.empty())
    pieces.push_back({sparks, 8, Tint::cyan, 1, kAggregateSparks});
  pieces.push_back({format_number(rates.now(), rates.now() < 10 ? 1 : 0) + "/s", 0, Tint::bold, 1});
  if (const std::string wait = waiting_text(status); !wait.empty()) {
    Piece piece{wait, 1, Tint::yellow};
    piece.least = 20;
    pieces.push_back(std::move(piece));
  }
  pieces.push_back({"taken " + format_count(counts.taken), 2});
  pieces.push_back({"results " + format_number(results_of(counts), 0), 2});
  if (counts.late > 0) pieces.push_back({"late " + format_count(counts.late), 3, Tint::yellow});
  if (counts.dead_lettered > 0)
    pieces.push_back({"dead letters " + format_count(counts.dead_lettered), 3, Tint::red});
  pieces.push_back({"watermark " + event_time(counts.watermark_us), 6});
  if (status.lag) pieces.push_back({"lag " + format_count(*status.lag), 4});
  if (status.stopping) pieces.push_back({"ending", 1, Tint::cyan});
  return one_line(pieces, static_cast<std::size_t>(std::max(screen.line_columns, 2)) - 1, screen);
}

std::vector<LogField> aggregate_fields(const IngestStatus& status, const AggregateCounts& counts,
                                       double rate) {
  const auto count = [](const char* name, std::uint64_t value) {
    return LogField{name, std::to_string(value), false};
  };
  std::vector<LogField> fields{count("consumed", counts.consumed), count("taken", counts.taken),
                               count("late", counts.late), count("dead_lettered", counts.dead_lettered)};
  fields.push_back({"results", fmt::format("{:.0f}", results_of(counts)), false});
  fields.push_back({"rate", fmt::format("{:.1f}", rate), false});
  fields.push_back({"watermark", event_time(counts.watermark_us)});
  if (status.lag) fields.push_back(count("lag", *status.lag));
  if (const std::string wait = waiting_text(status); !wait.empty()) fields.push_back({"held_up", wait});
  return fields;
}

std::string aggregate_summary(const AggregateReport& report, const Screen& screen) {
  const auto columns = static_cast<std::size_t>(std::min(screen.columns, std::max(screen.line_columns, 40)));
  const AggregateCounts& c = report.counts;
  std::vector<Piece> counts{{format_count(c.consumed)}, {"taken " + format_count(c.taken), 0, Tint::bold}};
  counts.push_back(refused_piece("late", c.late, Tint::yellow));
  if (c.late_idle > 0) counts.push_back(refused_piece("late by idle time-out", c.late_idle, Tint::yellow));
  counts.push_back(refused_piece("duplicates", c.duplicates, Tint::yellow));
  if (c.unusable > 0) counts.push_back(refused_piece("unusable", c.unusable, Tint::red));
  if (c.ignored > 0) counts.push_back(refused_piece("of other kinds", c.ignored, Tint::dim));
  counts.push_back(refused_piece("dead letters", c.dead_lettered, Tint::red));
  if (c.gaps > 0) counts.push_back(refused_piece("gone before they were read", c.gaps, Tint::red));
  std::string text = labelled_row("consumed", counts, columns, screen);
  std::vector<Piece> results;
  for (std::size_t i = 0; i < report.aggregations.size() && i < c.results.size(); ++i)
    results.push_back({report.aggregations[i] + " " + format_count(c.results[i]), 0, Tint::bold});
  text += labelled_row("results", results, columns, screen);
  text += labelled_row("time", {{"up to " + event_time(c.newest_us)}}, columns, screen);
  text += labelled_row(
      "took", {{took_text(report.result.status.uptime_s)}, {format_number(mean_rate(report), 1) + "/s"}},
      columns, screen);
  text += labelled_row("from", {{report.source}}, columns, screen);
  text += labelled_row("into", {{report.target}}, columns, screen);
  return text;
}

std::string aggregate_summary_json(const AggregateReport& report, int exit_code) {
  using Json = nlohmann::ordered_json;
  const AggregateCounts& c = report.counts;
  Json object;
  object["source"] = report.source;
  object["target"] = report.target;
  for (const auto& [name, count] :
       {std::pair{"consumed", c.consumed}, std::pair{"taken", c.taken}, std::pair{"late", c.late},
        std::pair{"late_idle", c.late_idle}, std::pair{"duplicates", c.duplicates},
        std::pair{"unusable", c.unusable}, std::pair{"ignored", c.ignored},
        std::pair{"dead_lettered", c.dead_lettered}, std::pair{"gaps", c.gaps},
        std::pair{"commits", c.commits}})
    object[name] = count;
  object["results"] = Json::object();
  for (std::size_t i = 0; i < report.aggregations.size() && i < c.results.size(); ++i)
    object["results"][report.aggregations[i]] = c.results[i];
  object["watermark"] = c.watermark_us == kNoWatermark_us ? Json() : Json(event_time(c.watermark_us));
  object["newest"] = c.newest_us == kNoWatermark_us ? Json() : Json(event_time(c.newest_us));
  object["uptime_s"] = report.result.status.uptime_s;
  object["rate"] = mean_rate(report);
  object["reached_end"] = report.result.reached_end;
  object["drained"] = report.result.drained;
  object["thresholds"] = Json::array();
  for (const Threshold& threshold : report.thresholds) {
    const std::optional<double> value = aggregate_metric(threshold.metric, report);
    object["thresholds"].push_back({{"condition", threshold.text},
                                    {"value", value ? Json(*value) : Json()},
                                    {"holds", holds(threshold, value)}});
  }
  const std::optional<Error>& error = report.result.error;
  object["error"] = error ? Json{{"what", error->what}, {"hint", error->hint}} : Json();
  object["exit_code"] = exit_code;
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int aggregate_exit_code(const AggregateReport& report) {
  const IngestResult& result = report.result;
  if (result.error && result.error->kind != ErrorKind::reader_gone) return exit_code(result.error->kind);
  const bool cut_short = report.signal != 0 && report.bounded && !result.reached_end;
  if (cut_short || report.signals > 1) return kExitSignalBase + report.signal;
  for (const Threshold& threshold : report.thresholds)
    if (!holds(threshold, aggregate_metric(threshold.metric, report))) return kExitThreshold;
  if (!result.drained && !result.error) return kExitPartial;
  return kExitOk;
}

std::string aggregate_warning(const AggregateReport& report) {
  const AggregateCounts& c = report.counts;
  const std::string inputs = fmt::format("{}", fmt::join(report.inputs, ", "));
  if (c.taken == 0 && c.ignored > 0)
    return fmt::format("none of {} records is of a kind that these aggregations read: {}",
                       format_count(c.consumed), inputs);
  if (c.taken == 0 && c.consumed > 0 && c.dead_lettered == c.consumed)
    return fmt::format("none of {} records is an event: the file of dead letters says why",
                       format_count(c.consumed));
  return {};
}

void AggregateProgress::tick(const IngestStatus& status, const AggregateCounts& counts) {
  rates_.note(counts.consumed, status.uptime_s);
  if (form_ == ProgressForm::line) {
    if (const int columns = terminal_columns(STDERR_FILENO); columns > 0) screen_.line_columns = columns;
    write_stderr("\r\x1b[K" + aggregate_line(status, counts, rates_, screen_));
    drawn_ = true;
  } else if (form_ == ProgressForm::log && status.uptime_s >= next_log_s_) {
    next_log_s_ += kAggregateLogEvery_s;
    log(LogLevel::info, status.stopping ? "ending" : "running",
        aggregate_fields(status, counts, rates_.now()));
  }
}

void AggregateProgress::clear() {
  if (drawn_) write_stderr("\r\x1b[K");
  drawn_ = false;
}

}  // namespace racesim::cli
