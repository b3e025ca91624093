// What a run is: everything that decides what it sends, and who made it. Manifests and checkpoints hold it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/config.h"
#include "run/content.h"

namespace racesim {

class Recording;

struct RunRecord {
  std::string program;  ///< "racesim 0.1.0"
  std::string commit;   ///< of the program; empty: not known (format 1)
  std::string run;      ///< 8 hex digits
  int scenario_version = 1;
  ContentOptions content;   ///< of a live run: with the moment at which it started
  std::string master_hash;  ///< 32 hex digits; empty: none was read
  std::string event_format;
  ShardOption shard;
  FaultRules faults;
  /// Of a replay, of which content has the seed alone; with what it found.
  std::optional<ReplayConfig> replay;
  double replay_speed = 1;  ///< 0: as fast as possible
};

/// Of a run that was opened with `config`.
RunRecord record_of(const RunConfig& config, const Content& content);

/// Of a replay that was opened with `config`.
RunRecord record_of(const RunConfig& config, const Recording& recording);

/// What open_content() and Feed, or Recording, need to make the stream again. The folder of master data is
/// that of then.
RunConfig config_of(const RunRecord& record);

/// The options of which the value differs, in words: "cars is 20 there and 10 here"; `there` is a record of
/// before. Who made them does not count, nor where master data and files of documents lie.
std::vector<std::string> differences(const RunRecord& there, const RunRecord& here);

/// "00ff…" of a content hash of master data.
std::string hash_text(const std::array<std::uint64_t, 2>& hash);

}  // namespace racesim
