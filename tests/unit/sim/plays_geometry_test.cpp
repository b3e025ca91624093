// Goal: cells tile time, classes take turns, quotas add up to the volume exactly, and a cell's plan fills its
// quota with sessions of its own class that end before the class's next turn. Method: these properties over
// random windows, volumes and numbers of users.
#include "sim/plays/plan/geometry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/random.h"
#include "sim/plays/plan/cell_plan.h"
#include "sim/plays/plan/demand.h"
#include "support/plays_checks.h"

namespace racesim::plays_test {
namespace {

using plays::Audience;
using plays::CellPlanner;
using plays::Courses;
using plays::Demand;
using plays::Geometry;
using plays::Session;

constexpr std::uint64_t kSeed = 71;

const World& world_of(std::uint64_t users) {
  static std::map<std::uint64_t, World> worlds;
  const auto known = worlds.find(users);
  if (known != worlds.end()) return known->second;
  MasterPlan plan;
  plan.users = users;
  return worlds.emplace(users, plan).first->second;
}

/// What the scenario puts together, with its parts in sight.
struct Parts {
  PlaysConfig config;
  Audience audience;
  Courses courses;
  Demand demand;
  plays::PlanContext context;

  Parts(const World& world, const PlaysConfig& given)
      : config(given),
        audience(world.users, world.locations, config.seed),
        courses(audience, config.plays.volume_per_minute, config.start_ms,
                make_geometry(config.plays, config, audience).cell_ms),
        demand(config.plays, config, audience, 0),
        context{config.seed, config.start_ms, 0,
                400'000,     kUsualPlayMs,    &audience,
                &courses,    &demand,         make_geometry(config.plays, config, audience)} {}
  static constexpr std::uint32_t kUsualPlayMs = 150'000;
  Parts(const Parts&) = delete;
  const Geometry& geometry() const { return context.geometry; }
};

/// Case `i` of the random ones. Volumes and lengths over many orders of magnitude.
PlaysConfig random_config(std::uint64_t i, bool endless) {
  const StreamKey key = stream_key(kSeed, "test.geometry", i);
  constexpr std::uint64_t kUsers[]{1, 60, 700, 5000};
  const World& world = world_of(kUsers[below(draw(key, 0), 4)]);
  const std::int64_t start_ms =
      at("2024-01-01T00:00:00Z") + static_cast<std::int64_t>(below(draw(key, 1), 90 * kDayMs));
  const std::int64_t span_ms = std::int64_t{1} << below(draw(key, 2), 36);
  const std::uint64_t volume = 1 + (std::uint64_t{1} << below(draw(key, 3), endless ? 18 : 40));
  PlaysConfig config = endless ? minute_config(world, start_ms, volume, i)
                               : window_config(world, start_ms, start_ms + span_ms, volume, i);
  return config;
}
const World& world_behind(const PlaysConfig& config) {
  return world_of(config.master.find("users")->size());
}

TEST(PlaysGeometry, CellsTileTheWindowAndClassesTakeTurns) {
  for (std::uint64_t i = 0; i < 400; ++i) {
    const PlaysConfig config = random_config(i, false);
    const Audience audience(*config.master.find("users"), *config.master.find("locations"), config.seed);
    const Geometry g = make_geometry(config.plays, config, audience);
    EXPECT_EQ(g.cell_begin(0), 0);
    EXPECT_EQ(g.cell_begin(g.cell_count), g.span_ms);
    EXPECT_EQ(g.cell_begin(-1), g.cell_begin(g.cell_count - 1) - g.span_ms);
    EXPECT_EQ(g.cell_count % g.classes, 0);
    EXPECT_GE(g.shards, 1U);
    EXPECT_LE(g.shards, 8U);
    for (const std::int64_t cell : {std::int64_t{-2}, std::int64_t{0}, g.cell_count / 2, g.cell_count - 1}) {
      EXPECT_LE(g.cell_begin(cell), g.cell_begin(cell + 1));
      EXPECT_EQ(g.class_of(cell + 1), (g.class_of(cell) + 1) % g.classes);
      EXPECT_EQ(g.class_of(cell + g.cell_count), g.class_of(cell));
    }
    // Ordinals of (cell, shard) must fit into the 32 bits that an event_id has for them.
    EXPECT_LT(static_cast<double>(g.cell_count) * g.shards, 4e9);
  }
}

TEST(PlaysGeometry, EndlessCellsBeginAtWholeMultiples) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const PlaysConfig config = random_config(i, true);
    const Audience audience(*config.master.find("users"), *config.master.find("locations"), config.seed);
    Geometry g = make_geometry(config.plays, config, audience);
    EXPECT_TRUE(g.endless);
    EXPECT_EQ(g.cell_begin(1) - g.cell_begin(0), g.cell_ms);
    EXPECT_EQ(g.cell_begin(-7) - g.cell_begin(-8), g.cell_ms);
    EXPECT_EQ(g.class_of(-1), g.classes - 1);
    // The window's length does not shape the cells: a longer run begins with a shorter one.
    PlaysConfig bounded = config;
    bounded.end_ms = config.start_ms + kHourMs;
    const Geometry other = make_geometry(bounded.plays, bounded, audience);
    EXPECT_EQ(other.cell_ms, g.cell_ms);
    EXPECT_EQ(other.classes, g.classes);
    EXPECT_EQ(other.shards, g.shards);
    EXPECT_EQ(other.slice_shift, g.slice_shift);
  }
}

TEST(PlaysDemand, QuotasAddUpToTheVolume) {
  for (std::uint64_t i = 0; i < 120; ++i) {
    const PlaysConfig config = random_config(i, false);
    if (*config.end_ms - config.start_ms > 700 * kDayMs) continue;
    const Parts parts(world_behind(config), config);
    const Geometry& g = parts.geometry();
    if (g.cell_count * g.shards > 20'000) continue;
    const CellPlanner planner(parts.context);
    std::uint64_t sum = 0;
    for (std::int64_t cell = 0; cell < g.cell_count; ++cell)
      for (std::uint32_t shard = 0; shard < g.shards; ++shard) sum += planner.quota(cell, shard);
    EXPECT_EQ(sum, config.plays.volume) << i;
  }
}

TEST(PlaysDemand, PerMinuteEveryCellHasItsShare) {
  for (std::uint64_t i = 0; i < 60; ++i) {
    const PlaysConfig config = random_config(i, true);
    const Parts parts(world_behind(config), config);
    const Geometry& g = parts.geometry();
    const CellPlanner planner(parts.context);
    const double expected =
        static_cast<double>(config.plays.volume) * static_cast<double>(g.cell_ms) / 60'000 / g.shards;
    for (std::int64_t cell = -3; cell < 20; ++cell)
      for (std::uint32_t shard = 0; shard < g.shards; ++shard)
        EXPECT_NEAR(static_cast<double>(planner.quota(cell, shard)), expected,
                    2 + static_cast<double>(config.plays.volume) / 60'000);
  }
}

TEST(PlaysDemand, GrowsFromNothingToTheVolume) {
  const auto config =
      window_config(world_of(5000), at("2009-12-20T00:00:00Z"), at("2010-12-31T00:00:00Z"), 1'000'000, kSeed);
  const Parts parts(world_of(5000), config);
  const std::int64_t first_ms = parts.audience.first_registration_ms() - config.start_ms;
  const std::int64_t end_ms = *config.end_ms - config.start_ms;
  const auto before = [&](std::int64_t t_ms) { return parts.demand.plays_before(t_ms, end_ms, 0); };
  EXPECT_EQ(before(0), 0);
  EXPECT_EQ(before(first_ms), 0);
  EXPECT_GT(before(first_ms + 10 * kDayMs), 0);
  EXPECT_EQ(before(end_ms), 1'000'000);
  std::int64_t last = 0;
  for (std::int64_t t_ms = 0; t_ms <= end_ms; t_ms += 3 * kHourMs + 1) {
    ASSERT_GE(before(t_ms), last);
    last = before(t_ms);
  }
}

TEST(PlaysGeometry, PhasesSpreadOverOneCell) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const PlaysConfig config = random_config(i, i % 2 == 0);
    const Audience audience(*config.master.find("users"), *config.master.find("locations"), config.seed);
    const Geometry g = make_geometry(config.plays, config, audience);
    EXPECT_GE(g.cell_begin(3) + g.phase_ms(0), g.first_start(3));
    EXPECT_LE(g.cell_begin(3 + g.classes) + g.phase_ms(UINT32_MAX), g.last_limit(3));
    EXPECT_NEAR(static_cast<double>(g.phase_ms(UINT32_MAX) - g.phase_ms(0)), static_cast<double>(g.cell_ms),
                2 + static_cast<double>(g.cell_ms) * 0x1p-31);
  }
}

// Registered users of 2024, so that every cell has its whole class.
TEST(PlaysCellPlan, FillsTheQuotaWithSessionsThatEndBeforeTheNextTurn) {
  for (const std::uint64_t volume : {20'000U, 300'000U, 3'000'000U}) {
    const auto config =
        window_config(world_of(5000), at("2024-01-01T00:00:00Z"), at("2024-01-08T00:00:00Z"), volume, kSeed);
    const Parts parts(world_of(5000), config);
    const Geometry& g = parts.geometry();
    CellPlanner planner(parts.context);
    std::vector<Session> sessions;
    std::vector<std::int64_t> class_of_listener(parts.audience.size(), -1);
    double plays = 0, count = 0;
    for (std::int64_t cell = 0; cell < g.cell_count; ++cell) {
      for (std::uint32_t shard = 0; shard < g.shards; ++shard) {
        planner.plan(cell, shard, sessions);
        std::uint64_t seq = 0;
        for (const Session& s : sessions) {
          ASSERT_EQ(s.first_seq, seq);
          ASSERT_GE(s.plays, 1);
          seq += s.plays;
          const std::int64_t phase_ms = g.phase_ms(parts.audience[s.listener].phase);
          ASSERT_GE(s.start_ms, g.cell_begin(cell) + phase_ms);
          ASSERT_LE(s.start_ms, s.limit_ms);
          ASSERT_LE(s.limit_ms, g.cell_begin(cell + g.classes) + phase_ms);
          // A listener belongs to one class of one shard.
          std::int64_t& known = class_of_listener[s.listener];
          const std::int64_t here = shard * g.classes + g.class_of(cell);
          ASSERT_TRUE(known == -1 || known == here);
          known = here;
        }
        ASSERT_EQ(seq, planner.quota(cell, shard));
        plays += static_cast<double>(seq);
        count += static_cast<double>(sessions.size());
      }
    }
    // The last session of a cell is cut to its quota, one in some hundred; on crowded days the heaviest
    // listeners, who have long sessions, have fewer.
    EXPECT_NEAR(plays / count, plays::kMeanSessionPlays, volume < 1'000'000 ? 0.25 : 0.5) << volume;
  }
}

TEST(PlaysCellPlan, IsPure) {
  const auto config =
      window_config(world_of(5000), at("2024-01-01T00:00:00Z"), at("2024-03-01T00:00:00Z"), 500'000, kSeed);
  const Parts parts(world_of(5000), config);
  CellPlanner used(parts.context);
  std::vector<Session> sessions, again;
  for (const std::int64_t cell : {90, 3, 41, 42, 0}) {
    used.plan(cell, 0, sessions);
    CellPlanner fresh(parts.context);
    fresh.plan(cell, 0, again);
    ASSERT_EQ(sessions.size(), again.size());
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      ASSERT_EQ(sessions[i].start_ms, again[i].start_ms);
      ASSERT_EQ(sessions[i].limit_ms, again[i].limit_ms);
      ASSERT_EQ(sessions[i].listener, again[i].listener);
      ASSERT_EQ(sessions[i].plays, again[i].plays);
    }
  }
}

}  // namespace
}  // namespace racesim::plays_test
