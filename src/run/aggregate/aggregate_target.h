// The target that aggregates: blocks of records go through the engine, results go to outputs and, with state
// and positions, to a keeper.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agg/engine.h"
#include "base/clock.h"
#include "io/dead_letter.h"
#include "run/aggregate/result_keeper.h"
#include "run/aggregate/result_output.h"
#include "run/ingest/work_target.h"

namespace racesim {

/// What one process counts. consumed = taken + late + late_idle + duplicates + unusable + ignored +
/// dead_lettered.
struct AggregateCounts {
  std::uint64_t consumed = 0;   ///< records; blank ones and those without a value are none
  std::uint64_t taken = 0;      ///< by at least one aggregation, and refused by none
  std::uint64_t late = 0;       ///< behind the watermark of their own lane
  std::uint64_t late_idle = 0;  ///< late only since a lane was idle
  std::uint64_t duplicates = 0;
  std::uint64_t unusable = 0;       ///< rows that lack what an aggregation needs
  std::uint64_t ignored = 0;        ///< rows that no aggregation asked for takes
  std::uint64_t dead_lettered = 0;  ///< records that are no rows
  std::uint64_t gaps = 0;           ///< records that were gone before they could be read
  std::uint64_t commits = 0;
  std::vector<std::uint64_t> results;  ///< rows given out, of each aggregation
  std::int64_t watermark_us = kNoWatermark_us, newest_us = kNoWatermark_us;
};

struct AggregateTargetConfig {
  std::function<Result<AggregationEngine>()> make_engine;
  std::unique_ptr<ResultKeeper> keeper;  ///< null: nothing is kept
  std::vector<std::unique_ptr<ResultOutput>> outputs;
  std::unique_ptr<DeadLetter> late;  ///< gets the records that came too late; null: they are only counted
  std::unique_ptr<DeadLetter> dead;  ///< gets records that are no rows, unless the keeper keeps them
  std::int64_t idle_timeout_ns = 0;  ///< a lane that gives nothing for so long holds nothing back; 0: it does
  /// Records that the source knows of and has not given yet; none: not known. A lane is idle only while that
  /// is not more than nothing: else its records are merely not here yet.
  std::function<std::optional<std::uint64_t>()> lag;
  bool has_positions = true;   ///< of the source
  bool final_at_stop = false;  ///< what is open becomes a result also when it is only stopped
  Clock* clock = nullptr;
};

class AggregateTarget final : public WorkTarget {
 public:
  explicit AggregateTarget(AggregateTargetConfig config);

  /// Before anything else: what the keeper holds, and what outputs may not have got of it.
  Done open();

  std::string name() const override;
  Result<std::vector<LanePosition>> positions(std::string_view source) override;
  Done begin_lanes(std::span<const LanePosition> lanes) override;
  Result<bool> write() override;
  void count(IngestCounts& counts) const override;
  void rollback() override {}
  bool worth_retrying() const override;
  Result<bool> finish(bool reached_end) override;
  std::optional<std::int64_t> next_tick_ns() const override;
  Result<bool> tick() override;
  void abandon() override;
  Done close() override;
  const WaitNote* wait() const override;

  /// Of all that is committed. Any thread.
  AggregateCounts counts() const;

 private:
  struct Lane {
    std::uint32_t number = 0;  ///< the engine's
    std::string key;
    std::int64_t heard_ns = 0;
    bool idle = false;
  };

  Done load(std::string_view state);
  Lane& lane_of(const LanePosition& position);
  void feed(Work& work);
  void feed_parts(Work& work, Lane& lane);
  void note_refused(const Work& work, std::size_t part, const std::vector<Refused>& refused);
  void note_dead(const Work& work);
  void note_steps();
  void note_reached();
  Result<bool> commit();
  void keep_state();
  void note_idle_lanes();
  Done deliver();
  void publish_counts();
  bool has_results() const;

  AggregateTargetConfig config_;
  Clock& clock_;
  std::optional<AggregationEngine> engine_;
  std::vector<Lane> lanes_;
  std::vector<std::uint32_t> asked_lanes_;  ///< engine's numbers, in the order of begin_lanes()
  std::vector<RowBatch> results_;           ///< of this transaction, one per aggregation
  std::vector<RowBatch> undelivered_;       ///< kept, and not delivered yet
  std::vector<LaneStep> steps_;
  std::vector<LanePosition> reached_;  ///< without a keeper: where lanes have come to
  std::vector<DeadRecord> dead_;
  std::string late_lines_;
  std::size_t late_count_ = 0;
  std::size_t fed_ = 0;    ///< works of this transaction that the engine has taken
  bool stale_ = false;     ///< another process has moved on: the state is to be loaded again
  bool retrying_ = false;  ///< the last error came from what may come back
  bool flushed_ = false, finished_ = false;
  std::string engine_state_;  ///< as the next commit keeps it
  AggregateCounts counts_;    ///< with what is not committed yet
  std::vector<std::vector<Refused>> refused_;
  std::vector<ArrivedRows> arrived_;

  mutable std::mutex mutex_;
  AggregateCounts shown_;  ///< under mutex_
};

}  // namespace racesim
