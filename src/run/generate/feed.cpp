#include "run/generate/feed.h"

#include <utility>

namespace racesim {

Feed::Feed(const Scenario& scenario, std::vector<const Encoder*> encoders, ShardRange shards,
           std::uint32_t run, unsigned threads, const FaultRules& faults, std::uint64_t seed, FeedPlace start,
           EventLimit limit)
    : generator_(scenario, std::move(encoders), shards, run, threads, first_slice(scenario, faults, start)),
      start_slice_(start.slice),
      next_ordinal_(start.ordinal),
      next_made_(start.made) {
  if (faults.any()) disturber_.emplace(faults, seed);
  if (limit.most == 0) return;
  if (limit.of_sends)
    sends_left_ = limit.most - std::min(limit.most, start.ordinal);
  else
    made_left_ = limit.most - std::min(limit.most, start.made);
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

/// Counts the batch's events, and ends it where none are left.
void Feed::cut(WireBatch& batch, std::uint64_t& left) {
  if (left == UINT64_MAX) return;
  if (batch.size() >= left) {
    if (batch.size() > left) batch.truncate(static_cast<std::size_t>(left));
    if (batch.size() > 0) cut_at_ns_ = batch.heads.back().emit_time_ns;
    generator_.cancel();
  }
  left -= batch.size();
}

/// What the next slice makes to be sent.
std::shared_ptr<WireBatch> Feed::next_of_slices() {
  while (has_slices()) {
    std::shared_ptr<WireBatch> batch = generator_.next();
    if (!batch) return nullptr;
    const bool is_before = generator_.next_slice() <= start_slice_;
    if (!is_before) {
      cut(*batch, made_left_);
      next_made_ += batch->size();
    }
    if (disturber_) batch = disturber_->pass(std::move(batch));
    if (!is_before) return batch;
  }
  return nullptr;
}

SharedBatch Feed::next() {
  std::shared_ptr<WireBatch> batch = next_of_slices();
  // Not behind a cancel() from outside: then there are slices left.
  if (!batch && disturber_ && !at_end() && !has_slices()) {
    flushed_ = true;
    batch = disturber_->flush();
  }
  if (!batch) return nullptr;
  cut(*batch, sends_left_);
  batch->first_ordinal = last_first_ = next_ordinal_;
  next_ordinal_ += batch->size();
  return batch;
}

}  // namespace racesim
