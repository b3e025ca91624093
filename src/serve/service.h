// racesim serve: simulations that are started and stopped over HTTP, and their events, live and from memory.
//
//   Service service(options);
//   service.listen();
//   service.autostart(fields);
//   …
//   service.stop();                       // runs end, nothing new begins
//   while (!service.wait_for(…)) …
//   service.close();
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/http/server/server.h"
#include "io/sources/registry.h"
#include "serve/control/live_run.h"
#include "serve/control/start_fields.h"
#include "serve/keeping/store_keeper.h"
#include "serve/live/live_feed.h"

namespace racesim::serve {

struct ServiceOptions {
  std::string listen = "127.0.0.1:8000";
  http::ServerOptions server;               ///< its site rules are made strict, its routes are the service's
  const ScenarioEntry* scenario = nullptr;  ///< that is shown and started where none is named
  std::vector<http::RouteParameter> start_fields;  ///< that `configure` takes, with their help
  std::string version;                             ///< of the program
  Configure configure;                             ///< called by the server's thread
  LiveLimits live;
  bool pages = true;               ///< the dashboard is served too
  std::optional<StorePlan> store;  ///< where all events are kept; none: nowhere
  std::optional<SourceRequest>
      topics;  ///< that are read in place of simulations; none: there are simulations
  Told warn;   ///< of what goes wrong in runs; by their threads
};

/// listen(), autostart(), close() and the destructor by one thread, the rest by any.
class Service {
 public:
  explicit Service(ServiceOptions options);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Opens the store and the topics too. Errors: theirs, and those of Server::listen().
  Done listen();
  std::string url() const;

  /// What POST /start does, behind listen(). Errors: those of `configure`; what comes later is told
  /// to `warn` and by GET /status.
  Done autostart(const StartFields& fields);

  /// Runs deliver what they have made and end.
  void stop();
  /// Runs end at once.
  void abandon();
  /// Returns true when stop() was called and all runs have ended, false after `timeout_ns`.
  bool wait_for(std::int64_t timeout_ns);
  /// Answers what was asked and ends all connections.
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace racesim::serve
