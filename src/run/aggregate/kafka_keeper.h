// Results, and what the aggregation goes on from, in one transaction of Kafka.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/sinks/kafka_options.h"
#include "run/aggregate/result_keeper.h"

namespace racesim {

struct KafkaKeeperOptions {
  KafkaOptions kafka;   ///< topic: of the results; the transactional id is made here
  std::string name;     ///< of the aggregation: who else has it shuts this one out
  std::string options;  ///< what results hang on, as people read it
  std::vector<const AggregationEntry*> entries;
};

/// State and positions are records of the compacted topic NAME-racesim-state, where NAME is that of the topic
/// of results, cut into chunks that the topic takes. Opening shuts out a process of the same name, waits
/// until what it left is committed or aborted, and reads what is committed. Errors: those of
/// open_record_writer(), usage (state of other options), runtime.
Result<std::unique_ptr<ResultKeeper>> open_kafka_keeper(KafkaKeeperOptions options, Clock& clock);

/// "f1-analytics-racesim-state"
std::string state_topic_of(const std::string& topic);

}  // namespace racesim
