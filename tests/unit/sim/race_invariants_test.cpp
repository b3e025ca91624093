// Goal: what is rendered moves as a body moves, and agrees with itself: places with speeds, speeds with
// accelerations, sideways g with the bend driven, laps added up from samples with the laps stream. Method:
// every sample of all cars at 100 Hz of races with starts, stops, flags and retirements, and of a qualifying;
// tolerances are the rounding of the fields and one step's change of acceleration.
#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <string>
#include <tuple>

#include "support/race_world.h"

namespace racesim::race_test {
namespace {

constexpr double kStep_s = 0.01;
constexpr double kG = 9.80665;
constexpr double kLength_m = 5891;

struct Kind {
  const char* name;
  race::SessionKind session;
  std::uint32_t cars;
  std::uint32_t laps;
  std::uint64_t seed;
};
void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}
RaceConfig config_of(const Kind& kind) {
  RaceConfig config = race_config(kind.cars, kind.laps, kind.seed);
  config.race.kind = kind.session;
  return config;
}

double speed_mps(const TelemetryRow& row) {
  return row.speed_dkmh / 36.0;
}
double progress_m(const TelemetryRow& row) {
  return row.lap * kLength_m + row.lap_distance_mm / 1e3;
}

/// The first sample that breaks a rule, and how many do.
class Verdicts {
 public:
  void expect(bool holds, const char* rule, const TelemetryRow& row, double value) {
    if (holds) return;
    const auto [entry, first] = found_.try_emplace(rule);
    ++entry->second.count;
    if (!first) return;
    entry->second.text = "car " + std::to_string(row.car) + " lap " + std::to_string(row.lap) + " at " +
                         std::to_string(row.lap_distance_mm / 1000) + " m, " +
                         std::to_string(row.session_time_ms) + " ms: " + std::to_string(value);
  }
  void report() const {
    for (const auto& [rule, broken] : found_)
      ADD_FAILURE() << rule << ": " << broken.count << " times, first " << broken.text;
  }

 private:
  struct Broken {
    long count = 0;
    std::string text;
  };
  std::map<std::string, Broken> found_;
};

void check_motion(const TelemetryRow& p, const TelemetryRow& q, Verdicts& verdicts) {
  const double v0 = speed_mps(p), v1 = speed_mps(q);
  const double way_m = (v0 + v1) / 2 * kStep_s;
  const double chord_m = std::hypot(q.x_cm - p.x_cm, q.y_cm - p.y_cm) / 100.0;
  verdicts.expect(std::abs(chord_m - way_m) < 0.018, "place changes by speed times time", q, chord_m - way_m);
  // Lap distance runs along the centreline, which is longer than the pit way inside of the last bends.
  const double gain_m = progress_m(q) - progress_m(p);
  verdicts.expect(gain_m >= 0 && std::abs(gain_m - way_m) < 0.003 + 0.62 * way_m, "lap distance grows so", q,
                  gain_m);
  verdicts.expect(q.lap == p.lap || q.lap == p.lap + 1, "laps are counted one by one", q, q.lap);
  const double a0 = p.lon_cg * kG / 100, a1 = q.lon_cg * kG / 100;
  verdicts.expect(std::abs(v1 - v0) < 0.055 * kG + 0.03, "speed is continuous", q, v1 - v0);
  const double expected = (a0 + a1) / 2 * kStep_s;
  // Pedals move in steps of 10 ms, and may be between two samples where they are at neither.
  verdicts.expect(std::abs(v1 - v0 - expected) < 0.03 + 0.6 * std::abs(a1 - a0) * kStep_s,
                  "speed changes by acceleration times time", q, v1 - v0 - expected);
}

void check_state(const TelemetryRow& p, const TelemetryRow& q, Verdicts& verdicts) {
  verdicts.expect(q.seq == p.seq + 1, "seq has no gap", q, static_cast<double>(q.seq));
  verdicts.expect(q.session_time_ms == p.session_time_ms + 10 && q.time.ms == p.time.ms + 10,
                  "samples are 10 ms apart", q, static_cast<double>(q.session_time_ms));
  const bool stands = q.speed_dkmh < 10 && q.status == CarStatus::pit;
  // 100 kg/h are 0.28 g a sample.
  verdicts.expect(stands || (q.fuel_g <= p.fuel_g && q.fuel_g >= p.fuel_g - 1 && q.fuel_g >= 0),
                  "fuel falls at no more than the rules' flow, but in the box", q, q.fuel_g - p.fuel_g);
  verdicts.expect(stands || q.tyre_wear_dpct >= p.tyre_wear_dpct, "tyres wear, but in the box", q,
                  q.tyre_wear_dpct);
  verdicts.expect(stands || (q.tyre == p.tyre), "tyres are changed in the box", q, 0);
  verdicts.expect(q.status != CarStatus::pit || q.speed_dkmh <= 800, "nobody is above the pit lane's limit",
                  q, q.speed_dkmh / 10.0);
  verdicts.expect(q.gear <= 8 && (p.gear == 0 || q.gear == 0 || std::abs(q.gear - p.gear) <= 1),
                  "gears change one by one", q, q.gear);
  verdicts.expect(q.throttle_pct <= 100 && q.brake_pct <= 100 && (q.throttle_pct == 0 || q.brake_pct == 0),
                  "one foot at a time", q, q.throttle_pct);
  verdicts.expect(std::abs(q.lat_cg) < 650 && std::abs(q.lat_cg - p.lat_cg) < 60, "sideways g", q, q.lat_cg);
  verdicts.expect(q.engine_rpm >= 3900 && q.engine_rpm < 13'000, "revs", q, q.engine_rpm);
}

/// Sideways g against the bend of the way driven: directions over the tenths of a second before and behind.
void check_bend(const std::deque<TelemetryRow>& window, Verdicts& verdicts) {
  const TelemetryRow &a = window.front(), &b = window[window.size() / 2], &c = window.back();
  const double x0 = (b.x_cm - a.x_cm) / 100.0, y0 = (b.y_cm - a.y_cm) / 100.0;
  const double x1 = (c.x_cm - b.x_cm) / 100.0, y1 = (c.y_cm - b.y_cm) / 100.0;
  const double l0 = std::hypot(x0, y0), l1 = std::hypot(x1, y1);
  if (l0 < 2 || l1 < 2) return;
  const double turn = (x0 * y1 - x1 * y0) / (l0 * l1);  // the sine of a small angle
  const double v = speed_mps(b);
  const double bent_g = v * v * turn / ((l0 + l1) / 2) / kG;
  double mean_g = 0;
  for (const TelemetryRow& row : window) mean_g += row.lat_cg / 100.0 / static_cast<double>(window.size());
  // A window of a car that brakes at 5 g is not one speed: a tenth of it.
  verdicts.expect(std::abs(bent_g - mean_g) < 0.4 + 0.1 * std::abs(mean_g), "sideways g is v² times the bend",
                  b, bent_g - mean_g);
}

class RaceInvariants : public testing::TestWithParam<Kind> {};

TEST_P(RaceInvariants, EverySampleFollowsFromTheOneBefore) {
  constexpr std::size_t kWindow = 21;
  Verdicts verdicts;
  std::map<std::uint16_t, std::deque<TelemetryRow>> recent;
  Listener out([&](const TelemetryRow& row) {
    std::deque<TelemetryRow>& window = recent[row.car];
    if (window.empty()) {
      EXPECT_EQ(row.seq, 0U);
      EXPECT_EQ(row.time.ms, kStart_ms);
    } else {
      check_motion(window.back(), row, verdicts);
      check_state(window.back(), row, verdicts);
    }
    window.push_back(row);
    if (window.size() > kWindow) window.pop_front();
    if (window.size() == kWindow && row.seq % 5 == 0) check_bend(window, verdicts);
  });
  play(*make_race(config_of(GetParam())), out);
  if (std::string(GetParam().name).starts_with("red_flag")) {
    EXPECT_TRUE(std::any_of(out.messages.begin(), out.messages.end(),
                            [](const auto& message) { return message.second == "RESTART - LIGHTS OUT"; }));
  }
  EXPECT_EQ(recent.size(), GetParam().cars);
  EXPECT_GT(out.samples, GetParam().cars * 10'000U);
  verdicts.report();
}

INSTANTIATE_TEST_SUITE_P(Sessions, RaceInvariants,
                         testing::Values(Kind{"race", race::SessionKind::race, 20, 12, 42},
                                         Kind{"full_grid_and_safety_car", race::SessionKind::race, 40, 9, 3},
                                         Kind{"red_flag_in_the_first_lap", race::SessionKind::race, 8, 12,
                                              17},
                                         Kind{"red_flag", race::SessionKind::race, 8, 12, 7},
                                         Kind{"qualifying", race::SessionKind::qualifying, 4, 1, 42}),
                         [](const auto& kind) { return std::string(kind.param.name); });

/// When a car comes by a place, from two samples around it: the cubic that has their distances and speeds.
double crossing_ms(const TelemetryRow& p, const TelemetryRow& q, double place_m) {
  const double d0 = progress_m(p), d1 = progress_m(q);
  const double m0 = speed_mps(p) * kStep_s, m1 = speed_mps(q) * kStep_s;
  double low = 0, high = 1;
  for (int i = 0; i < 40; ++i) {
    const double x = (low + high) / 2, y = 1 - x;
    const double d = d0 * (1 + 2 * x) * y * y + m0 * x * y * y + d1 * x * x * (3 - 2 * x) - m1 * x * x * y;
    (d < place_m ? low : high) = x;
  }
  return static_cast<double>(p.session_time_ms) + 10 * low;
}

TEST(RaceLapsFromTelemetry, AreTheLapsStreamToTheMillisecond) {
  constexpr std::array kSectorEnds_m{1770.0, 4255.0, kLength_m};
  std::map<std::uint16_t, TelemetryRow> before;
  std::map<std::uint16_t, std::vector<std::int64_t>> times;  // of the sector ends, in turn
  Listener out([&](const TelemetryRow& row) {
    const auto [entry, first] = before.try_emplace(row.car, row);
    if (!first) {
      std::vector<std::int64_t>& seen = times[row.car];
      const double place_m =
          static_cast<double>(seen.size() / 3 + 1) * kLength_m + kSectorEnds_m[seen.size() % 3];
      if (progress_m(row) >= place_m) seen.push_back(std::llround(crossing_ms(entry->second, row, place_m)));
      entry->second = row;
    }
  });
  play(*make_race(race_config(20, 52)), out);
  std::size_t laps = 0;
  for (const auto& [car, rows] : out.laps) {
    for (std::size_t i = 0; i < rows.size(); ++i, ++laps) {
      ASSERT_GE(times[car].size(), 3 * i + 3);
      const std::int64_t* end = &times[car][3 * i];
      const std::int64_t begin_ms = i == 0 ? 5'000 : end[-1];  // lights out
      const std::int64_t sectors[]{end[0] - begin_ms, end[1] - end[0], end[2] - end[1]};
      const LapRow& row = rows[i];
      const std::array<std::int64_t, 5> told{row.sector1_ms.value, row.sector2_ms.value, row.sector3_ms.value,
                                             row.lap_time_ms.value, row.session_time_ms};
      const std::array<std::int64_t, 5> found{sectors[0], sectors[1], sectors[2], end[2] - begin_ms, end[2]};
      ASSERT_EQ(found, told) << "car " << car << " lap " << i + 1;
    }
  }
  EXPECT_GT(laps, 900U);
}

}  // namespace
}  // namespace racesim::race_test
