// Manifests and checkpoints of format 1, which racesim 0.1.0 wrote: how they are read.
#pragma once

#include <string>

#include "run/record/record_json.h"

namespace racesim {

/// The record in a manifest of format 1. Throws as record_from() does.
RunRecord record_from_format_one(const RecordJson& manifest);

/// What a checkpoint of format 1 says of the run instead of a record, as one text: equal for a run that may
/// be gone on with.
std::string content_text_one(const RunRecord& record);

}  // namespace racesim
