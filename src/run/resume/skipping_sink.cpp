#include "run/resume/skipping_sink.h"

namespace racesim {

Done SkippingSink::submit(const SharedBatch& batch, std::size_t first, std::size_t last) {
  const std::uint64_t begin = batch->first_ordinal;
  Done done;
  while (first < last && begin + first < already_.end()) {
    const bool there = already_.has(begin + first);
    std::size_t next = first + 1;
    while (next < last && begin + next < already_.end() && already_.has(begin + next) == there) ++next;
    if (there) {
      settled_.settle(begin + first, begin + next);
      shown().skipped.fetch_add(next - first, std::memory_order_relaxed);
    } else if (Done taken = inner_->submit(batch, first, next); !taken && done) {
      done = std::move(taken);
    }
    first = next;
  }
  if (first == last) return done;
  Done taken = inner_->submit(batch, first, last);
  return done ? taken : done;
}

}  // namespace racesim
