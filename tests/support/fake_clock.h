// A clock that moves only when somebody sleeps on it, or the test says so: hours of pacing take no time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "base/clock.h"

namespace racesim::test {

inline constexpr std::int64_t kMs = 1'000'000;  ///< in nanoseconds
inline constexpr std::int64_t kSecond = 1'000'000'000;

class FakeClock final : public Clock {
 public:
  static constexpr std::int64_t kStart_ns = 5'000'000'000;
  static constexpr std::int64_t kWallStart_ns = 1'704'067'200'000'000'000;  // 2024-01-01T00:00:00Z

  std::int64_t now_ns() override { return now_ns_.load(); }
  std::int64_t wall_ns() override { return now_ns_.load() - kStart_ns + kWallStart_ns; }
  void sleep_until(std::int64_t deadline_ns) override {
    sleeps_.fetch_add(1);
    advance_to(deadline_ns + oversleep_ns);
    if (after_sleep) after_sleep();
  }

  void advance(std::int64_t by_ns) { now_ns_.fetch_add(by_ns); }
  void advance_to(std::int64_t to_ns) {
    std::int64_t now = now_ns_.load();
    while (now < to_ns && !now_ns_.compare_exchange_weak(now, to_ns)) {
    }
  }
  std::uint64_t sleeps() const { return sleeps_.load(); }

  // Set before the clock is shared.
  std::int64_t oversleep_ns = 0;      ///< how late each sleep ends
  std::function<void()> after_sleep;  ///< called on the sleeper's thread

 private:
  std::atomic<std::int64_t> now_ns_{kStart_ns};
  std::atomic<std::uint64_t> sleeps_{0};
};

}  // namespace racesim::test
