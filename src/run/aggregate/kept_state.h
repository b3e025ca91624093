// What an aggregation goes on from as bytes, where no database keeps it: a checkpoint file, records of a
// topic. docs/formats/aggregate-checkpoint.md has the layout.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/sources/record_block.h"
#include "run/aggregate/result_keeper.h"

namespace racesim {

struct KeptState {
  std::string options;  ///< what the results hang on, as people read it
  std::vector<LanePosition> positions;
  std::string state;

  /// With each lane where its step leads, and this state; none: a lane is not where its step begins.
  std::optional<KeptState> after(std::span<const LaneStep> steps, std::string_view new_state) const;
  std::vector<LanePosition> positions_of(std::string_view source) const;
};

std::string write_kept(const KeptState& kept);

/// `place` is for messages: "checkpoint laps.ckpt". Errors: runtime (damaged), usage (another version; other
/// options than `options`, both named).
Result<KeptState> read_kept(std::string_view bytes, const std::string& place, const std::string& options);

}  // namespace racesim
