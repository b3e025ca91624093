// What a scenario is: a plan, small and quick to make, from which any moment of the stream is rendered as a
// pure function. The bytes depend on ScenarioConfig alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/batch.h"

namespace racesim {

/// Loaded master data; a scenario reads those it asks for. The batches outlive the scenario.
struct MasterTables {
  const RowBatch* songs = nullptr;
  const RowBatch* users = nullptr;
  const RowBatch* locations = nullptr;
  const RowBatch* drivers = nullptr;  ///< with teams and cars; without them the built-in ones race
  const RowBatch* teams = nullptr;
  const RowBatch* cars = nullptr;
};

/// Content options of plays.
struct PlaysContent {
  std::uint64_t volume = 10'000;  ///< events in all, or per minute
  bool volume_per_minute = false;
  std::string popularity = "zipf:s=1.0,q=10";  ///< see sim/plays/popularity.h
};

/// Content options of the race.
struct RaceContent {
  std::uint64_t rate_mhz = 100'000;  ///< samples per car and second, in thousandths: 1000 to 1,000,000
  std::uint32_t cars = 20;
  std::uint32_t laps = 52;
  std::string session = "race";                   ///< race, qualifying or practice
  std::string model = "full";                     ///< or simple: plain cars, see sim/race/simple/
  std::string names = "racesim";                  ///< of columns: racesim, fastf1 or openf1
  bool one_session = false;                       ///< no further session follows
  std::string track = "silverstone";              ///< a built-in one, or whose JSON is in track_text
  std::string track_text;                         ///< empty: a built-in track
  std::vector<std::string> streams{"telemetry"};  ///< in the order in which they are numbered
};

/// The content options, checked and resolved.
struct ScenarioConfig {
  std::uint64_t seed = 42;
  std::uint32_t run = 0;               ///< carried by every event
  std::int64_t start_ms = 0;           ///< epoch milliseconds
  std::optional<std::int64_t> end_ms;  ///< exclusive; none: endless
  PlaysContent plays;
  RaceContent race;
  MasterTables master;
};

/// One of the streams that a scenario makes.
struct StreamInfo {
  std::string_view name;
  const SchemaInfo* schema = nullptr;
  std::string_view topic;
};

/// Shards [first, last) of shard_count().
struct ShardRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

/// Takes rendered rows, in order, some hundred at a time. The batch is valid during the call only.
class RowConsumer {
 public:
  virtual ~RowConsumer() = default;
  virtual void take(std::uint32_t stream, const RowBatch& rows) = 0;
};

/// Renders slice after slice. What it remembers is a cache: a walk opened at any slice gives the same rows.
class Walk {
 public:
  virtual ~Walk() = default;
  /// Renders all events of slice `index` with heads, ordered by emit time. Each index is filled once, and
  /// indices are claimed in ascending order without a gap from the walk's first; several threads may fill
  /// different slices at a time. A claimed slice must be filled, or later ones wait for ever.
  virtual void fill(std::uint64_t index, RowConsumer& out) = 0;
};

/// Immutable once made; all methods from any thread.
class Scenario {
 public:
  virtual ~Scenario() = default;
  virtual std::span<const StreamInfo> streams() const = 0;
  /// Parts that can be made alone; from the config, never from the number of threads.
  virtual std::uint32_t shard_count() const = 0;
  /// The part that makes the events of this owner (see EventHead); none: there is no such owner.
  virtual std::optional<std::uint32_t> shard_of(std::uint32_t owner) const = 0;
  /// Slices of the whole run, UINT64_MAX when endless.
  virtual std::uint64_t slice_count() const = 0;
  virtual Slice slice(std::uint64_t index) const = 0;
  /// Events of all shards together, 0 if not known beforehand.
  virtual std::uint64_t planned_events() const = 0;
  /// What somebody who watches a run wants to see of this moment, in a few words; empty: nothing.
  virtual std::string headline(std::int64_t /*event_time_ns*/) const { return {}; }
  /// Appends what receivers call the entity of an event of this stream: the key that keeps its order.
  virtual void append_key(std::uint32_t /*stream*/, std::uint32_t entity, std::string& out) const {
    out += std::to_string(entity);
  }
  virtual std::unique_ptr<Walk> walk(ShardRange shards, std::uint64_t first_slice) const = 0;
};

/// A row of the registry.
struct ScenarioEntry {
  std::string_view name;
  std::string_view summary;
  int version;                                        ///< a change of any byte is a new version
  std::span<const std::string_view> master_entities;  ///< what it reads, "songs" …
  bool needs_master;  ///< false: it has rows of its own when no folder is named
  Result<std::unique_ptr<Scenario>> (*make)(const ScenarioConfig&);
  /// The options beside seed and start that decide its events, as a text: the run's name is a hash of it.
  /// What only cuts the stream short (an end, a choice of streams) is left out.
  std::string (*identity)(const ScenarioConfig&);
  /// Events per second of event time of a live run, about.
  double (*live_rate)(const ScenarioConfig&);
};

std::span<const ScenarioEntry> scenarios();
/// nullptr if there is none of that name.
const ScenarioEntry* find_scenario(std::string_view name);

}  // namespace racesim
