// Goal: laps and standings are the same in whatever order samples arrive within the watermark, however lanes
// interleave and batches are cut, across restarts, and with either way of giving out; what is added up of a
// lap is what its samples say. Method: a race whose samples are lost, copied and delayed by chance, some too
// long; the reference has only the samples that count, sorted, and adds them up lap by lap in the plainest
// way.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <random>
#include <set>
#include <string>

#include "agg/timing/sample.h"
#include "model/aggregates/lap.h"
#include "model/aggregates/standings.h"
#include "unit/agg/timing_world.h"

namespace racesim::timing_test {
namespace {

constexpr std::int64_t kOrderDelay_us = 5'000'000;

/// The samples of a race, by time.
const std::vector<TelemetryRow>& race_samples() {
  static const std::vector<TelemetryRow> samples = [] {
    race_test::RaceConfig config = race_test::race_config(5, 4, 6);
    config.race.rate = {20'000};
    config.race.streams = {race::Stream::telemetry};
    std::vector<TelemetryRow> kept;
    race_test::Listener listener([&](const TelemetryRow& row) { kept.push_back(row); });
    race_test::play(*race_test::make_race(config), listener);
    return kept;
  }();
  return samples;
}

struct Arrived {
  TelemetryRow row;
  bool counts = true;  ///< neither late nor a copy
};
using ArrivedLane = std::vector<Arrived>;

/// Cars share lanes. Every lane brings its samples by when they are due.
std::vector<ArrivedLane> disturbed(std::mt19937& random, bool with_seq) {
  std::vector<ArrivedLane> lanes(1 + random() % 3);
  std::vector<std::vector<std::pair<std::int64_t, TelemetryRow>>> due(lanes.size());
  for (const TelemetryRow& row : race_samples()) {
    if (random() % 50 == 0) continue;
    const std::size_t lane = row.car % lanes.size();
    const std::size_t copies = random() % 50 == 0 ? 2 : 1;
    for (std::size_t i = 0; i < copies; ++i) {
      const auto chance = static_cast<std::uint32_t>(random() % 100);
      const std::int64_t most_ms = chance == 0 ? 9'000 : chance < 20 ? 4'000 : 0;
      const std::int64_t delay_ms = most_ms == 0 ? 0 : static_cast<std::int64_t>(random()) % most_ms;
      due[lane].emplace_back(row.time.ms + delay_ms, row);
    }
  }
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    std::stable_sort(due[lane].begin(), due[lane].end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::int64_t newest_ms = INT64_MIN / 4000;  // also in microseconds
    std::set<std::pair<int, std::int64_t>> seen;
    for (const auto& [at_ms, row] : due[lane]) {
      const bool late = row.time.ms * 1000 < newest_ms * 1000 - kOrderDelay_us;
      const bool counts = !late && seen.emplace(row.car, row.time.ms).second;
      lanes[lane].push_back({row, counts});
      newest_ms = std::max(newest_ms, row.time.ms);
      if (!with_seq) lanes[lane].back().row.run = {};
    }
  }
  return lanes;
}

void append(RowBatch& batch, const TelemetryRow& row, bool with_seq) {
  batch.resize(batch.size() + 1);
  batch.rows<TelemetryRow>().back() = row;
  batch.rows<TelemetryRow>().back().driver = batch.add_text("D" + std::to_string(row.car));
  if (!with_seq) batch.missing.push_back(telemetry_field("run") | telemetry_field("seq"));
}

/// Each row's values by its key: a car's lap or passing. With Emit::final a key comes once.
using Values = std::map<std::vector<std::int64_t>, std::string>;
template <class Row, class Number>
Values last_values(const RowBatch& results, Number Row::*number, bool once) {
  Values values;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Row& row = results.rows<Row>()[i];
    std::string text;
    for (const FieldInfo& field : results.schema().fields) {
      const char* bytes = reinterpret_cast<const char*>(results.row_bytes(i)) + field.offset;
      if (field.type == FieldType::text)
        text += results.text(row.driver);
      else
        text.append(bytes, field.size);
    }
    const std::vector<std::int64_t> key{row.session, row.car, static_cast<std::int64_t>(row.*number)};
    EXPECT_TRUE(!once || values.count(key) == 0);
    values[key] = text;
  }
  return values;
}

Values values_of(std::string_view name, const OneAggregation& from, bool once) {
  return name == "lap" ? last_values(from.results(), &LapMetricsRow::lap, once)
                       : last_values(from.results(), &StandingsRow::passing, once);
}

/// Lanes and cuts by chance.
Values run_disturbed(std::string_view name, Emit emit, const std::vector<ArrivedLane>& lanes, bool with_seq,
                     std::mt19937& random) {
  OneAggregation aggregation(name, emit, kOrderDelay_us);
  std::size_t left = 0;
  std::vector<std::size_t> next(lanes.size(), 0);
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    aggregation.engine().lane(std::to_string(lane));
    left += lanes[lane].size();
  }
  std::uint64_t refused = 0;
  while (left > 0) {
    const std::size_t lane = random() % lanes.size();
    RowBatch batch(schema_info<TelemetryRow>());
    std::vector<bool> counts;
    for (std::size_t rows = random() % 2'000; rows > 0 && next[lane] < lanes[lane].size(); --rows, --left) {
      const Arrived& arrived = lanes[lane][next[lane]++];
      append(batch, arrived.row, with_seq);
      counts.push_back(arrived.counts);
    }
    aggregation.add(batch, std::to_string(lane));
    for (const Refused& one : aggregation.refused().front()) {
      EXPECT_FALSE(counts[one.row]) << name;
      ++refused;
    }
    if (random() % 6 == 0) aggregation.restart();
  }
  aggregation.finish();
  for (const ArrivedLane& lane : lanes)
    for (const Arrived& arrived : lane) refused -= arrived.counts ? 0 : 1;
  EXPECT_EQ(refused, 0U) << "all that is late or a copy is refused";
  return values_of(name, aggregation, emit == Emit::final);
}

std::vector<TelemetryRow> what_counts(const std::vector<ArrivedLane>& lanes) {
  std::vector<TelemetryRow> rows;
  for (const ArrivedLane& lane : lanes)
    for (const Arrived& arrived : lane)
      if (arrived.counts) rows.push_back(arrived.row);
  std::sort(rows.begin(), rows.end(), [](const TelemetryRow& a, const TelemetryRow& b) {
    return std::pair(a.time.ms, a.car) < std::pair(b.time.ms, b.car);
  });
  return rows;
}

Values run_sorted(std::string_view name, const std::vector<TelemetryRow>& rows, bool with_seq,
                  RowBatch* kept) {
  OneAggregation aggregation(name, Emit::final, kOrderDelay_us);
  RowBatch batch(schema_info<TelemetryRow>());
  for (const TelemetryRow& row : rows) append(batch, row, with_seq);
  aggregation.add(batch);
  aggregation.finish();
  if (kept != nullptr) *kept = aggregation.results();
  return values_of(name, aggregation, true);
}

/// Adds up the samples of one lap.
void expect_sums(const LapMetricsRow& row, const std::vector<TelemetryRow>& lap) {
  const auto n = static_cast<long double>(lap.size());
  long double speed = 0, throttle = 0, full = 0, braking = 0;
  std::int64_t fuel_g = 0, gears = 0;
  int max_speed = 0, min_speed = 65'535, lat = 0, lon = -32'768, brake = -32'768;
  for (std::size_t i = 0; i < lap.size(); ++i) {
    const TelemetryRow& s = lap[i];
    speed += s.speed_dkmh;
    throttle += s.throttle_pct;
    full += s.throttle_pct == 100 ? 1 : 0;
    braking += s.brake_pct > 0 ? 1 : 0;
    max_speed = std::max<int>(max_speed, s.speed_dkmh);
    min_speed = std::min<int>(min_speed, s.speed_dkmh);
    lat = std::max(lat, std::abs(int{s.lat_cg}));
    lon = std::max(lon, int{s.lon_cg});
    brake = std::max(brake, -int{s.lon_cg});
    if (i == 0) continue;
    fuel_g += std::max(0, lap[i - 1].fuel_g - s.fuel_g);
    gears += lap[i - 1].gear != s.gear ? 1 : 0;
  }
  EXPECT_EQ(row.samples, lap.size());
  EXPECT_EQ(row.avg_speed_mkmh, std::llround(speed * 100 / n));
  EXPECT_EQ(row.throttle_avg_cpct.value, std::llround(throttle * 100 / n));
  EXPECT_EQ(row.full_throttle_cpct.value, std::llround(full * 10'000 / n));
  EXPECT_EQ(row.brake_cpct_time.value, std::llround(braking * 10'000 / n));
  EXPECT_EQ(row.max_speed_dkmh, max_speed);
  EXPECT_EQ(row.min_speed_dkmh, min_speed);
  EXPECT_EQ(row.max_lat_cg.value, lat);
  EXPECT_EQ(row.max_lon_cg.value, lon);
  EXPECT_EQ(row.max_brake_cg.value, brake);
  EXPECT_EQ(row.fuel_used_g.value, fuel_g);
  EXPECT_EQ(row.gear_changes.value, gears);
}

/// Every lap's sums, and the samples that are missing of it, from those that the whole race has. Behind the
/// chequered flag a car drives no lap.
void expect_laps(const RowBatch& results, const std::vector<TelemetryRow>& rows) {
  std::map<LapKey, std::vector<TelemetryRow>> laps;
  std::map<LapKey, std::uint64_t> whole;
  for (const TelemetryRow& row : rows)
    if (row.status != CarStatus::finished) laps[{row.session, row.car, row.lap}].push_back(row);
  for (const TelemetryRow& row : race_samples())
    if (row.status != CarStatus::finished) ++whole[{row.session, row.car, row.lap}];
  std::size_t interpolated = 0;
  for (const auto& row : results.rows<LapMetricsRow>()) {
    const LapKey key{row.session, row.car, row.lap};
    expect_sums(row, laps.at(key));
    if (row.is_complete && row.lap > 1) {
      EXPECT_EQ(row.samples + row.missing_samples, whole.at(key)) << "car " << row.car << " lap " << row.lap;
    }
    interpolated += row.is_interpolated ? 1 : 0;
  }
  EXPECT_EQ(results.size(), laps.size());
  EXPECT_LT(interpolated, results.size());
}

TEST(TimingOrder, HangsOnTheSamplesOfEachLaneAlone) {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const std::vector<ArrivedLane> lanes = disturbed(random, true);
    const std::vector<TelemetryRow> rows = what_counts(lanes);
    RowBatch laps(schema_info<LapMetricsRow>());
    for (const std::string_view name : {"lap", "standings"}) {
      const Values expected = run_sorted(name, rows, true, name == "lap" ? &laps : nullptr);
      EXPECT_GT(expected.size(), 15U);
      EXPECT_EQ(run_disturbed(name, Emit::final, lanes, true, random), expected) << name;
      EXPECT_EQ(run_disturbed(name, Emit::update, lanes, true, random), expected) << name;
    }
    expect_laps(laps, rows);
  }
}

TEST(TimingOrder, OfSamplesWithoutSeqHangsOnTheirTimes) {
  std::mt19937 random(3);
  const std::vector<ArrivedLane> lanes = disturbed(random, false);
  for (const std::string_view name : {"lap", "standings"}) {
    const Values expected = run_sorted(name, what_counts(lanes), false, nullptr);
    EXPECT_GT(expected.size(), 15U);
    EXPECT_EQ(run_disturbed(name, Emit::final, lanes, false, random), expected) << name;
  }
}

}  // namespace
}  // namespace racesim::timing_test
