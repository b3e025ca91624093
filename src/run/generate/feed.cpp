#include "run/generate/feed.h"

#include <utility>

namespace racesim {

Feed::Feed(const Scenario& scenario, std::vector<const Encoder*> encoders, ShardRange shards,
           std::uint32_t run, unsigned threads, const FaultRules& faults, std::uint64_t seed, FeedPlace start)
    : generator_(scenario, std::move(encoders), shards, run, threads, first_slice(scenario, faults, start)),
      start_slice_(start.slice),
      next_ordinal_(start.ordinal) {
  if (faults.any()) disturber_.emplace(faults, seed);
}

/// Nothing is held back for longer than that, so nothing older can still come.
std::uint64_t Feed::first_slice(const Scenario& scenario, const FaultRules& faults, FeedPlace start) {
  std::uint64_t slice = start.slice;
  if (!faults.any()) return slice;
  const SliceGrid slices = scenario.slices();
  const std::int64_t oldest_ns = slices.at(slice).begin_ns - faults.late_delay_ns - kCopyDelay_ns;
  while (slice > 0 && slices.at(slice - 1).end_ns > oldest_ns) --slice;
  return slice;
}

SharedBatch Feed::next() {
  std::shared_ptr<WireBatch> batch;
  do {
    batch = generator_.next();
    if (batch && disturber_) batch = disturber_->pass(std::move(batch));
  } while (batch && generator_.next_slice() <= start_slice_);
  if (!batch && disturber_) {
    if (generator_.at_end() && !flushed_) {
      flushed_ = true;
      batch = disturber_->flush();
    }
  }
  if (!batch) return nullptr;
  batch->first_ordinal = last_first_ = next_ordinal_;
  next_ordinal_ += batch->size();
  return batch;
}

}  // namespace racesim
