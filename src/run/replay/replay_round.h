// One time through a recording: which records are sent, when, and as what bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/batch.h"
#include "run/generate/batch_pool.h"
#include "run/replay/lanes.h"
#include "run/replay/merge.h"
#include "run/replay/replay_counts.h"
#include "run/replay/restamp.h"

namespace racesim {

/// What all rounds share. One thread.
struct ReplayBook {
  std::uint32_t run = 0;
  std::shared_ptr<const std::vector<StreamTag>> streams;
  Restamper* restamper = nullptr;  ///< null: lines go out as they are
  ReplayCounters* counters = nullptr;
  /// Of an entity: keys are numbered as lanes are read, owners as their first events go out, which is the
  /// same each time; faults hang on it.
  struct Owner {
    std::uint32_t number = 0;
    std::uint64_t next_seq = 0;  ///< 0: it has sent nothing
  };
  std::vector<Owner> owners;  ///< by entity
  std::uint32_t next_owner = 0;
  std::optional<std::int64_t> first_time_ns;
  std::int64_t behind_ns = 0;  ///< where the round begins, behind the first one
};

/// Takes batches; false: no more are wanted.
using BatchTaker = std::function<bool(std::shared_ptr<WireBatch>)>;

class ReplayRound {
 public:
  /// All outlive it; `lanes` in the order of the merge.
  ReplayRound(const ReplayConfig& config, ReplayBook& book, const std::vector<RecordedLane>& lanes,
              std::shared_ptr<BatchPool> pool);

  /// Reads to the end, or to the place where the replay ends.
  Done play(LaneMerge& merge, const BatchTaker& taker);

  std::uint64_t events() const { return events_; }
  /// From the first event to behind the last one, in event time.
  std::int64_t length_ns() const;

 private:
  bool take(const MergedRun& run);
  bool is_at(const SeekPoint& point, const RecordFact& fact, std::int64_t place_ns) const;
  std::int64_t without_gaps(std::int64_t place_ns);
  void add_head(const RecordFact& fact, std::int64_t emit_ns);
  void add_lines(MergedRun& run, std::size_t first, std::size_t last);
  void add_stamped(const MergedRun& run, std::size_t i, const RecordFact& fact);
  bool flush(const BatchTaker& taker);

  const ReplayConfig& config_;
  ReplayBook& book_;
  const std::vector<RecordedLane>& lanes_;
  const std::shared_ptr<BatchPool> pool_;
  std::shared_ptr<WireBatch> out_;
  bool begun_ = false;
  std::uint64_t places_ = 0;  ///< events passed so far, sent or not
  std::optional<std::int64_t> origin_ns_, last_place_ns_, first_emit_ns_;
  std::int64_t cut_ns_ = 0, last_emit_ns_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t late_before_, jumps_before_;  ///< of earlier rounds
  std::string line_;
};

}  // namespace racesim
