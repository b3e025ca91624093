#include "serve/processing/bounded_aggregation.h"

#include <algorithm>

namespace racesim::serve {
namespace {

/// Rows that come within so long are counted together, so that the counts themselves stay few.
constexpr std::int64_t kSpan_us = 1'000'000;

}  // namespace

void BoundedAggregation::add(const RowBatch& rows, const LaneArrivals& arrivals,
                             std::vector<Refused>& refused) {
  if (inner_ == nullptr || rows.empty()) return;
  const std::int64_t newest_us = *std::max_element(arrivals.time_us.begin(), arrivals.time_us.end());
  if (spans_.empty() || newest_us >= spans_.back().newest_us + kSpan_us) spans_.push_back({newest_us, 0});
  spans_.back().rows += rows.size();
  held_ += rows.size();
  if (held_ > rows_most_) {
    inner_.reset();
    spans_ = {};
    held_ = 0;
    *suspended_ = true;
    return;
  }
  inner_->add(rows, arrivals, refused);
}

void BoundedAggregation::advance(std::int64_t watermark_us, RowBatch& results) {
  if (inner_ == nullptr) return;
  inner_->advance(watermark_us, results);
  while (!spans_.empty() && watermark_us != kNoWatermark_us &&
         spans_.front().newest_us + kSpan_us + window_us_ < watermark_us) {
    held_ -= spans_.front().rows;
    spans_.pop_front();
  }
}

void BoundedAggregation::finish(RowBatch& results) {
  if (inner_ != nullptr) inner_->finish(results);
}

void BoundedAggregation::save(StateWriter& out) const {
  if (inner_ != nullptr) inner_->save(out);
}

Done BoundedAggregation::load(StateReader& in) {
  return inner_ == nullptr ? Done() : inner_->load(in);
}

}  // namespace racesim::serve
