// Records of runs as JSON: the members that manifests and checkpoints have in common.
// docs/formats/manifest.md describes them.
#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "run/record/run_record.h"

namespace racesim {

using RecordJson = nlohmann::ordered_json;

/// Adds the members of format 2 to the object.
void add_record(const RunRecord& record, RecordJson& object);

/// The values of a scenario's options by name, with '_' for '-': numbers as numbers, lists as arrays, a file
/// as its name and, `with_texts`, its content.
RecordJson options_json(const OptionValues& values, bool with_texts);

/// Reads the members of format 2. Throws what nlohmann::json throws, and std::invalid_argument, for what is
/// no such object.
RunRecord record_from(const RecordJson& object);

/// Refuses (usage) a scenario that this program does not have, or has in another version. `name` is the
/// file's. Throws as record_from() does.
Done check_scenario(const RecordJson& object, const std::string& name);

/// Of both formats: a record of the scenario that the object names, and the members that both have alike.
/// Throw as record_from() does.
RunRecord empty_record(const RecordJson& object);
void read_shared(const RecordJson& object, RunRecord& record);

RecordJson faults_json(const FaultRules& faults);
FaultRules faults_from(const RecordJson& object);
/// What is wrong with a file whose reading threw, in words: without the library's name and line ends.
std::string plain_reason(const std::exception& thrown);
/// Of hash_text(). `name`: the member's, for messages.
std::array<std::uint64_t, 2> hash_from_text(const std::string& text, const char* name);
/// Event time as people write it.
std::int64_t time_from(const RecordJson& text);

}  // namespace racesim
