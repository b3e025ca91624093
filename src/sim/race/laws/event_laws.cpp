#include "sim/race/laws/event_laws.h"

#include <fmt/format.h>

namespace racesim::race {
namespace {

enum EventLaw : std::size_t { kRedFlag, kPenalties };
constexpr std::string_view kCars = "telemetry", kResults = "results";
constexpr LawInfo kEventLaws[] = {
    {kCars, "from a minute behind a red flag until the restart nobody is faster than 220 km/h",
     "the messages of race control are not part of it"},
    {kResults, "penalties that were not served are in the result",
     "the messages of race control are not part of it"},
};
/// All have seen the flag and slowed down.
constexpr std::int64_t kSlowDown_us = 60'000'000;
constexpr double kRed_kmh = 220;

template <class Row>
const Row* event_row(const RowBatch& rows, std::size_t i) {
  return &rows.schema() == &schema_info<Row>() ? &rows.rows<Row>()[i] : nullptr;
}

}  // namespace

EventLaws::EventLaws() : book_(kEventLaws) {}

void EventLaws::check(const RowBatch& rows, std::size_t i, std::vector<Breach>& out) {
  if (event_row<RaceControlRow>(rows, i) != nullptr)
    hear(rows, i);
  else if (event_row<ResultRow>(rows, i) != nullptr)
    check_result(rows, i, out);
}

void EventLaws::hear(const RowBatch& rows, std::size_t i) {
  const RaceControlRow& row = *event_row<RaceControlRow>(rows, i);
  heard_ = true;
  if (rows.text(row.flag) == "RED") red_since_us_[row.session] = row.time.ms * 1000;
  if (rows.text(row.flag) == "RESTART") red_since_us_.erase(row.session);
  if (!row.seconds_ms.has_value()) return;
  const bool served = rows.text(row.reason) == "SERVED";
  penalties_ms_[{row.session, row.car}] += served ? -row.seconds_ms.value : row.seconds_ms.value;
}

void EventLaws::check_result(const RowBatch& rows, std::size_t i, std::vector<Breach>& out) {
  const ResultRow& row = *event_row<ResultRow>(rows, i);
  book_.saw(kResults);
  if (!heard_) return;
  book_.judge(kPenalties);
  const auto found = penalties_ms_.find({row.session, row.car});
  const std::int64_t due_ms = found == penalties_ms_.end() ? 0 : found->second;
  if (row.penalties_ms != due_ms)
    out.push_back({"penalties_s",
                   fmt::format("{:.3f}, given and not served", static_cast<double>(due_ms) / 1000),
                   fmt::format("{:.3f}", static_cast<double>(row.penalties_ms) / 1000)});
}

void EventLaws::check_speed(const SampleFacts& now, std::vector<Breach>& out) {
  book_.saw(kCars);
  if (!heard_ || !known(now.session) || !known(now.speed_kmh)) return;
  book_.judge(kRedFlag);
  const auto red = red_since_us_.find(static_cast<int>(now.session));
  if (red == red_since_us_.end() || now.time_us < red->second + kSlowDown_us) return;
  if (now.speed_kmh > kRed_kmh)
    out.push_back({std::string(now.names->speed), fmt::format("at most {} under the red flag", kRed_kmh),
                   fmt::format("{}", now.speed_kmh)});
}

}  // namespace racesim::race
