#include "serve/keeping/run_ledger.h"

#include <algorithm>
#include <utility>

namespace racesim::serve {

void RunLedger::put(KeptManifest manifest) {
  const std::lock_guard lock(mutex_);
  manifests_.push_back(std::move(manifest));
}

std::vector<KeptManifest> RunLedger::manifests() const {
  const std::lock_guard lock(mutex_);
  return {manifests_.begin(), manifests_.end()};
}

void RunLedger::forget(std::size_t count) {
  const std::lock_guard lock(mutex_);
  manifests_.erase(manifests_.begin(),
                   manifests_.begin() + static_cast<std::ptrdiff_t>(std::min(count, manifests_.size())));
}

void RunLedger::note_input(std::uint32_t run, const ResultInput& input) {
  const std::lock_guard lock(mutex_);
  if (inputs_.insert_or_assign(run, input).second) order_.push_back(run);
  if (order_.size() <= kRunsMost) return;
  inputs_.erase(order_.front());
  order_.pop_front();
}

std::optional<ResultInput> RunLedger::input_of(std::uint32_t run) const {
  const std::lock_guard lock(mutex_);
  const auto found = inputs_.find(run);
  return found == inputs_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace racesim::serve
