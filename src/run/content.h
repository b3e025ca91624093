// What a run makes: master data, the scenario planned from it, and the encoders of its streams.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "codec/encoder.h"
#include "run/config.h"
#include "run/master/load.h"
#include "run/outlets/event_forms.h"
#include "sim/entry.h"

namespace racesim {

/// The scenario reads `master`, so both stay where they are.
struct Content {
  std::shared_ptr<const ScenarioContent> options;
  MasterData master;
  std::uint32_t run = 0;  ///< the run's number
  std::unique_ptr<Scenario> scenario;
  std::vector<std::unique_ptr<Encoder>> encoders;  ///< by stream
};

/// The options in the scenario's own form. Errors: usage, naming the option.
Result<std::shared_ptr<const ScenarioContent>> read_content(const ContentOptions& options);

/// Reads the files that document options name. Errors name the option.
Done read_documents(ContentOptions& options);

/// Loads, plans, and picks the encoders. With pace.start_when_ready the window moves to the moment at which
/// the master data is loaded. Errors: usage, or master_data.
Result<std::unique_ptr<Content>> open_content(RunConfig& config, Clock& clock);

/// What outlets must know of it.
EventForms forms_of(const Content& content);

/// The shards of part `option.index` of `option.count`.
ShardRange shard_range(const ShardOption& option, std::uint32_t shards);

}  // namespace racesim
