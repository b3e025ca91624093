// Latencies in fixed memory. Buckets are linear within each power of two (the idea of HdrHistogram, Gil
// Tene): 128 per octave, so a quantile is off by at most 1/256 of its value.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace racesim {

/// Counts of durations from 0 ns to one hour; longer ones count as the last bucket but keep their true
/// maximum. record() and merge() are for one thread; any other may read meanwhile and sees some moment of
/// each bucket. About 36 KiB, no allocation.
class Histogram {
 public:
  Histogram() = default;
  /// Reads `other` as merge() does.
  Histogram(const Histogram& other) { merge(other); }
  Histogram& operator=(const Histogram&) = delete;

  /// `count` times `value_ns`; negative values count as 0.
  void record(std::int64_t value_ns, std::uint64_t count = 1) {
    const std::uint64_t value = value_ns < 0 ? 0 : static_cast<std::uint64_t>(value_ns);
    add(buckets_[bucket_of(value)], count);
    add(count_, count);
    if (count > 0 && value > max_ns_.load(std::memory_order_relaxed))
      max_ns_.store(value, std::memory_order_relaxed);
  }

  /// Adds what `other` holds. `other` may be written meanwhile.
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  /// The largest value, exactly; 0 if there is none.
  std::int64_t max_ns() const { return static_cast<std::int64_t>(max_ns_.load(std::memory_order_relaxed)); }
  /// The smallest value that at least `fraction` (0..1) of all values do not exceed, up to the width of its
  /// bucket: its middle, and at most max_ns(). 0 if there is none.
  std::int64_t quantile_ns(double fraction) const;
  /// How many values are at most `bound_ns`, up to the width of its bucket.
  std::uint64_t count_within(std::int64_t bound_ns) const;
  /// Of all values, each taken for the middle of its bucket.
  double sum_ns() const;

 private:
  static constexpr int kStepBits = 7;
  static constexpr std::uint64_t kSteps = 1U << kStepBits;
  static constexpr int kValueBits = 42;  // 2^42 ns are 73 minutes
  static constexpr std::size_t kBuckets = static_cast<std::size_t>(kValueBits - kStepBits + 1) << kStepBits;

  /// Values below 2^8 have a bucket each; above, the top 8 bits of the value decide.
  static std::size_t bucket_of(std::uint64_t value) {
    constexpr std::uint64_t kLimit = (std::uint64_t{1} << kValueBits) - 1;
    if (value > kLimit) value = kLimit;
    const int shift = 63 - kStepBits - __builtin_clzll(value | kSteps);
    return (static_cast<std::size_t>(shift) << kStepBits) + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t middle_of(std::size_t bucket);

  /// One writer: a plain load and store spare the locked instruction.
  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t count) {
    counter.store(counter.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint64_t>, kBuckets> buckets_{};
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::uint64_t> max_ns_{0};
};

}  // namespace racesim
