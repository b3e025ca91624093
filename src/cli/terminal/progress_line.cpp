#include "cli/terminal/progress_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/quantity.h"
#include "cli/terminal/pieces.h"

namespace racesim::cli {
namespace {

constexpr std::size_t kSparks = 5;
constexpr std::size_t kBarColumns = 10;
// Shorter waits are how networks and disks are.
constexpr double kHeldUp_s = 1;
// Fewer events than this in a second tell no rate.
constexpr double kFewEvents = 5;

/// 75 → "01:15", 3675 → "1:01:15".
std::string clock_text(double seconds) {
  const auto s = static_cast<std::uint64_t>(std::clamp(seconds, 0.0, 3.6e9));
  if (s < 3600) return fmt::format("{:02}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

/// "0.9 s", "12 s", "3m 5s": as long as people count.
std::string wait_seconds(double seconds) {
  if (seconds < 10) return format_number(seconds, 1) + " s";
  if (seconds < 60) return format_number(seconds, 0) + " s";
  return format_duration(static_cast<std::int64_t>(std::min(seconds, 9e9)) * 1'000'000'000);
}

std::string rate_number(double rate) {
  return format_number(rate, rate < 10 ? 1 : 0);
}

/// By the slowest sink: the one that the others are to wait for.
std::uint64_t slowest_settled(const RunStatus& status) {
  std::uint64_t least = status.acked + status.failed;
  for (const SinkStatus& sink : status.sinks) least = std::min(least, sink.acked + sink.failed);
  return least;
}

/// The name of the sink that has settled least.
std::string slowest_name(const RunStatus& status) {
  const auto settled = [](const SinkStatus& sink) { return sink.already + sink.acked + sink.failed; };
  const auto slowest =
      std::min_element(status.sinks.begin(), status.sinks.end(),
                       [&](const SinkStatus& a, const SinkStatus& b) { return settled(a) < settled(b); });
  return slowest == status.sinks.end() ? std::string("the sink") : slowest->name;
}

std::string bar(double share, const Screen& screen) {
  const auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * kBarColumns);
  std::string text;
  for (std::size_t i = 0; i < kBarColumns; ++i)
    text += i < filled ? (screen.utf8 ? "\u2501" : "=") : (screen.utf8 ? "\u2500" : "-");
  return text;
}

Piece rate_piece(const RunStatus& status, const RecentRates& rates) {
  Piece piece{rate_number(rates.now()) + "/s", 0, Tint::bold, 1};
  const std::string target = status.plan_rate > 0 ? rate_number(status.plan_rate) : "";
  if (!target.empty()) piece.text += " of " + target;
  // The rate grows into its target.
  if (!target.empty()) piece.reserve = 2 * display_width(target) + 6;
  return piece;
}

/// What is wrong, instead of the lag of what went well.
void add_trouble(const RunStatus& status, const std::string& wait, std::vector<Piece>& pieces) {
  const Delay delay = delay_of(status);
  if (delay.seconds > 0)
    pieces.push_back({fmt::format("behind {} ({})", format_count(delay.events), wait_seconds(delay.seconds)),
                      1, Tint::yellow});
  if (!wait.empty()) {
    Piece piece{wait, 3, Tint::yellow};
    piece.least = 20;
    pieces.push_back(std::move(piece));
  }
}

void add_lag(const RunStatus& status, std::vector<Piece>& pieces) {
  if (status.send_lag.count == 0) return;
  const double p99_ms = status.send_lag.p99_ms;
  Piece piece{fmt::format("lag p99 {} ms", format_number(p99_ms, p99_ms < 10 ? 1 : 0)), 4};
  piece.reserve = 14;
  pieces.push_back(std::move(piece));
}

/// How far the run has come, and when it is done.
void add_ending(const RunStatus& status, bool waits, const Screen& screen, std::vector<Piece>& pieces) {
  const double share = share_done(status);
  if (status.state == RunState::draining) pieces.push_back({"draining", 1, Tint::cyan});
  if (share < 0) return;
  if (status.state == RunState::running && share >= 1) {
    pieces.push_back({"finishing", 1, Tint::cyan});
    return;
  }
  pieces.push_back({bar(share, screen), 9, Tint::cyan});
  std::string text = fmt::format("{:.0f}%", 100 * std::min(1.0, share));
  const double left_s = seconds_left(status);
  if (left_s >= 0 && !waits) text += " eta " + clock_text(left_s);
  pieces.push_back({text, 2});
}

}  // namespace

void RecentRates::note(std::uint64_t acked, double uptime_s) {
  if (uptime_s <= last_uptime_s_) return;
  ticks_.push_back({static_cast<double>(acked - std::min(last_acked_, acked)), uptime_s - last_uptime_s_});
  if (ticks_.size() > kTicks) ticks_.pop_front();
  if (acked != last_acked_) last_change_s_ = uptime_s;
  last_acked_ = acked;
  last_uptime_s_ = uptime_s;
}

/// Of `ticks` ticks, the newest `skipped` of all left out.
double RecentRates::over(std::size_t ticks, std::size_t skipped) const {
  Tick sum;
  for (std::size_t i = 0; i < ticks && i + skipped < ticks_.size(); ++i) {
    const Tick& tick = ticks_[ticks_.size() - 1 - skipped - i];
    sum.events += tick.events;
    sum.seconds += tick.seconds;
  }
  return sum.seconds > 0 ? sum.events / sum.seconds : 0;
}

double RecentRates::now() const {
  const double last_second = over(kTicksPerSecond, 0);
  const double longer = over(kTicks, 0);
  // None at all is a stall, unless there never were many.
  return longer < kFewEvents ? longer : last_second;
}

std::deque<double> RecentRates::seconds(std::size_t most) const {
  std::deque<double> rates;
  for (std::size_t i = 0; i < most && i * kTicksPerSecond < ticks_.size(); ++i)
    rates.push_front(over(kTicksPerSecond, i * kTicksPerSecond));
  return rates;
}

std::string sparkline(const std::deque<double>& values, double top, bool utf8) {
  constexpr std::array<const char*, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::array<const char*, 8> kPlain{"_", ".", ",", "-", "=", "+", "*", "#"};
  for (const double value : values) top = std::max(top, value);
  std::string text;
  for (const double value : values) {
    const auto step = top > 0 ? static_cast<std::size_t>(std::clamp(value / top * 7.999, 0.0, 7.0)) : 0;
    text += utf8 ? kBlocks.at(step) : kPlain.at(step);
  }
  return text;
}

/// The counters are read one after the other while the run goes on, so they may be ahead of each other.
std::uint64_t in_flight(const RunStatus& status) {
  const std::uint64_t closed = status.acked + status.failed;
  return status.sent > closed ? status.sent - closed : 0;
}

std::uint64_t slowest_acked(const RunStatus& status) {
  std::uint64_t least = status.acked;
  for (const SinkStatus& sink : status.sinks) least = std::min(least, sink.acked);
  return least;
}

double share_done(const RunStatus& status) {
  if (status.planned == 0) return status.planned_share;
  const double done = static_cast<double>(status.already + status.shed + slowest_settled(status));
  return std::min(1.0, done / static_cast<double>(status.planned));
}

double seconds_left(const RunStatus& status) {
  if (status.planned_left_s >= 0 && delay_of(status).seconds == 0) return status.planned_left_s;
  if (status.planned == 0 || status.uptime_s < 1) return -1;
  const double done = static_cast<double>(status.shed + slowest_settled(status));
  const double left = static_cast<double>(status.planned) - static_cast<double>(status.already) - done;
  return done > 0 ? std::max(0.0, left) * status.uptime_s / done : -1;
}

Delay delay_of(const RunStatus& status) {
  const double behind_s = status.wait.behind_ms / 1000;
  if (behind_s < kHeldUp_s) return {};
  // A sink that takes nothing keeps what is due from being released, so it is in no count.
  const auto due = static_cast<std::uint64_t>(status.plan_rate * behind_s);
  return {std::max(status.wait.backlog_events, due), behind_s};
}

std::string wait_text(const RunStatus& status, const RecentRates& rates) {
  const Waiting& wait = status.wait;
  const double waited_s = static_cast<double>(wait.waited_ns) / 1e9;
  if (wait.waiting_for.empty() || waited_s < kHeldUp_s) {
    // A pipe, a disk or a cluster that takes nothing for a while tells no reason.
    const bool holds = in_flight(status) > 0 || wait.backlog_events > 0;
    if (!holds || rates.quiet_s() < kHeldUp_s) return {};
    return "waiting " + wait_seconds(rates.quiet_s()) + " for " + slowest_name(status);
  }
  const std::string since = wait_seconds(waited_s);
  if (wait.last_error.empty()) return "waiting " + since + " for " + wait.waiting_for;
  // Of short pauses between tries nobody needs to know.
  const double left_s = static_cast<double>(wait.left_ns) / 1e9;
  const std::string next = left_s >= 5 ? ", next in " + wait_seconds(left_s) : std::string();
  return "retrying " + since + next + ": " + wait.last_error;
}

std::string progress_line(const RunStatus& status, const RecentRates& rates, const Screen& screen) {
  std::vector<Piece> pieces;
  pieces.push_back({clock_text(status.uptime_s), 5, Tint::dim, 1});
  if (const std::string sparks = sparkline(rates.seconds(kSparks), status.plan_rate, screen.utf8);
      !sparks.empty()) {
    Piece piece{sparks, 8, Tint::cyan, 1};
    piece.reserve = kSparks;
    pieces.push_back(std::move(piece));
  }
  pieces.push_back(rate_piece(status, rates));
  const std::string wait = wait_text(status, rates);
  const bool held_up = !wait.empty() || delay_of(status).seconds > 0;
  if (held_up) add_trouble(status, wait, pieces);
  pieces.push_back({"sent " + format_count(status.sent), 10});
  pieces.push_back({"acked " + format_count(status.acked), 5});
  if (status.planned > 0) pieces.back().reserve = 6 + display_width(format_count(status.planned));
  pieces.push_back({"in flight " + format_count(in_flight(status)), 7});
  pieces.back().reserve = 14;
  const bool failed = status.failed > 0;
  pieces.push_back({"err " + format_count(status.failed), failed ? 3 : 8});
  if (failed) pieces.back().tint = Tint::red;
  if (status.retried > 0 && !held_up) pieces.push_back({"retried " + format_count(status.retried), 8});
  if (!held_up) add_lag(status, pieces);
  if (status.already > 0) pieces.push_back({"resumed at " + format_count(status.already), 6, Tint::dim});
  add_ending(status, !wait.empty(), screen, pieces);
  return one_line(pieces, static_cast<std::size_t>(std::max(screen.line_columns, 2)) - 1, screen);
}

}  // namespace racesim::cli
