#include "serve/control/runs.h"

#include <atomic>
#include <chrono>

#include "sim/registry.h"

namespace racesim::serve {

Runs::Runs(LiveFeed& feed, RunBook& book, StoreKeeper* store, Clock& clock, const Told& warn) {
  for (const ScenarioEntry* scenario : scenarios())
    runs_[scenario] = std::make_unique<LiveRun>(*scenario, feed, book, store, clock, warn);
}

bool Runs::open() const {
  const std::lock_guard lock(mutex_);
  return !closing_;
}

NamedStatus Runs::status(const ScenarioEntry& scenario) const {
  return {&scenario, runs_.at(&scenario)->status()};
}

std::vector<NamedStatus> Runs::statuses() const {
  std::vector<NamedStatus> all;
  for (const ScenarioEntry* scenario : scenarios()) all.push_back(status(*scenario));
  return all;
}

std::shared_ptr<const ScenarioContent> Runs::content(const ScenarioEntry& scenario) const {
  return runs_.at(&scenario)->content();
}

void Runs::stop(const ScenarioEntry* scenario, const std::function<void()>& ended) {
  if (scenario != nullptr) return of(*scenario).stop(ended);
  const auto left = std::make_shared<std::atomic<std::size_t>>(runs_.size());
  for (const auto& [key, run] : runs_)
    run->stop([left, ended] {
      if (--*left == 0) ended();
    });
}

void Runs::stop_all() {
  {
    const std::lock_guard lock(mutex_);
    if (closing_) return;
    closing_ = true;
  }
  stop(nullptr, [this] {
    const std::lock_guard lock(mutex_);
    all_ended_ = true;
    changed_.notify_all();
  });
}

void Runs::abandon_all() {
  for (const auto& [key, run] : runs_) run->abandon();
}

bool Runs::wait_for(std::int64_t timeout_ns) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::nanoseconds(timeout_ns), [&] { return all_ended_; });
}

}  // namespace racesim::serve
