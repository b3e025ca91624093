#include "base/histogram.h"

#include <algorithm>
#include <cmath>

namespace racesim {

void Histogram::merge(const Histogram& other) {
  std::uint64_t added = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const std::uint64_t count = other.buckets_[i].load(std::memory_order_relaxed);
    if (count == 0) continue;
    add(buckets_[i], count);
    added += count;
  }
  // Not other.count(): a record() under way may have reached only one of the two.
  add(count_, added);
  const std::uint64_t max = other.max_ns_.load(std::memory_order_relaxed);
  if (max > max_ns_.load(std::memory_order_relaxed)) max_ns_.store(max, std::memory_order_relaxed);
}

std::uint64_t Histogram::middle_of(std::size_t bucket) {
  // The inverse of bucket_of(): every octave but the first starts with the bit that its steps carry on top.
  const std::size_t octave = bucket >> kStepBits;
  const std::size_t shift = octave == 0 ? 0 : octave - 1;
  const std::uint64_t lower = static_cast<std::uint64_t>(bucket - (shift << kStepBits)) << shift;
  return lower + ((std::uint64_t{1} << shift) - 1) / 2;
}

std::int64_t Histogram::quantile_ns(double fraction) const {
  // The sum of the buckets, not count(): both must be of one moment for the walk below to end inside.
  std::uint64_t total = 0;
  for (const auto& bucket : buckets_) total += bucket.load(std::memory_order_relaxed);
  const double wanted = std::ceil(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(total));
  const std::uint64_t rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  const std::int64_t max = max_ns();
  const std::size_t max_bucket = bucket_of(static_cast<std::uint64_t>(max));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += buckets_[i].load(std::memory_order_relaxed);
    if (seen < rank) continue;
    const auto middle = static_cast<std::int64_t>(middle_of(i));
    return i == max_bucket ? std::min(middle, max) : middle;
  }
  return 0;
}

std::uint64_t Histogram::count_within(std::int64_t bound_ns) const {
  std::uint64_t within = 0;
  for (std::size_t i = 0; i < kBuckets && static_cast<std::int64_t>(middle_of(i)) <= bound_ns; ++i)
    within += buckets_[i].load(std::memory_order_relaxed);
  return within;
}

double Histogram::sum_ns() const {
  double sum = 0;
  for (std::size_t i = 0; i < kBuckets; ++i)
    sum +=
        static_cast<double>(middle_of(i)) * static_cast<double>(buckets_[i].load(std::memory_order_relaxed));
  return sum;
}

}  // namespace racesim
