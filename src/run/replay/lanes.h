// The lanes of a recording: files, partitions, tables.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/sources/source.h"
#include "run/replay/lane_digest.h"
#include "run/replay/replay_config.h"

namespace racesim {

/// One lane of a source, read by itself.
struct RecordedLane {
  std::string name;   ///< for messages: "out/events.ndjson", "f1-telemetry [2]"
  std::string topic;  ///< that it was read from; empty: from none
  std::unique_ptr<Source> source;
  /// Its events are sent whatever they look like: somebody tried to send them before.
  bool takes_all = false;
  bool is_pipe = false;                             ///< it can be read only once
  bool is_empty = false;                            ///< it has no record
  std::optional<std::uint64_t> file_bytes{};        ///< of a file that can be read again
  std::int64_t first_offset = -1, end_offset = -1;  ///< of a partition
  LaneDigest* digest = nullptr;                     ///< of what is read; null: nobody asks
};

/// Opens what the configuration names, in its order; nothing is read yet. `but_pipes`: only what can be read
/// again. Errors: those of the sources.
Result<std::vector<RecordedLane>> open_lanes(const ReplayConfig& config, bool but_pipes = false);

/// What open_lanes() would refuse, as far as can be told without connecting.
Done check_lanes(const ReplayConfig& config);

}  // namespace racesim
