// /status and the answers of /start and /stop as JSON; docs/serve.md shows them.
#pragma once

#include <span>
#include <string>

#include "serve/control/live_run.h"
#include "serve/keeping/store_keeper.h"
#include "serve/reading/topic_reader.h"

namespace racesim::serve {

/// One run.
struct NamedStatus {
  const ScenarioEntry* scenario = nullptr;
  LiveRunStatus status;
};

/// The state of all together: what a user has to know first.
RunState overall_state(std::span<const NamedStatus> runs);

/// One run as an object.
std::string run_json(const NamedStatus& run);
/// All that were ever started, with `state`, `running`, the scenario that is shown, the store and the topics
/// that are read; null: there is none.
std::string status_json(std::span<const NamedStatus> runs, const ScenarioEntry& current, std::size_t clients,
                        const StoreKeeper* store, const TopicReader* topics);

}  // namespace racesim::serve
