// How the sources of a replay are read, from what users write.
#pragma once

#include <string>

#include "base/error.h"
#include "io/sinks/kafka_options.h"
#include "run/replay/replay_config.h"

namespace racesim {

/// What it takes to get at the sources; no record of a replay keeps secrets.
struct SourceAccess {
  KafkaOptions kafka;    ///< cluster, properties, how long it may take
  std::string password;  ///< of postgres:
};

/// Fills in `sources` from `source_texts`, of which secrets go: "PATH", "-", "sqlite:PATH", "postgres:DSN",
/// "kafka:TOPIC,…", "dead-letter:PATH". Errors: usage.
Done make_source_requests(const SourceAccess& access, ReplayConfig& config);

}  // namespace racesim
