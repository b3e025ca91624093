// Plays sessions slice by slice. Each shard keeps the sessions under way in a calendar: a ring of slices,
// each with the sessions whose next play falls into it. No future play is ever stored.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "sim/plays/plan/cell_plan.h"
#include "sim/plays/render/play_model.h"
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

/// Room for records that is never initialised twice; used like a vector.
class RecordBuffer {
 public:
  void clear() { size_ = 0; }
  std::size_t size() const { return size_; }
  const Record& operator[](std::size_t i) const { return room_[i]; }
  /// Where the next `count` records can be written; those that were are then counted by grow().
  Record* room_for(std::size_t count) {
    if (size_ + count > room_.size()) room_.resize(2 * room_.size() + count);
    return room_.data() + size_;
  }
  void grow(std::size_t count) { size_ += count; }

 private:
  std::vector<Record> room_;
  std::size_t size_ = 0;
};

/// A session under way.
struct Cursor {
  std::int64_t next_ms;   ///< start of the next play
  std::int64_t spare_ms;  ///< from then to the session's limit, beyond what the plays after it usually take
  std::uint32_t cell;
  std::uint32_t seq;
  std::uint32_t listener;
  std::uint32_t location;
  std::uint32_t usual_ms;  ///< what a play takes if nothing hurries it
  float patience;
  std::uint16_t left;  ///< plays
  Device device;

  /// Goes on to the play after `play`; returns how long `play` is listened to.
  std::uint32_t pass(const Play& play) {
    std::int64_t listened_ms = play.wanted_ms;
    std::int64_t step_ms = listened_ms + play.pause_ms;
    if (spare_ms < step_ms) [[unlikely]] {
      step_ms = spare_ms < listened_ms ? share_of_rest(play) : spare_ms;
      listened_ms = std::min(listened_ms, step_ms);
    }
    next_ms += step_ms;
    spare_ms += usual_ms - step_ms;
    ++seq;
    --left;
    return static_cast<std::uint32_t>(listened_ms);
  }

 private:
  /// Where time is short the plays to come share what is left by what they want, this one by what it wants
  /// and the others by what is usual: so no length is anybody's favourite. Rounded up or down at random.
  std::int64_t share_of_rest(const Play& play) const {
    const std::int64_t others_ms = static_cast<std::int64_t>(left - 1) * usual_ms;
    const std::int64_t rest_ms = spare_ms + others_ms;
    const double wanted = play.wanted_ms;
    const double share = static_cast<double>(rest_ms) * (wanted / (wanted + static_cast<double>(others_ms)));
    // At least a millisecond for each, unless the session has none: then they are all at once.
    const std::int64_t most_ms = std::max<std::int64_t>(0, rest_ms - (left - 1));
    return std::clamp(static_cast<std::int64_t>(share + play.tie * 0x1p-32),
                      std::min<std::int64_t>(1, most_ms), most_ms);
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
  void advance(std::uint64_t slice, RecordBuffer& out);

 private:
  std::int64_t run_end_ms() const {
    const std::int64_t span_ms = context_->plan.geometry.span_ms;
    return span_ms > 0 ? span_ms : INT64_MAX;
  }
  /// The first cell comes again at the end of a closed window.
  bool has_cell(std::int64_t cell) const {
    return context_->plan.geometry.endless || cell <= context_->plan.geometry.cell_count;
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
  static void write(Cursor& cursor, const PlayBlock& plays, std::size_t first, std::size_t last,
                    const SliceSpan& slice, RecordBuffer& out);
  void play_round(const SliceSpan& slice, RecordBuffer& out);
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
  static constexpr std::uint64_t kBroken = UINT64_MAX;  ///< as next_slice: its calendar has failed
  struct Shard {
    std::atomic<std::uint64_t> next_slice;
    ShardCalendar calendar;
    Shard(const WalkContext& context, std::uint32_t shard, std::uint64_t first_slice)
        : next_slice(first_slice), calendar(context, shard, first_slice) {}
  };
  struct Scratch {
    RecordBuffer records;
    std::vector<std::uint64_t> keys, sorted;
    RowBatch rows{schema_info<PlayRow>()};
  };

  static void wait_for_turn(const Shard& shard, std::uint64_t index);
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
