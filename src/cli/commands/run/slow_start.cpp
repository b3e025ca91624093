#include "cli/commands/run/slow_start.h"

#include <chrono>
#include <system_error>

#include "base/quantity.h"
#include "cli/terminal/log.h"

namespace racesim::cli {

std::vector<std::string> start_waits(const RunConfig& config) {
  std::vector<std::string> waits;
  for (const SinkSpec& sink : config.delivery.sinks) {
    if (sink.kind != "kafka") continue;
    const KafkaOptions& kafka = config.delivery.kafka;
    const bool endless = kafka.connect_grace_ns >= 20LL * 86'400 * 1'000'000'000;  // see --connect-timeout 0
    waits.push_back(
        "waiting for the Kafka brokers at " + kafka.brokers +
        (endless ? ", as long as it takes" : ", at most " + format_duration(kafka.connect_grace_ns)) +
        " (--connect-timeout)");
    if (config.checkpoint.resume)
      waits.push_back("what the topic holds is read back once it has rested for " +
                      format_duration(kafka.settle_ns) + " (--settle)");
  }
  return waits;
}

SlowStart::SlowStart(const RunConfig& config, std::int64_t after_ns) {
  const std::vector<std::string> waits = start_waits(config);
  if (waits.empty()) return;
  try {
    thread_ = std::thread([this, waits, after_ns] {
      std::unique_lock lock(mutex_);
      if (changed_.wait_for(lock, std::chrono::nanoseconds(after_ns), [this] { return over_; })) return;
      for (const std::string& wait : waits) log(LogLevel::info, wait);
    });
  } catch (const std::system_error&) {
    // Without a thread to tell it the run starts all the same; it is told when it needs threads itself.
  }
}

SlowStart::~SlowStart() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace racesim::cli
