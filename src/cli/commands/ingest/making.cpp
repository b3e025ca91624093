#include "cli/commands/ingest/making.h"

#include <string>
#include <utility>

#include "base/clock.h"
#include "cli/terminal/log.h"

namespace racesim::cli {
namespace {

constexpr std::int64_t kOpenAgain_ns = kNsPerSecond / 5;

/// A store that somebody else holds is waited for, as later on.
Result<std::unique_ptr<Store>> open_store(const IngestPlan& plan, const SignalWatch& signals) {
  const std::int64_t give_up_ns = system_clock().now_ns() + plan.config.retry_max_ns;
  for (bool told = false;; told = true) {
    auto store = plan.to.store->open(plan.store);
    const bool held = !store && store.error().kind == ErrorKind::busy;
    if (!held || signals.count() > 0 || system_clock().now_ns() >= give_up_ns) return store;
    if (!told) log(LogLevel::warn, "waiting: " + store.error().what);
    system_clock().sleep_until(system_clock().now_ns() + kOpenAgain_ns);
  }
}

}  // namespace

Result<std::unique_ptr<Ingest>> make_ingest(IngestPlan plan, const SignalWatch& signals) {
  auto decoder = BlockDecoder::make(plan.decoder);
  if (!decoder) return tl::make_unexpected(decoder.error());
  auto store = open_store(plan, signals);
  if (!store) return tl::make_unexpected(store.error());
  plan.source.store_keeps_positions = (*store)->is_exact();
  auto source = make_source(plan.source);
  if (!source) return tl::make_unexpected(source.error());
  plan.config.on_commit = [](std::uint64_t records) {
    if (records > 0)
      log(LogLevel::debug, "Ingested " + std::to_string(records) + (records == 1 ? " record" : " records"));
  };
  return std::make_unique<Ingest>(plan.config, std::move(*source), std::move(*store), std::move(*decoder),
                                  system_clock());
}

}  // namespace racesim::cli
