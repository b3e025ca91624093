// Results to a topic, each once it has changed: at least once, a later record with the same key replaces an
// earlier one.
#pragma once

#include <memory>

#include "run/aggregate/outputs.h"

namespace racesim {

/// request.kafka.topic gets them. Errors: those of open_record_writer().
Result<std::unique_ptr<ResultOutput>> make_kafka_output(const OutputRequest& request);

}  // namespace racesim
