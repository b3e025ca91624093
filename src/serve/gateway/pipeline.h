// How events come along, stage by stage: made, sent, stored, aggregated, shown.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "run/generate/status.h"
#include "serve/gateway/resolvers.h"

namespace racesim::serve {

/// Nothing where it is not known.
struct PipelineStage {
  std::string name;                      ///< "simulation", a sink's name, "processing", "clients"
  std::string scenario;                  ///< empty: of all
  std::string state;                     ///< of its run; of what is not a run's "running"
  std::optional<std::uint64_t> in, out;  ///< events; of processing what came out are rows
  std::optional<std::uint64_t> failed;   ///< given up; of processing damaged or overwritten unread
  std::optional<std::uint64_t> dead_letters;
  std::optional<std::uint64_t> late, duplicates;
  std::optional<double> rate_asked, rate_got;  ///< events a second
  std::optional<LagSummary> lag;
  std::optional<std::int64_t> watermark_us, newest_us;  ///< event times
  std::optional<std::uint64_t> clients;
};

/// Of all runs that were begun; any thread.
std::vector<PipelineStage> pipeline_stages(const GatewayParts& parts);

/// {"stages":[…]}.
std::string pipeline_json(const std::vector<PipelineStage>& stages);

}  // namespace racesim::serve
