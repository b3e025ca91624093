// What racesim verify reads: the manifest, and where the events are.
#pragma once

#include <memory>
#include <string>

#include "cli/command.h"
#include "io/sinks/kafka_options.h"
#include "io/stores/reading.h"
#include "verify/verifier.h"

namespace racesim::cli {

struct VerifyInput {
  std::string manifest;         ///< path
  std::string against;          ///< "file:PATH", "-", "kafka", or a store: "sqlite:PATH"
  std::string password_file;    ///< of a store; empty: it needs none
  KafkaOptions kafka;           ///< brokers, topic, properties
  std::string master_data_dir;  ///< empty: the manifest's
};

struct OpenedInput {
  Manifest manifest;
  std::unique_ptr<ArrivedSequences> arrived;  ///< null for kafka and stores: see open_kept()
  std::unique_ptr<StoreReader> reader;        ///< of a store
  std::string name;                           ///< of what is read, without secrets
  LearnTotals learn;
};

/// Opens both. Of a pipe the first byte is awaited before the manifest is read: whoever writes has written
/// his manifest by then. While he still runs, FILE.partial is read, and FILE once the pipe has ended.
Result<OpenedInput> open_input(const VerifyInput& input);

/// The topics of the manifest's run, or its rows. `truth` outlives what is opened. Errors: those of
/// open_kafka_arrivals() and open_store_arrivals().
Done open_kept(const VerifyInput& input, const Truth& truth, OpenedInput& opened);

/// --invariants: the laws of what arrived, and references to the master data if a folder is named.
Result<Findings> check_laws_of(const VerifyInput& input, const VerifyProgress& progress);

Setter set_against(std::string& target);

}  // namespace racesim::cli
