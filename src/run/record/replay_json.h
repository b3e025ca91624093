// Records of replays as JSON: the members that a run's record does not have. docs/formats/manifest.md.
#pragma once

#include <string>
#include <vector>

#include "run/record/record_json.h"

namespace racesim {

/// Adds the members to the object.
void add_replay_record(const RunRecord& record, RecordJson& object);

struct ReplayDifference {
  std::string what, there, here;  ///< a member's name and both values
};
/// Of two replays, in what decides what is sent; the speed does only where it changes times.
std::vector<ReplayDifference> replay_differences(const RunRecord& there, const RunRecord& here);

/// Whether the object is the record of a replay.
bool is_replay_record(const RecordJson& object);
/// Without the sources, which make_source_requests() makes. Throws as record_from() does.
RunRecord replay_record_from(const RecordJson& object);

}  // namespace racesim
