#include "base/clock.h"

#include <sys/prctl.h>
#include <time.h>

namespace racesim {
namespace {

std::int64_t read_clock(clockid_t id) {
  timespec ts{};
  clock_gettime(id, &ts);
  return static_cast<std::int64_t>(ts.tv_sec) * 1'000'000'000 + ts.tv_nsec;
}

class SystemClock final : public Clock {
 public:
  std::int64_t now_ns() override { return read_clock(CLOCK_MONOTONIC); }
  std::int64_t wall_ns() override { return read_clock(CLOCK_REALTIME); }
  void sleep_until(std::int64_t deadline_ns) override {
    timespec ts{};
    ts.tv_sec = deadline_ns / 1'000'000'000;
    ts.tv_nsec = deadline_ns % 1'000'000'000;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, nullptr);
  }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

void use_tight_timer_slack() {
  prctl(PR_SET_TIMERSLACK, 1UL);
}

}  // namespace racesim
