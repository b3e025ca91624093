// The file that lets a killed run go on: how far it had come, never less. docs/formats/checkpoint.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/resumable.h"
#include "run/config.h"
#include "run/generate/feed.h"

namespace racesim {

struct SinkCheckpoint {
  std::string name;                       ///< Sink::name()
  std::string identity;                   ///< Destination::identity; else empty
  std::uint64_t ordinal = 0;              ///< the sink is done with all sends before it
  std::vector<StreamPosition> positions;  ///< of its partitions
  std::vector<StreamPosition> origins{};  ///< Destination::origins of the process that began the run
};

struct Checkpoint {
  std::string run;                     ///< 8 hex digits
  std::string content;                 ///< content_text() of what was being sent
  std::int64_t start_ns = 0;           ///< event time of the run's start
  std::optional<std::int64_t> end_ns;  ///< of its planned end
  FeedPlace place;                     ///< from here on the sends that are missing can be made again
  bool complete = false;               ///< the run has ended: nothing is missing
  std::vector<SinkCheckpoint> sinks;
};

/// What must be the same for a run to be gone on with, as a text of its options.
std::string content_text(const RunConfig& config, const std::string& run);

/// Replaces the file, durably (fsync of file and directory).
Done save_checkpoint(const std::string& path, const Checkpoint& checkpoint);

/// Nothing if there is no such file. Errors: usage, for a file that is no checkpoint or one of another
/// format.
Result<std::optional<Checkpoint>> load_checkpoint(const std::string& path);

}  // namespace racesim
