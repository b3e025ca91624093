// The least that a pacer can do, as the reference of bench/pacing.py: clock_nanosleep up to each event's time
// and a look at the clock. Usage: bare_pacing EVENTS_PER_S SECONDS; from 50,000 events/s on it wakes once a
// millisecond, as racesim does. Prints one JSON object.
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "base/clock.h"
#include "base/histogram.h"

namespace {

constexpr std::int64_t kSecond_ns = 1'000'000'000;
constexpr std::int64_t kQuantum_ns = 1'000'000;
constexpr std::int64_t kQuantumRate_per_s = 50'000;
constexpr std::int64_t kLagSamples = 64;  // of events that leave together, as in racesim

double processor_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bare_pacing EVENTS_PER_S SECONDS\n", stderr);
    return 2;
  }
  const std::int64_t rate_per_s = std::strtoll(argv[1], nullptr, 10);
  // One more than fit, so that the last one is due when the time is over.
  const std::int64_t events = rate_per_s * std::strtoll(argv[2], nullptr, 10) + 1;
  racesim::Clock& clock = racesim::system_clock();
  racesim::use_tight_timer_slack();
  racesim::Histogram lag;
  const double processor_before_s = processor_s();
  const std::int64_t start_ns = clock.now_ns();
  std::int64_t now_ns = start_ns;
  const auto due_ns = [&](std::int64_t i) { return start_ns + i * kSecond_ns / rate_per_s; };
  for (std::int64_t i = 0; i < events;) {
    std::int64_t deadline_ns = due_ns(i);
    if (rate_per_s >= kQuantumRate_per_s)
      deadline_ns += (kQuantum_ns - (deadline_ns - start_ns) % kQuantum_ns) % kQuantum_ns;
    for (now_ns = clock.now_ns(); now_ns < deadline_ns; now_ns = clock.now_ns())
      clock.sleep_until(deadline_ns);
    const std::int64_t due = (now_ns - start_ns) / kQuantum_ns * rate_per_s / (kSecond_ns / kQuantum_ns);
    const std::int64_t last = rate_per_s >= kQuantumRate_per_s ? std::min(events, due + 1) : i + 1;
    const std::int64_t step = (last - i + kLagSamples - 1) / kLagSamples;
    for (std::int64_t k = i; k < last; k += step)
      lag.record(now_ns - due_ns(k), static_cast<std::uint64_t>(std::min(step, last - k)));
    i = last;
  }
  const double took_s = static_cast<double>(now_ns - start_ns) / 1e9;
  const auto ms = [&](double fraction) { return static_cast<double>(lag.quantile_ns(fraction)) / 1e6; };
  std::printf("{\"rate\":%.3f,\"p50_ms\":%.6f,\"p99_ms\":%.6f,\"max_ms\":%.6f,\"processor_s\":%.6f}\n",
              static_cast<double>(events - 1) / took_s, ms(0.5), ms(0.99),
              static_cast<double>(lag.max_ns()) / 1e6, processor_s() - processor_before_s);
  return 0;
}
