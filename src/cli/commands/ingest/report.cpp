#include "cli/commands/ingest/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/quantity.h"
#include "base/visible.h"
#include "cli/commands/pipeline_text.h"
#include "cli/exit_codes.h"
#include "cli/terminal/pieces.h"

namespace racesim::cli {
namespace {

constexpr std::size_t kIngestSparks = 5;
constexpr std::size_t kNamesMost = 8;

using Metric = std::optional<double> (*)(const IngestResult&);

struct IngestMetric {
  const char* name;
  Metric value;
};

template <std::uint64_t IngestCounts::*count>
std::optional<double> counted(const IngestResult& r) {
  return static_cast<double>(r.status.counts.*count);
}

double rate_of_all(const IngestStatus& status) {
  return status.uptime_s > 0 ? static_cast<double>(status.counts.consumed) / status.uptime_s : 0;
}

std::optional<double> error_share(const IngestResult& r) {
  const IngestCounts& c = r.status.counts;
  const double bad = static_cast<double>(c.dead_lettered + c.rejected);
  return c.consumed == 0 ? 0 : bad / static_cast<double>(c.consumed);
}

/// Adding one is one line.
constexpr std::array kIngestMetrics{
    IngestMetric{"consumed", &counted<&IngestCounts::consumed>},
    IngestMetric{"stored", &counted<&IngestCounts::stored>},
    IngestMetric{"duplicates", &counted<&IngestCounts::duplicates>},
    IngestMetric{"dead_lettered", &counted<&IngestCounts::dead_lettered>},
    IngestMetric{"conflicts", &counted<&IngestCounts::conflicts>},
    IngestMetric{"rejected", &counted<&IngestCounts::rejected>},
    IngestMetric{"expired", &counted<&IngestCounts::expired>},
    IngestMetric{"gaps", &counted<&IngestCounts::gaps>},
    IngestMetric{"error_rate", &error_share},
    IngestMetric{"rate", [](const IngestResult& r) { return std::optional(rate_of_all(r.status)); }},
    IngestMetric{"uptime_s", [](const IngestResult& r) { return std::optional(r.status.uptime_s); }},
};

Piece counted_piece(const char* name, std::uint64_t count, Tint bad) {
  return {std::string(name) + " " + format_count(count), 0, count == 0 ? Tint::dim : bad};
}

}  // namespace

std::vector<std::string> ingest_metric_names() {
  std::vector<std::string> names;
  for (const IngestMetric& metric : kIngestMetrics) names.emplace_back(metric.name);
  return names;
}

std::optional<double> ingest_metric(const std::string& metric, const IngestResult& result) {
  for (const IngestMetric& known : kIngestMetrics)
    if (metric == known.name) return known.value(result);
  return std::nullopt;
}

std::string ingest_line(const IngestStatus& status, const RecentRates& rates, const Screen& screen) {
  const IngestCounts& c = status.counts;
  std::vector<Piece> pieces;
  pieces.push_back({clock_text(status.uptime_s), 5, Tint::dim, 1});
  if (const std::string sparks = sparkline(rates.seconds(kIngestSparks), 0, screen.utf8); !sparks.empty())
    pieces.push_back({sparks, 8, Tint::cyan, 1, kIngestSparks});
  pieces.push_back({format_number(rates.now(), rates.now() < 10 ? 1 : 0) + "/s", 0, Tint::bold, 1});
  if (const std::string wait = waiting_text(status); !wait.empty()) {
    Piece piece{wait, 1, Tint::yellow};
    piece.least = 20;
    pieces.push_back(std::move(piece));
  }
  pieces.push_back({"stored " + format_count(c.stored), 2});
  if (c.duplicates > 0) pieces.push_back({"duplicates " + format_count(c.duplicates), 6});
  pieces.push_back({"dead letters " + format_count(c.dead_lettered), c.dead_lettered > 0 ? 3 : 7});
  if (c.dead_lettered > 0) pieces.back().tint = Tint::red;
  if (status.lag) pieces.push_back({"lag " + format_count(*status.lag), 4});
  if (status.stopping) pieces.push_back({"ending", 1, Tint::cyan});
  return one_line(pieces, static_cast<std::size_t>(std::max(screen.line_columns, 2)) - 1, screen);
}

std::vector<LogField> ingest_fields(const IngestStatus& status, double rate) {
  const IngestCounts& c = status.counts;
  const auto count = [](const char* name, std::uint64_t value) {
    return LogField{name, std::to_string(value), false};
  };
  std::vector<LogField> fields{count("consumed", c.consumed), count("stored", c.stored),
                               count("duplicates", c.duplicates), count("dead_lettered", c.dead_lettered),
                               count("expired", c.expired)};
  fields.push_back({"rate", fmt::format("{:.1f}", rate), false});
  if (status.lag) fields.push_back(count("lag", *status.lag));
  if (const std::string wait = waiting_text(status); !wait.empty()) fields.push_back({"held_up", wait});
  return fields;
}

std::string ingest_summary(const IngestReport& report, const Screen& screen) {
  const auto columns = static_cast<std::size_t>(std::min(screen.columns, std::max(screen.line_columns, 40)));
  const IngestStatus& status = report.result.status;
  const IngestCounts& c = status.counts;
  std::vector<Piece> counts{{format_count(c.consumed)}, {"stored " + format_count(c.stored), 0, Tint::bold}};
  counts.push_back(counted_piece("duplicates", c.duplicates, Tint::yellow));
  counts.push_back(counted_piece("dead letters", c.dead_lettered, Tint::red));
  if (c.conflicts > 0) counts.push_back({"(" + format_count(c.conflicts) + " conflicts)", 0, Tint::red, 1});
  if (c.rejected > 0) counts.push_back(counted_piece("refused", c.rejected, Tint::red));
  if (c.expired > 0) counts.push_back(counted_piece("expired", c.expired, Tint::yellow));
  if (c.gaps > 0) counts.push_back(counted_piece("gone before they were read", c.gaps, Tint::red));
  std::string text = labelled_row("consumed", counts, columns, screen);
  std::vector<Piece> tables;
  for (const auto& [table, rows] : c.stored_by_table) tables.push_back({table + " " + format_count(rows)});
  if (!tables.empty()) text += labelled_row("tables", tables, columns, screen);
  text += labelled_row("took",
                       {{took_text(status.uptime_s)},
                        {format_number(rate_of_all(status), 1) + "/s"},
                        {format_count(c.commits) + (c.commits == 1 ? " commit" : " commits")}},
                       columns, screen);
  text += labelled_row("from", {{report.source}}, columns, screen);
  text += labelled_row("into", {{report.store}}, columns, screen);
  return text;
}

std::string unknown_fields_text(const IngestResult& result) {
  if (result.unknown_fields.empty()) return {};
  std::vector<std::string> names;
  for (const auto& [name, records] : result.unknown_fields) {
    if (names.size() == kNamesMost) break;
    names.push_back(fmt::format("{} ({})", visible_text(name), format_count(records)));
  }
  const std::size_t more = result.unknown_fields.size() - names.size();
  return fmt::format("fields that no table has were left out: {}{}", fmt::join(names, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

int ingest_exit_code(const IngestReport& report) {
  const IngestResult& result = report.result;
  if (result.error) return exit_code(result.error->kind);
  const bool cut_short = report.signal != 0 && report.bounded && !result.reached_end;
  if (cut_short || report.signals > 1) return kExitSignalBase + report.signal;
  for (const Threshold& threshold : report.thresholds)
    if (!holds(threshold, ingest_metric(threshold.metric, result))) return kExitThreshold;
  if (result.status.counts.conflicts > 0 || !result.drained) return kExitPartial;
  return kExitOk;
}

}  // namespace racesim::cli
