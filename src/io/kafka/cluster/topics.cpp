#include "io/kafka/cluster/topics.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace racesim::kafka {
namespace {

Error missing_topics(const std::vector<std::string>& names, const KafkaOptions& options) {
  return {ErrorKind::usage,
          fmt::format("the cluster at {} has no topic {}", options.brokers, fmt::join(names, ", ")),
          "create it: --create-topics --partitions 3   or create all topics: scripts/setup-kafka"};
}

/// A topic that was just made, by us or another process, and that the brokers cannot tell us of yet.
Error unready_topics(const std::vector<TopicState>& topics, const KafkaOptions& options) {
  std::vector<std::string> names;
  for (const TopicState& topic : topics)
    if (!topic.ready) names.push_back(topic.name);
  return {ErrorKind::runtime,
          fmt::format("topic {} exists, but the brokers at {} do not yet know the leaders of its partitions",
                      fmt::join(names, ", "), options.brokers),
          fmt::format("waited {} s; start the run again; if this persists, check that all brokers run",
                      options.connect_grace_ns / 1'000'000'000)};
}

}  // namespace

Result<std::vector<TopicState>> settle_topics(Cluster& cluster, const KafkaOptions& options,
                                              const std::vector<std::string>& names, Clock& clock,
                                              const TopicConfig& config) {
  Result<std::vector<TopicState>> topics = cluster.topics(names);
  if (!topics) return topics;
  std::vector<std::string> missing;
  for (const TopicState& topic : *topics)
    if (!topic.exists) missing.push_back(topic.name);
  const bool made = !missing.empty();
  if (made && !options.create_topics) return tl::make_unexpected(missing_topics(missing, options));
  if (made)
    if (Done created = cluster.create(missing, options.partitions, config); !created)
      return tl::make_unexpected(created.error());
  // Of an old topic a leader may be away for a while: its events wait.
  const auto is_usable = [&](const std::vector<TopicState>& all) {
    return std::all_of(all.begin(), all.end(),
                       [&](const TopicState& t) { return made ? t.ready : t.partitions > 0; });
  };
  if (made || !is_usable(*topics))
    topics = ask_until(
        clock, options.connect_grace_ns, [&] { return cluster.topics(names); }, is_usable);
  if (topics && !is_usable(*topics)) return tl::make_unexpected(unready_topics(*topics, options));
  return topics;
}

Done check_partitions(const TopicState& topic, const KafkaOptions& options) {
  if (options.partitions == 0 || topic.partitions == static_cast<std::int32_t>(options.partitions)) return {};
  return fail(ErrorKind::usage,
              fmt::format("topic {} has {} partition{}, not {}", topic.name, topic.partitions,
                          topic.partitions == 1 ? "" : "s", options.partitions),
              fmt::format("--partitions {}, or leave it out", topic.partitions));
}

std::uint64_t record_bytes_max(const TopicState& topic) {
  const auto found = topic.config.find("max.message.bytes");
  std::uint64_t bytes = 0;
  if (found != topic.config.end())
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), bytes);
  return bytes;
}

}  // namespace racesim::kafka
