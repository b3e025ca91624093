// An aggregation whose memory has a bound: what it holds grows with the rows of its open windows, and at a
// high rate those of a long window are too many. Beyond the bound it gives up for the rest of the run.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "agg/aggregation.h"

namespace racesim::serve {

/// One thread, but `suspended`, which becomes true when it gives up.
class BoundedAggregation final : public Aggregation {
 public:
  /// Rows older than `window_us` before the watermark are taken to be forgotten by `inner`; of the others it
  /// may hold `rows_most`.
  BoundedAggregation(std::unique_ptr<Aggregation> inner, std::int64_t window_us, std::uint64_t rows_most,
                     std::shared_ptr<std::atomic<bool>> suspended)
      : inner_(std::move(inner)),
        window_us_(window_us),
        rows_most_(rows_most),
        suspended_(std::move(suspended)) {}

  void add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused) override;
  void advance(std::int64_t watermark_us, RowBatch& results) override;
  void finish(RowBatch& results) override;
  /// Nothing is kept of what has given up.
  void save(StateWriter& out) const override;
  Done load(StateReader& in) override;

  std::uint64_t held_rows() const { return held_; }

 private:
  struct Span {
    std::int64_t newest_us = 0;
    std::uint64_t rows = 0;
  };

  std::unique_ptr<Aggregation> inner_;  // null: it has given up
  const std::int64_t window_us_;
  const std::uint64_t rows_most_;
  const std::shared_ptr<std::atomic<bool>> suspended_;
  std::deque<Span> spans_;  // of rows that were added together, in their order
  std::uint64_t held_ = 0;
};

}  // namespace racesim::serve
