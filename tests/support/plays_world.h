// Master data straight from the generators, scenarios over them, and their events as plain vectors.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time_text.h"
#include "model/event_id.h"
#include "model/master.h"
#include "model/play.h"
#include "sim/master/generator.h"
#include "sim/plays/plan/place_time.h"
#include "sim/plays/plays.h"
#include "sim/scenario.h"

namespace racesim::plays_test {

inline constexpr std::int64_t kMinuteMs = 60'000;
inline constexpr std::int64_t kHourMs = 60 * kMinuteMs;
inline constexpr std::int64_t kDayMs = 24 * kHourMs;

/// Epoch milliseconds of "2024-01-01T00:00:00Z".
inline std::int64_t at(std::string_view text) {
  const auto ns = parse_datetime(text, "UTC");
  EXPECT_TRUE(ns) << text;
  return ns ? *ns / 1'000'000 : 0;
}

struct UuidHash {
  std::size_t operator()(const Uuid& id) const {
    std::size_t low = 0;
    std::memcpy(&low, id.bytes.data() + 8, sizeof low);
    return low * 0x9e3779b97f4a7c15U;
  }
};
using Index = std::unordered_map<Uuid, std::uint32_t, UuidHash>;

/// Tables of master data and where each id stands in them.
struct World {
  RowBatch songs{schema_info<SongRow>()};
  RowBatch users{schema_info<UserRow>()};
  RowBatch locations{schema_info<LocationRow>()};
  Index song_index, user_index, location_index;
  std::vector<OffsetRule> clocks;  ///< of the locations

  explicit World(const MasterPlan& plan) {
    generate("songs", plan, songs);
    generate("users", plan, users);
    generate("locations", plan, locations);
    reindex();
  }

  MasterTables tables() const {
    MasterTables tables;
    tables.add("songs", songs);
    tables.add("users", users);
    tables.add("locations", locations);
    return tables;
  }
  const SongRow& song(const Uuid& id) const { return songs.rows<SongRow>()[song_index.at(id)]; }
  const UserRow& user(const Uuid& id) const { return users.rows<UserRow>()[user_index.at(id)]; }

  /// Milliseconds of the local clock where the play is.
  std::int64_t local_ms(const PlayRow& row) const {
    const OffsetRule clock = clocks[location_index.at(row.location_id)];
    return row.played_at.ms + offset_minutes(clock, row.played_at.ms) * kMinuteMs;
  }

 private:
  static void generate(std::string_view name, const MasterPlan& plan, RowBatch& out) {
    const auto generator = find_master_entity(name)->make(plan);
    generator->fill(0, generator->count(), out);
  }
  void reindex() {
    for (const SongRow& row : songs.rows<SongRow>()) song_index.emplace(row.song_id, song_index.size());
    for (const UserRow& row : users.rows<UserRow>()) user_index.emplace(row.user_id, user_index.size());
    for (const LocationRow& row : locations.rows<LocationRow>()) {
      location_index.emplace(row.location_id, location_index.size());
      clocks.push_back(offset_rule(locations.text(row.country_code), row.longitude_udeg / 1e6));
    }
  }
};

/// The counts of the shipped files: 1000 songs, 5000 users, 100 locations.
inline const World& usual_world() {
  static const World world{MasterPlan{}};
  return world;
}

/// What plays are made from.
struct PlaysConfig : Frame {
  plays::PlaysContent plays;
};

inline PlaysConfig window_config(const World& world, std::int64_t start_ms, std::int64_t end_ms,
                                 std::uint64_t volume, std::uint64_t seed) {
  PlaysConfig config;
  config.seed = seed;
  config.run = 0x5eed0000U + static_cast<std::uint32_t>(seed);
  config.start_ms = start_ms;
  config.end_ms = end_ms;
  config.plays.volume = volume;
  config.plays.popularity = "zipf:s=1.0,q=10";
  config.master = world.tables();
  return config;
}

inline PlaysConfig minute_config(const World& world, std::int64_t start_ms, std::uint64_t per_minute,
                                 std::uint64_t seed) {
  PlaysConfig config = window_config(world, start_ms, start_ms, per_minute, seed);
  config.end_ms.reset();
  config.plays.volume_per_minute = true;
  return config;
}

/// The law of the text counts.
inline Result<std::unique_ptr<Scenario>> try_make(PlaysConfig config) {
  auto law = plays::parse_popularity(config.plays.popularity);
  if (!law) return tl::make_unexpected(law.error());
  config.plays.law = *law;
  return plays::make_scenario(config.plays, config);
}

inline std::unique_ptr<Scenario> make(const PlaysConfig& config) {
  auto scenario = try_make(config);
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario.error().what);
  return scenario ? std::move(*scenario) : nullptr;
}

struct Event {
  PlayRow row;
  EventHead head;
};

inline bool same(const Event& a, const Event& b) {
  const PlayRow& x = a.row;
  const PlayRow& y = b.row;
  return x.event_id == y.event_id && x.song_id == y.song_id && x.user_id == y.user_id &&
         x.location_id == y.location_id && x.played_at == y.played_at &&
         x.play_duration_ms == y.play_duration_ms && x.device_type == y.device_type &&
         a.head.emit_time_ns == b.head.emit_time_ns && a.head.entity == b.head.entity &&
         a.head.owner == b.head.owner && a.head.seq == b.head.seq;
}

/// Where two lists first differ; -1 if they do not.
inline std::ptrdiff_t first_difference(const std::vector<Event>& a, const std::vector<Event>& b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i)
    if (!same(a[i], b[i])) return static_cast<std::ptrdiff_t>(i);
  return a.size() == b.size() ? -1 : static_cast<std::ptrdiff_t>(common);
}

/// Keeps all rows that it is given.
class Collector final : public RowConsumer {
 public:
  void take(std::uint32_t stream, const RowBatch& rows) override {
    EXPECT_EQ(stream, 0U);
    ASSERT_EQ(rows.heads.size(), rows.size());
    const auto plays = rows.rows<PlayRow>();
    for (std::size_t i = 0; i < rows.size(); ++i) events.push_back({plays[i], rows.heads[i]});
  }
  std::vector<Event> events;
};

inline std::vector<Event> fill_slices(Walk& walk, std::uint64_t first, std::uint64_t last) {
  Collector out;
  for (std::uint64_t slice = first; slice < last; ++slice) walk.fill(slice, out);
  return std::move(out.events);
}

inline std::vector<Event> play_slices(const Scenario& scenario, std::uint64_t first, std::uint64_t last) {
  return fill_slices(*scenario.walk({0, scenario.shard_count()}, first), first, last);
}

/// All events of a closed window.
inline std::vector<Event> play_all(const Scenario& scenario) {
  return play_slices(scenario, 0, scenario.slices().count());
}

/// Events of an endless run before `end_ms`.
inline std::vector<Event> play_until(const Scenario& scenario, std::int64_t end_ms) {
  std::uint64_t last = 0;
  while (scenario.slices().at(last).begin_ns < end_ms * 1'000'000) ++last;
  std::vector<Event> events = play_slices(scenario, 0, last);
  while (!events.empty() && events.back().row.played_at.ms >= end_ms) events.pop_back();
  return events;
}

}  // namespace racesim::plays_test
