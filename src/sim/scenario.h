// A scenario that is ready to be rendered: a plan, small and quick to make, from which any moment of the
// stream follows as a pure function. sim/entry.h says how one is declared and made.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/batch.h"
#include "sim/slices.h"

namespace racesim {

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

/// Whose events there are: what keys, parts and verify need. All methods from any thread.
class Owners {
 public:
  virtual ~Owners() = default;
  /// The shard that makes the events of this owner (see EventHead); none: there is no such owner.
  virtual std::optional<std::uint32_t> shard_of(std::uint32_t owner) const = 0;
  /// The owner that an event's field names; by default the number at its end: 63 of "63", 1 of "car-1".
  virtual std::optional<std::uint32_t> owner_of(std::string_view text) const;
  /// Appends what receivers call the entity of an event of this stream: the key that keeps its order.
  virtual void append_key(std::uint32_t stream, std::uint32_t entity, std::string& out) const;
};

/// What somebody who plans or watches a run wants to know of it; nothing depends on it. Any thread.
/// Something that a run may have, but that its user may not have meant.
struct Oddity {
  std::string what, hint;
};

class Outlook {
 public:
  virtual ~Outlook() = default;
  /// Events of all shards together, 0 if not known beforehand.
  virtual std::uint64_t planned_events() const = 0;
  /// To be warned of before the run.
  virtual std::vector<Oddity> oddities() const { return {}; }
  /// This moment in a few words; empty: nothing to say.
  virtual std::string headline(std::int64_t /*event_time_ns*/) const { return {}; }
};

/// Immutable once made; all methods from any thread.
class Scenario {
 public:
  virtual ~Scenario() = default;
  virtual std::span<const StreamInfo> streams() const = 0;
  /// Parts that can be made alone; from the options, never from the number of threads.
  virtual std::uint32_t shard_count() const = 0;
  virtual SliceGrid slices() const = 0;
  virtual std::unique_ptr<Walk> walk(ShardRange shards, std::uint64_t first_slice) const = 0;
  virtual const Owners& owners() const = 0;
  virtual const Outlook& outlook() const = 0;
};

/// The number that ends a text; none without one.
std::optional<std::uint64_t> number_at_end(std::string_view text);

}  // namespace racesim
