// The file that lets a killed run go on: how far it had come, never less. docs/formats/checkpoint.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/resumable.h"
#include "run/generate/feed.h"
#include "run/record/ordinal_range.h"
#include "run/record/run_record.h"

namespace racesim {

struct SinkCheckpoint {
  std::string name;                           ///< Sink::name()
  std::string identity;                       ///< Destination::identity; else empty
  std::uint64_t ordinal = 0;                  ///< the sink is done with all sends before it
  std::vector<StreamPosition> positions;      ///< of its partitions
  std::vector<StreamPosition> origins{};      ///< Destination::origins of the process that began the run
  std::vector<OrdinalRange> dead_lettered{};  ///< behind `ordinal`, and in the dead-letter file already
};

struct Checkpoint {
  static constexpr int kFormat = 2;  ///< 1 is read too

  RunRecord record;         ///< of what is being sent; of format 1 only run, start and end
  std::string content_one;  ///< of format 1: content_text_one(), which stands for the rest of the record
  FeedPlace place;          ///< from here on the sends that are missing can be made again
  bool complete = false;    ///< the run has ended: nothing is missing
  std::vector<SinkCheckpoint> sinks;
};

/// What must be the same for a run to be gone on with, and is not: see differences().
std::vector<std::string> differences(const Checkpoint& known, const RunRecord& here);

/// Replaces the file, durably (fsync of file and directory).
Done save_checkpoint(const std::string& path, const Checkpoint& checkpoint);

/// Nothing if there is no such file. Errors: usage, for a file that is no checkpoint, or one of a later
/// format or of another version of its scenario.
Result<std::optional<Checkpoint>> load_checkpoint(const std::string& path);

}  // namespace racesim
