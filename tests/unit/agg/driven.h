// Events of all three scenarios as plain values, and an engine that gets them lane by lane in random cuts and
// is saved and loaded at random points: for tests that compare an aggregation with a plain reference.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "agg/engine.h"
#include "agg/entry.h"
#include "model/batch.h"
#include "model/fleet.h"
#include "model/play.h"
#include "model/race.h"

namespace racesim::driven {

enum class Kind : std::uint8_t { telemetry, fleet, play };

struct Event {
  Kind kind = Kind::telemetry;
  std::uint32_t lane = 0;
  std::uint32_t run = 0;
  std::uint16_t who = 0;  ///< car, or number of the vehicle
  std::uint64_t seq = 0;
  bool has_seq = true;  ///< fleet: seq and run are there
  std::int64_t time_us = 0;
  std::uint16_t speed_dkmh = 0, rpm = 0, speed_limit_kmh = 0;
  bool speeding = false, over_redline = false;
  std::uint32_t listened_ms = 0;
  std::uint16_t id = 0, song = 0, user = 0, location = 0;  ///< of plays
};

inline Uuid uuid_of(std::uint8_t kind, std::uint32_t number) {
  Uuid id;
  id.bytes[0] = kind;
  for (std::size_t i = 0; i < 4; ++i) id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}
inline Uuid song_id(std::uint32_t number) {
  return uuid_of(1, number);
}
inline Uuid user_id(std::uint32_t number) {
  return uuid_of(2, number);
}
inline Uuid location_id(std::uint32_t number) {
  return uuid_of(3, number);
}

inline std::string vehicle_of(std::uint16_t who) {
  return "TESTCAR" + std::to_string(who);
}

/// Rows of each kind, and which events they are.
struct Rows {
  RowBatch telemetry{schema_info<TelemetryRow>()}, fleet{schema_info<FleetRow>()},
      plays{schema_info<PlayRow>()};
  std::vector<std::uint32_t> places[3];

  void add(const Event& event, std::uint32_t place) {
    places[static_cast<std::size_t>(event.kind)].push_back(place);
    switch (event.kind) {
      case Kind::telemetry: {
        TelemetryRow row{};
        row.run = {event.run};
        row.car = event.who;
        row.seq = event.seq;
        row.time = {event.time_us / 1000};
        row.speed_dkmh = event.speed_dkmh;
        row.engine_rpm = event.rpm;
        telemetry.resize(telemetry.size() + 1);
        telemetry.rows<TelemetryRow>().back() = row;
        return;
      }
      case Kind::fleet: {
        FleetRow row{};
        row.vehicle_id = fleet.add_text(vehicle_of(event.who));
        row.timestamp = {event.time_us};
        row.speed_dkmh = event.speed_dkmh;
        row.engine_rpm = event.rpm;
        row.speed_limit_kmh = event.speed_limit_kmh;
        row.speeding = event.speeding;
        row.rpm_over_redline = event.over_redline;
        if (event.has_seq) row.seq = event.seq;
        if (event.has_seq) row.run = {event.run};
        fleet.resize(fleet.size() + 1);
        fleet.rows<FleetRow>().back() = row;
        constexpr std::uint64_t kSeqAndRun = std::uint64_t{3} << 13;  // the last two fields
        fleet.missing.push_back(event.has_seq ? 0 : kSeqAndRun);
        return;
      }
      case Kind::play: {
        PlayRow row{};
        row.event_id = uuid_of(9, event.id);
        row.song_id = song_id(event.song);
        row.user_id = user_id(event.user);
        row.location_id = location_id(event.location);
        row.played_at = {event.time_us / 1000};
        row.play_duration_ms = event.listened_ms;
        plays.resize(plays.size() + 1);
        plays.rows<PlayRow>().back() = row;
      }
    }
  }
};

/// What an engine made of events.
struct Outcome {
  std::vector<RowBatch> results;  ///< one per advance() that gave any
  /// Parallel to the events; `kTaken` where it was taken.
  std::vector<int> refusals;
  RefusalCounts counts;
};
inline constexpr int kTaken = -1;

struct Drive {
  const AggregationEntry& entry;
  std::function<std::unique_ptr<Aggregation>()> make;
  std::int64_t watermark_delay_us = 0;
  bool restarts = false;
};

/// The events of each lane in their order, the lanes and cuts by chance. Lanes do not end before the input.
inline Outcome drive(const Drive& what, const std::vector<Event>& events, std::mt19937& random) {
  Outcome outcome;
  outcome.refusals.assign(events.size(), kTaken);
  const auto new_engine = [&] {
    std::vector<AggregationEngine::Part> parts;
    parts.push_back({&what.entry, what.make()});
    return std::make_unique<AggregationEngine>(std::move(parts), EngineOptions{what.watermark_delay_us});
  };
  std::vector<std::vector<std::uint32_t>> lanes;
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    lanes.resize(std::max<std::size_t>(lanes.size(), events[i].lane + 1));
    lanes[events[i].lane].push_back(i);
  }
  std::vector<std::size_t> next(lanes.size(), 0);
  auto engine = new_engine();
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) engine->lane(std::to_string(lane));
  const auto keep = [&](std::vector<RowBatch>& results) {
    if (!results.front().empty()) outcome.results.push_back(std::move(results.front()));
  };
  for (std::size_t left = events.size(); left > 0;) {
    const std::size_t lane = random() % lanes.size();
    const std::size_t rows = std::min<std::size_t>(1 + random() % 12, lanes[lane].size() - next[lane]);
    if (rows == 0) continue;
    Rows batch;
    for (std::uint32_t i = 0; i < rows; ++i) batch.add(events[lanes[lane][next[lane] + i]], i);
    const ArrivedRows arrived[] = {{&batch.telemetry, batch.places[0]},
                                   {&batch.fleet, batch.places[1]},
                                   {&batch.plays, batch.places[2]}};
    std::vector<std::vector<Refused>> refused;
    engine->add(static_cast<std::uint32_t>(lane), arrived, refused);
    for (std::size_t k = 0; k < 3; ++k)
      for (const Refused& one : refused[k])
        outcome.refusals[lanes[lane][next[lane] + batch.places[k][one.row]]] = static_cast<int>(one.why);
    next[lane] += rows;
    left -= rows;
    std::vector<RowBatch> results = engine->make_results();
    engine->advance(results);
    keep(results);
    if (what.restarts && random() % 4 == 0) {
      std::string state, again;
      engine->save(state);
      engine = new_engine();
      const Done loaded = engine->load(state);
      EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().what);
      engine->save(again);
      EXPECT_EQ(again.size(), state.size());
    }
  }
  std::vector<RowBatch> results = engine->make_results();
  engine->finish(results);
  keep(results);
  outcome.counts = engine->refusals().front();
  return outcome;
}

/// The watermark of each event's lane just before it.
inline std::vector<std::int64_t> watermarks(const std::vector<Event>& events, std::int64_t delay_us) {
  std::vector<std::int64_t> newest, result;
  for (const Event& event : events) {
    newest.resize(std::max<std::size_t>(newest.size(), event.lane + 1), kNoWatermark_us);
    std::int64_t& mine = newest[event.lane];
    result.push_back(mine == kNoWatermark_us ? mine : mine - delay_us);
    mine = std::max(mine, event.time_us);
  }
  return result;
}

}  // namespace racesim::driven
