// Events of Kafka topics, which the processes of a consumer group share. Lanes are partitions. The store says
// where reading goes on; the group says only who reads what.
#pragma once

#include <memory>

#include "base/error.h"
#include "io/sources/registry.h"
#include "io/sources/source.h"

namespace racesim {

/// With exit_at_end the source ends when everything that the topics held at its start is in the store,
/// whoever brought it there. Connects to nothing yet.
Result<std::unique_ptr<Source>> make_kafka_group(const SourceRequest& request);

/// What open() would refuse without asking the cluster. Errors: usage.
Done check_kafka_group(const SourceRequest& request);

}  // namespace racesim
