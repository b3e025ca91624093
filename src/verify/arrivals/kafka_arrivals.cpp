#include "verify/arrivals/kafka_arrivals.h"

#include <string>
#include <vector>

#include "io/sources/partition_sequences.h"

namespace racesim {
namespace {

std::vector<std::string> topics_of(const KafkaOptions& options, const Manifest& manifest,
                                   const Scenario& scenario) {
  std::vector<std::string> topics;
  for (const StreamPosition& origin : manifest.origins)
    if (topics.empty() || topics.back() != origin.topic) topics.push_back(origin.topic);
  if (topics.size() != scenario.streams().size()) {
    topics.clear();
    for (const StreamInfo& stream : scenario.streams()) topics.emplace_back(stream.topic);
  }
  if (!options.topic.empty()) topics.front() = options.topic;
  return topics;
}

}  // namespace

Result<std::unique_ptr<ArrivedSequences>> open_kafka_arrivals(const KafkaOptions& options,
                                                              const Manifest& manifest,
                                                              const Scenario& scenario) {
  return open_partition_sequences(options, topics_of(options, manifest, scenario), manifest.origins);
}

}  // namespace racesim
