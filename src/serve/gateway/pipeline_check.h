// Whether every stage has what a run sent: counts, and digests where rows can be read again.
// docs/formats/verify-results.md describes the answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "serve/gateway/resolvers.h"

namespace racesim::serve {

/// From the best to the worst.
enum class CheckStatus : std::uint8_t {
  ok,
  unknown,  ///< `note` says why
  altered,  ///< as many as expected, and not the same
  extra,
  missing,
};
/// "ok".
const char* to_string(CheckStatus status);

struct CheckedStage {
  std::string name;  ///< "simulation", a sink's name, "rows", "processing", "results"
  CheckStatus status = CheckStatus::unknown;
  std::optional<std::uint64_t> expected, found;  ///< events
  std::optional<std::string> digest;             ///< of those found, 32 hex digits
  std::string note;                              ///< what one has to know; empty: nothing

  std::optional<std::uint64_t> missing() const;
  std::optional<std::uint64_t> extra() const;
};

struct PipelineCheck {
  std::string run, scenario, state;
  CheckStatus status = CheckStatus::unknown;  ///< the worst of the stages
  std::optional<std::uint64_t> events;        ///< that the run sent to each sink
  std::optional<std::string> digest;          ///< of these
  std::vector<CheckedStage> stages;           ///< as events pass them
};

/// Blocks. Errors: those of the store.
Result<PipelineCheck> check_pipeline(const Resolvers& resolvers, const ListedRun& run);

std::string check_json(const PipelineCheck& check);

}  // namespace racesim::serve
