// Plays sessions slice by slice. Each shard keeps the sessions under way in a calendar: a ring of slices,
// each with the sessions whose next play falls into it. No future play is ever stored.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "sim/plays/cell_plan.h"
#include "sim/plays/play_model.h"
#include "sim/scenario.h"

namespace racesim::plays {

/// A play before it becomes a row.
struct Record {
  std::uint32_t in_slice_ms;
  std::uint32_t song;
  std::uint32_t listener;
  std::uint32_t location;
  std::uint32_t cell;
  std::uint32_t seq;
  std::uint32_t listened_ms;
  std::uint32_t device_and_tie;  ///< device in the lowest byte, random bits above
};

/// A session under way.
struct Cursor {
  std::int64_t next_ms;  ///< start of the next play
  std::int64_t limit_ms;
  std::uint32_t cell;
  std::uint32_t seq;
  std::uint32_t listener;
  std::uint32_t location;
  std::uint32_t slot_ms;
  float patience;
  std::uint16_t left;  ///< plays
  Device device;

  /// Goes on to the play after `play`; returns how long `play` is listened to. Time enough is left for the
  /// rest.
  std::uint32_t pass(const Play& play) {
    const std::int64_t most_ms = limit_ms - next_ms - static_cast<std::int64_t>(left - 1) * slot_ms;
    const std::int64_t listened_ms = most_ms < play.wanted_ms ? most_ms : play.wanted_ms;
    const std::int64_t step_ms = listened_ms + play.pause_ms;
    next_ms += most_ms < step_ms ? most_ms : step_ms;
    ++seq;
    --left;
    return static_cast<std::uint32_t>(listened_ms);
  }
};

/// What all shards of a walk share; const.
struct WalkContext {
  PlanContext plan;
  const PlayModel* model;
};

/// One shard's sessions. One thread at a time.
class ShardCalendar {
 public:
  ShardCalendar(const WalkContext& context, std::uint32_t shard, std::uint64_t first_slice);

  /// Appends the plays of the slice in no particular order. Slices follow one another.
  void advance(std::uint64_t slice, std::vector<Record>& out);

 private:
  std::int64_t run_end_ms() const {
    const std::int64_t span_ms = context_->plan.geometry.span_ms;
    return span_ms > 0 ? span_ms : INT64_MAX;
  }
  void open_cell(std::int64_t cell, std::int64_t skip_to_ms);
  bool skip(Cursor& cursor, std::int64_t until_ms) const;
  struct SliceSpan {
    std::int64_t begin_ms;
    std::int64_t end_ms;
    bool same_songs;  ///< nothing is released within it
  };

  PlayQuery query(const Cursor& cursor) const;
  std::uint32_t plays_ahead(const Cursor& cursor, const SliceSpan& slice) const;
  void write(Cursor& cursor, const Play* play, std::size_t count, const SliceSpan& slice,
             std::vector<Record>& out) const;
  void play_round(const SliceSpan& slice, std::vector<Record>& out);
  void park(const Cursor& cursor);

  const WalkContext* context_;
  std::uint32_t shard_;
  CellPlanner planner_;
  std::int64_t next_cell_ = 0;
  std::vector<std::vector<Cursor>> ring_;
  std::vector<Cursor> due_;
  std::vector<Session> sessions_;
};

/// Renders rows of type PlayRow as stream 0.
class SessionWalk final : public Walk {
 public:
  SessionWalk(const WalkContext& context, const Catalog& catalog, std::uint32_t run, ShardRange shards,
              std::uint64_t first_slice);
  void fill(std::uint64_t index, RowConsumer& out) override;

 private:
  struct Shard {
    std::atomic<std::uint64_t> next_slice;
    ShardCalendar calendar;
    Shard(const WalkContext& context, std::uint32_t shard, std::uint64_t first_slice)
        : next_slice(first_slice), calendar(context, shard, first_slice) {}
  };
  struct Scratch {
    std::vector<Record> records;
    std::vector<std::uint64_t> keys, sorted;
    std::vector<std::uint32_t> counts;
    RowBatch rows{schema_info<PlayRow>()};
  };

  std::unique_ptr<Scratch> take_scratch();
  void give_back(std::unique_ptr<Scratch> scratch);
  void order(Scratch& scratch) const;
  void settle_ties(Scratch& scratch) const;
  void prefetch(const Scratch& scratch, std::size_t at) const;
  void render(std::uint64_t index, Scratch& scratch, RowConsumer& out) const;

  const WalkContext context_;
  const Catalog* catalog_;
  std::uint32_t run_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::mutex scratch_mutex_;
  std::vector<std::unique_ptr<Scratch>> free_scratch_;
};

}  // namespace racesim::plays
