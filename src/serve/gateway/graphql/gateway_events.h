// What subscriptions give their clients, event by event.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "graphql/request.h"
#include "serve/gateway/graphql/gateway_schema.h"

namespace racesim::serve {

struct ServiceStatus {
  std::vector<NamedStatus> runs;
  const ScenarioEntry* scenario = nullptr;
  std::size_t clients = 0;
};

ServiceStatus status_now(const GatewayParts& parts);

/// One subscription of one client: looks whether there is something new, and makes the event. One thread at a
/// time.
class EventSource {
 public:
  /// Errors (usage): arguments that make no sense.
  static Result<std::unique_ptr<EventSource>> make(const GatewaySchema& schema,
                                                   const graphql::Subscription& subscription);
  virtual ~EventSource() = default;

  /// From one event to the next one at least so long.
  virtual std::int64_t pause_ns() const = 0;
  /// The event, as the parent that the source's resolver gets; null: nothing is new. It is there until the
  /// next call. Errors are for the client.
  virtual Result<const void*> next(const Resolvers& resolvers) = 0;
};

}  // namespace racesim::serve
