#include "verify/arrivals/kafka_arrivals.h"

#include <string>
#include <vector>

#include "io/sources/partition_sequences.h"

namespace racesim {
namespace {

std::vector<std::string> topics_of(const KafkaOptions& options, const Manifest& manifest,
                                   std::span<const StreamInfo> streams) {
  std::vector<std::string> topics;
  for (const StreamPosition& origin : manifest.origins)
    if (topics.empty() || topics.back() != origin.topic) topics.push_back(origin.topic);
  if (topics.size() != streams.size()) {
    topics.clear();
    for (const StreamInfo& stream : streams) topics.emplace_back(stream.topic);
  }
  if (!options.topic.empty()) topics.front() = options.topic;
  return topics;
}

}  // namespace

Result<std::unique_ptr<ArrivedSequences>> open_kafka_arrivals(const KafkaOptions& options,
                                                              const Manifest& manifest,
                                                              std::span<const StreamInfo> streams) {
  return open_partition_sequences(options, topics_of(options, manifest, streams), manifest.origins);
}

}  // namespace racesim
