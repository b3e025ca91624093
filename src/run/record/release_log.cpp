#include "run/record/release_log.h"

#include <algorithm>

namespace racesim {

void ReleaseLog::note(const WireBatch& batch, std::size_t first, std::size_t last, bool shed) {
  if (first == last) return;
  const std::uint64_t begin = batch.first_ordinal + first, end = batch.first_ordinal + last;
  end_ = end;
  if (shed) {
    if (!shed_.empty() && shed_.back().last == begin)
      shed_.back().last = end;
    else
      shed_.push_back({begin, end});
    return;
  }
  if (!streams_) {
    streams_ = batch.streams;
    counts_.resize(streams_ ? streams_->size() : 1);
  }
  std::uint32_t stream = batch.stream_of(first);
  std::size_t from = first;
  for (const StreamSpan& span : batch.spans) {
    if (span.first <= first) continue;
    if (span.first >= last) break;
    counts_[stream] += span.first - from;
    from = span.first;
    stream = span.stream;
  }
  counts_[stream] += last - from;
  if (digest_)
    for (std::size_t i = first; i < last; ++i) digest_->add(batch.line(i));
}

void ReleaseLog::fill(ManifestTotals& totals) const {
  if (streams_)
    for (std::size_t i = 0; i < counts_.size(); ++i) totals.streams[(*streams_)[i].name] += counts_[i];
  totals.released = end_;
  totals.shed = shed_;
  totals.digest = digest_;
}

}  // namespace racesim
