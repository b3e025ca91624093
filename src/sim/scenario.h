// What a scenario is: a plan, small and quick to make, from which any moment of the stream is rendered as a
// pure function. The bytes depend on ScenarioConfig alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/batch.h"

namespace racesim {

/// Loaded master data; a scenario reads those it asks for. The batches outlive the scenario.
struct MasterTables {
  const RowBatch* songs = nullptr;
  const RowBatch* users = nullptr;
  const RowBatch* locations = nullptr;
};

/// The content options, checked and resolved.
struct ScenarioConfig {
  std::uint64_t seed = 42;
  std::uint32_t run = 0;               ///< carried by every event
  std::int64_t start_ms = 0;           ///< epoch milliseconds
  std::optional<std::int64_t> end_ms;  ///< exclusive; none: endless
  std::uint64_t volume = 0;            ///< events in all, or per minute
  bool volume_per_minute = false;
  std::string popularity;  ///< see sim/plays/popularity.h
  MasterTables master;
};

/// One of the streams that a scenario makes.
struct StreamInfo {
  std::string_view name;
  const SchemaInfo* schema;
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
  /// Slices of the whole run, UINT64_MAX when endless.
  virtual std::uint64_t slice_count() const = 0;
  virtual Slice slice(std::uint64_t index) const = 0;
  /// Events of all shards together, 0 if not known beforehand.
  virtual std::uint64_t planned_events() const = 0;
  virtual std::unique_ptr<Walk> walk(ShardRange shards, std::uint64_t first_slice) const = 0;
};

/// A row of the registry.
struct ScenarioEntry {
  std::string_view name;
  std::string_view summary;
  int version;                                        ///< a change of any byte is a new version
  std::span<const std::string_view> master_entities;  ///< what it reads, "songs" …
  Result<std::unique_ptr<Scenario>> (*make)(const ScenarioConfig&);
};

std::span<const ScenarioEntry> scenarios();
/// nullptr if there is none of that name.
const ScenarioEntry* find_scenario(std::string_view name);

}  // namespace racesim
