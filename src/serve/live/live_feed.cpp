#include "serve/live/live_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "serve/live/live_client.h"
#include "sim/registry.h"

namespace racesim::serve {

LiveFeed::LiveFeed(const LiveLimits& limits, const ScenarioEntry& first, Clock& clock, Later later)
    : limits_(limits),
      clock_(clock),
      later_(std::move(later)),
      epoch_(fmt::format("{:x}", clock.wall_ns() / 1'000'000)),
      current_(&first) {
  for (const ScenarioEntry* scenario : scenarios())
    rings_[scenario] = std::make_unique<EventRing>(limits.ring, [this] { wake(); });
}

// A lone event goes out at once; of many each waits for the others of its tick.
void LiveFeed::wake() {
  if (woken_.exchange(true)) return;
  const std::int64_t since_ns = clock_.now_ns() - delivered_ns_;
  later_(std::max<std::int64_t>(0, limits_.tick_ns - since_ns), [this] { deliver(); });
}

void LiveFeed::add(LiveClient& client) {
  clients_.insert(&client);
  client_count_ = clients_.size();
}

void LiveFeed::remove(LiveClient& client) {
  clients_.erase(&client);
  client_count_ = clients_.size();
}

void LiveFeed::deliver() {
  woken_ = false;  // before collect(): what comes behind it wakes again
  const std::int64_t now_ns = clock_.now_ns();
  delivered_ns_ = now_ns;
  for (const auto& [scenario, ring] : rings_) ring->collect(now_ns);
  // A copy: clients leave while they are looked at.
  for (LiveClient* client : std::vector<LiveClient*>(clients_.begin(), clients_.end())) client->pump();
  if (delivered_) delivered_();
}

}  // namespace racesim::serve
