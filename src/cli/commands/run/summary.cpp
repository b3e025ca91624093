#include "cli/commands/run/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/quantity.h"
#include "base/time_text.h"
#include "cli/commands/run/next_step.h"
#include "cli/terminal/pieces.h"

namespace racesim::cli {
namespace {

// A rate that is further off than this deserves a look.
constexpr double kNotablePercent = 1;

/// What the rows have in common.
struct Page {
  const RunConfig& config;
  const RunResult& result;
  const Screen& screen;
  std::size_t columns;

  std::string row(std::string_view label, const std::vector<Piece>& pieces) const {
    return pieces.empty() ? std::string() : labelled_row(label, pieces, columns, screen);
  }
};

Piece piece(std::string text) {
  return {std::move(text)};
}
Piece piece(std::string text, Tint tint) {
  return {std::move(text), 0, tint};
}

std::string counts_row(const Page& page) {
  const RunStatus& s = page.result.status;
  std::vector<Piece> pieces{piece(format_count(s.generated)), piece("sent " + format_count(s.sent)),
                            piece("acked " + format_count(s.acked), Tint::bold),
                            piece("retried " + format_count(s.retried)),
                            piece("dead-lettered " + format_count(s.dead_lettered))};
  if (s.retried == 0) pieces[3].tint = Tint::dim;
  pieces[4].tint = s.dead_lettered == 0 ? Tint::dim : Tint::red;
  if (s.failed > 0) pieces.push_back(piece("failed " + format_count(s.failed), Tint::red));
  if (s.unread > 0) pieces.push_back(piece("unread answers " + format_count(s.unread), Tint::yellow));
  if (s.shed > 0) pieces.push_back(piece("left out " + format_count(s.shed), Tint::yellow));
  return page.row(page.config.replay ? "replayed" : "generated", pieces);
}

/// "60", "0.25": three digits are enough to compare.
std::string speed_text(double speed) {
  return format_number(speed, speed < 10 ? 3 : speed < 1000 ? 2 : 0);
}

/// What was read, and what became of the rest of it.
std::string recording_row(const Page& page) {
  if (!page.result.status.replay) return {};
  const ReplayStatus& replay = *page.result.status.replay;
  std::vector<Piece> pieces{piece(format_count(replay.read) + " records read")};
  const auto add = [&](std::uint64_t count, const char* what, std::optional<Tint> tint) {
    if (count > 0) pieces.push_back({what + (" " + format_count(count)), 2, tint});
  };
  add(replay.outside, "before --from", std::nullopt);
  add(replay.filtered, "filtered", std::nullopt);
  add(replay.late, "out of order", std::nullopt);
  add(replay.jumps, "jumps of the clock", Tint::yellow);
  add(replay.cut_gaps, "gaps cut", Tint::yellow);
  add(replay.refused, "no events", Tint::red);
  if (replay.rounds > 1) add(replay.rounds, "rounds", std::nullopt);
  return page.row("recording", pieces);
}

/// Of event time, against what was asked for.
std::string speed_row(const Page& page) {
  if (!page.result.status.replay || page.result.status.replay->got_speed <= 0) return {};
  const ReplayStatus& replay = *page.result.status.replay;
  std::vector<Piece> pieces;
  if (replay.asked_speed > 0) pieces.push_back(piece("target " + speed_text(replay.asked_speed)));
  pieces.push_back(piece("got " + speed_text(replay.got_speed) + " times as recorded", Tint::bold));
  return page.row("speed", pieces);
}

std::string faults_row(const Page& page) {
  if (!page.config.faults.any()) return {};
  const FaultTotals& totals = page.result.status.faults;
  return page.row(
      "faults",
      {piece("late " + format_count(totals.late)), piece("duplicate " + format_count(totals.duplicate)),
       piece("reorder " + format_count(totals.reorder)), piece("drop " + format_count(totals.drop)),
       piece("corrupt " + format_count(totals.corrupt))});
}

std::string rate_row(const Page& page) {
  const RunStatus& s = page.result.status;
  std::vector<Piece> pieces;
  if (s.target_rate > 0) pieces.push_back(piece("target " + format_number(s.target_rate, 1) + "/s"));
  if (s.got_rate <= 0) {
    pieces.push_back(piece("not measured", Tint::dim));
    return page.row("rate", pieces);
  }
  pieces.push_back(piece("got " + format_number(s.got_rate, 1) + "/s", Tint::bold));
  if (s.target_rate > 0) {
    const double percent = (s.got_rate - s.target_rate) / s.target_rate * 100;
    const char* minus = page.screen.utf8 ? "\u2212" : "-";
    const char* sign = std::abs(percent) < 0.005 ? "" : percent < 0 ? minus : "+";
    pieces.push_back({fmt::format("({}{:.2f}%)", sign, std::abs(percent)), 0,
                      std::abs(percent) < kNotablePercent ? Tint::dim : Tint::yellow, 1});
  }
  return page.row("rate", pieces);
}

/// "p50 0.1 p99 1.2 max 4 ms": from due time on, over all events.
Piece lag_piece(const std::string& name, const LagSummary& lag) {
  const auto ms = [](double value) { return format_number(value, value < 10 ? 1 : 0); };
  return piece(name + "p50 " + ms(lag.p50_ms) + " p99 " + ms(lag.p99_ms) + " max " + ms(lag.max_ms) + " ms");
}

bool sends_to_http(const RunConfig& config) {
  const auto& sinks = config.delivery.sinks;
  return std::any_of(sinks.begin(), sinks.end(), [](const SinkSpec& sink) { return sink.kind == "http"; });
}

/// Without due times there is none.
std::string lag_row(const Page& page) {
  const RunStatus& s = page.result.status;
  if (s.send_lag.count == 0) return {};
  std::vector<Piece> pieces{lag_piece("", s.send_lag)};
  // Files and pipes take events at once; a server may be far behind with its answers.
  if (s.ack_lag.count > 0 && sends_to_http(page.config)) pieces.push_back(lag_piece("answers ", s.ack_lag));
  return page.row("lag", pieces);
}

std::string took_row(const Page& page) {
  const RunStatus& s = page.result.status;
  std::uint64_t bytes = 0;
  for (const SinkStatus& sink : s.sinks) bytes += sink.bytes;
  std::vector<Piece> pieces{piece(s.uptime_s < 60
                                      ? format_number(s.uptime_s, s.uptime_s < 10 ? 2 : 1) + " s"
                                      : format_duration(std::llround(s.uptime_s) * 1'000'000'000))};
  if (bytes > 0) pieces.push_back(piece(format_bytes(static_cast<double>(bytes))));
  return page.row("took", pieces);
}

/// What another process had done, and what was left for this one.
std::string resumed_row(const Page& page) {
  const RunStatus& s = page.result.status;
  if (!s.resumed) return {};
  std::vector<Piece> pieces{piece(format_count(s.already) + " were there before"),
                            piece(format_count(s.acked) + " added now")};
  if (s.overdue > 0)
    pieces.push_back(
        piece(format_count(s.overdue) + " of them overdue at its start, in no rate", Tint::yellow));
  for (const SinkSpec& sink : page.config.delivery.sinks)
    if (sink.kind == "kafka")
      pieces.push_back(piece("looked when the topic had rested for " +
                                 format_duration(page.config.delivery.kafka.settle_ns) + " (--settle)",
                             Tint::dim));
  return page.row("resumed", pieces);
}

/// A table if there are several: each has its own counts.
std::string sink_rows(const Page& page) {
  const std::vector<SinkStatus>& sinks = page.result.status.sinks;
  if (sinks.size() < 2) return {};
  std::vector<std::array<std::string, 6>> rows{{"sink", "sent", "acked", "retried", "failed", "bytes"}};
  for (const SinkStatus& sink : sinks)
    rows.push_back({sink.name, format_count(sink.sent), format_count(sink.acked), format_count(sink.retried),
                    format_count(sink.failed), format_bytes(static_cast<double>(sink.bytes))});
  std::array<std::size_t, 6> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths.at(i) = std::max(widths.at(i), display_width(row.at(i)));
  std::size_t numbers = 2;
  for (std::size_t i = 1; i < widths.size(); ++i) numbers += 2 + widths.at(i);
  const std::size_t room = page.columns > numbers + 10 ? page.columns - numbers : 10;
  widths[0] = std::min(widths[0], room);
  std::string text;
  for (const auto& row : rows) {
    const std::string name = shortened(row[0], widths[0], page.screen.utf8);
    std::string line = "  " + name + std::string(widths[0] - display_width(name), ' ');
    for (std::size_t i = 1; i < row.size(); ++i) line += fmt::format("  {:>{}}", row.at(i), widths.at(i));
    text += (&row == rows.data() ? tinted(line, Tint::dim, page.screen) : line) + "\n";
  }
  return text;
}

std::string run_row(const Page& page, const std::string& manifest) {
  const RunResult& result = page.result;
  std::vector<std::string> words{result.run, fmt::format("seed {}", result.seed)};
  if (page.config.pace.live && !page.config.replay)
    words.push_back("start " + format_datetime(result.start_ns));
  // Else the command below names it.
  if (!manifest.empty() && verify_command_words(page.config, manifest).empty())
    words.push_back("manifest " + manifest);
  if (result.status.dead_lettered > 0)
    words.push_back("dead letters in " + page.config.delivery.dead_letter_path);
  std::vector<Piece> pieces;
  for (std::string& word : words) {
    if (!pieces.empty()) pieces.back().text += page.screen.utf8 ? " \u00b7" : ",";
    pieces.push_back({std::move(word), 0, std::nullopt, 1});
  }
  return page.row("run", pieces);
}

/// Broken where a shell reads on, between options.
std::string next_row(const Page& page, const std::string& manifest) {
  const std::vector<std::string> words = verify_command_words(page.config, manifest);
  if (page.result.error || words.empty()) return {};
  constexpr std::size_t kBegin = 12;
  const std::string indent(kBegin, ' ');
  std::string text = page.row("next:", {piece("")});
  text.pop_back();
  std::string line;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string word = words[i];
    if (word[0] == '-' && i + 1 < words.size()) word += " " + words[++i];
    // A backslash takes two columns more.
    if (!line.empty() && kBegin + display_width(line) + 1 + display_width(word) + 2 > page.columns) {
      text += tinted(line + " \\", Tint::cyan, page.screen) + "\n" + indent;
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return text + tinted(line, Tint::cyan, page.screen) + "\n";
}

}  // namespace

std::string summary_text(const RunConfig& config, const RunResult& result, const std::string& manifest,
                         const Screen& screen) {
  const auto columns = static_cast<std::size_t>(std::min(screen.columns, std::max(screen.line_columns, 40)));
  const Page page{config, result, screen, columns};
  return counts_row(page) + recording_row(page) + faults_row(page) + speed_row(page) + rate_row(page) +
         lag_row(page) + took_row(page) + resumed_row(page) + sink_rows(page) + run_row(page, manifest) +
         next_row(page, manifest);
}

}  // namespace racesim::cli
