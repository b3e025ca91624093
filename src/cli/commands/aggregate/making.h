// From a plan to an aggregate: its engine, keeper, outputs and source are made and opened.
#pragma once

#include <memory>
#include <optional>

#include "cli/commands/aggregate/options.h"
#include "cli/terminal/signals.h"
#include "run/aggregate/aggregate_target.h"
#include "run/ingest/ingest.h"
#include "run/master/load.h"

namespace racesim::cli {

/// The pipeline, and what it reads while it goes on.
struct MadeAggregate {
  std::shared_ptr<const MasterData> master;  ///< null: none is at hand
  const AggregateTarget* target = nullptr;   ///< the pipeline owns it
  std::unique_ptr<Ingest> pipeline;
};

/// Waits for a database that somebody else holds, until a signal comes. Errors: those of its parts.
Result<MadeAggregate> make_aggregate(AggregatePlan plan, const SignalWatch& signals);

/// All that results hang on, as a text: "lap@1; window@1 window=5s; watermark 10s; emit final".
std::string options_text(const AggregatePlan& plan);

}  // namespace racesim::cli
