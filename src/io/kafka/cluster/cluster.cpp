#include "io/kafka/cluster/cluster.h"
#include "base/clock.h"
#include "io/kafka/cluster/greeting.h"
#include "io/kafka/cluster/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

namespace racesim::kafka {
namespace {

using MetadataPtr = std::unique_ptr<const rd_kafka_metadata_t, Destroy<&rd_kafka_metadata_destroy>>;
using NewTopicPtr = std::unique_ptr<rd_kafka_NewTopic_t, Destroy<&rd_kafka_NewTopic_destroy>>;
using ResourcePtr = std::unique_ptr<rd_kafka_ConfigResource_t, Destroy<&rd_kafka_ConfigResource_destroy>>;
using AdminOptionsPtr = std::unique_ptr<rd_kafka_AdminOptions_t, Destroy<&rd_kafka_AdminOptions_destroy>>;

using PartitionListPtr =
    std::unique_ptr<rd_kafka_topic_partition_list_t, Destroy<&rd_kafka_topic_partition_list_destroy>>;

// Of a start that takes 10 s at most, these may take a part each.
constexpr int kDescribe_ms = 4'000;
constexpr int kEnds_ms = 5'000;
/// And what comes behind a long wait for the first answer at least this.
constexpr int kLeast_ms = 500;
constexpr std::int64_t kOpenPause_ns = 100'000'000;

AdminOptionsPtr admin_options(rd_kafka_t* handle, rd_kafka_admin_op_t operation, int limit_ms) {
  AdminOptionsPtr options(rd_kafka_AdminOptions_new(handle, operation));
  std::array<char, 128> why{};
  static_cast<void>(
      rd_kafka_AdminOptions_set_request_timeout(options.get(), limit_ms, why.data(), why.size()));
  static_cast<void>(
      rd_kafka_AdminOptions_set_operation_timeout(options.get(), limit_ms, why.data(), why.size()));
  return options;
}

bool forbids_topics(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
         code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
}

bool is_absent(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

std::map<std::string, std::string> config_of(const rd_kafka_ConfigResource_t& resource) {
  std::map<std::string, std::string> config;
  std::size_t count = 0;
  const auto* const entries = rd_kafka_ConfigResource_configs(&resource, &count);
  for (std::size_t i = 0; i < count; ++i)
    if (const char* value = rd_kafka_ConfigEntry_value(entries[i]); value != nullptr)
      config[rd_kafka_ConfigEntry_name(entries[i])] = value;
  return config;
}

Result<TopicState> state_of(const rd_kafka_metadata_topic_t& topic) {
  TopicState state;
  state.name = topic.topic;
  if (is_absent(topic.err)) return state;
  if (topic.err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
    return fail(ErrorKind::usage, "the cluster does not allow this user to see topic " + state.name,
                "grant this user Describe and Write on it");
  if (topic.err == RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION)
    return fail(ErrorKind::usage, "the cluster refuses the topic's name '" + state.name + "'",
                "letters, digits, '.', '_' and '-' only: f1-telemetry");
  state.exists = true;
  // LEADER_NOT_AVAILABLE and the like pass by themselves; what is told of the partitions is not to be
  // trusted.
  if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR) return state;
  state.partitions = topic.partition_cnt;
  state.ready = topic.partition_cnt > 0 &&
                std::all_of(topic.partitions, topic.partitions + topic.partition_cnt,
                            [](const rd_kafka_metadata_partition_t& p) { return p.leader >= 0; });
  return state;
}

}  // namespace

Result<Cluster> Cluster::open(const KafkaOptions& options, Isolation ends) {
  KafkaProperties properties = client_properties(options);
  const bool committed = ends == Isolation::committed;
  properties.emplace_back("isolation.level", committed ? "read_committed" : "read_uncommitted");
  // At the start a connection that is closed says why; later that is usual.
  properties.emplace_back("log.connection.close", "true");
  // A consumer, though it reads nothing: only those are told which ends to ask for.
  Result<Client> client = Client::open(RD_KAFKA_CONSUMER, properties, RD_KAFKA_EVENT_ERROR);
  if (!client) return tl::make_unexpected(client.error());
  return Cluster(*std::move(client), options);
}

Error Cluster::unreachable() const {
  const std::string trouble = client_.trouble();
  return {ErrorKind::runtime,
          "no answer from the Kafka brokers at " + brokers_ + (trouble.empty() ? "" : ": " + trouble),
          connection_hint(trouble, limit_ms_)};
}

Result<std::vector<TopicState>> Cluster::topics(const std::vector<std::string>& names) {
  // The library asks for the topics that it has objects of.
  std::vector<TopicPtr> objects;
  for (const std::string& name : names)
    objects.emplace_back(rd_kafka_topic_new(client_.get(), name.c_str(), nullptr));
  const std::int64_t begin_ns = system_clock().now_ns();
  if (std::optional<Error> refused = greet(client_, brokers_, limit_ms_))
    return tl::make_unexpected(*std::move(refused));
  const auto spent_ms = static_cast<int>((system_clock().now_ns() - begin_ns) / 1'000'000);
  const rd_kafka_metadata_t* raw = nullptr;
  const rd_kafka_resp_err_t code =
      rd_kafka_metadata(client_.get(), 0, nullptr, &raw, std::max(limit_ms_ - spent_ms, kLeast_ms));
  const MetadataPtr metadata(raw);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return tl::make_unexpected(unreachable());
  std::vector<TopicState> states;
  for (const std::string& name : names) {
    TopicState found;
    found.name = name;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
      if (name != metadata->topics[i].topic) continue;
      Result<TopicState> state = state_of(metadata->topics[i]);
      if (!state) return tl::make_unexpected(state.error());
      found = *std::move(state);
    }
    states.push_back(std::move(found));
  }
  return states;
}

Result<EventPtr> Cluster::answer(rd_kafka_queue_t* queue, const char* what) const {
  EventPtr event(rd_kafka_queue_poll(queue, limit_ms_ + 1000));
  if (!event) return tl::make_unexpected(unreachable());
  const rd_kafka_resp_err_t code = rd_kafka_event_error(event.get());
  if (code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT)
    return tl::make_unexpected(unreachable());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(forbids_topics(code) ? ErrorKind::usage : ErrorKind::runtime,
                fmt::format("{} at {}: {}", what, brokers_, rd_kafka_event_error_string(event.get())));
  return event;
}

Done Cluster::create(const std::vector<std::string>& names, std::uint32_t partitions,
                     const TopicConfig& config) {
  std::vector<NewTopicPtr> topics;
  std::vector<rd_kafka_NewTopic_t*> raw;
  for (const std::string& name : names) {
    std::array<char, 256> why{};
    NewTopicPtr topic(rd_kafka_NewTopic_new(name.c_str(), partitions == 0 ? -1 : static_cast<int>(partitions),
                                            -1, why.data(), why.size()));
    if (!topic) return fail(ErrorKind::usage, "create topic " + name + ": " + why.data());
    for (const auto& [key, value] : config)
      rd_kafka_NewTopic_set_config(topic.get(), key.c_str(), value.c_str());
    raw.push_back(topic.get());
    topics.push_back(std::move(topic));
  }
  const QueuePtr queue(rd_kafka_queue_new(client_.get()));
  const AdminOptionsPtr options = admin_options(client_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, limit_ms_);
  rd_kafka_CreateTopics(client_.get(), raw.data(), raw.size(), options.get(), queue.get());
  const Result<EventPtr> event = answer(queue.get(), "create topics");
  if (!event) return tl::make_unexpected(event.error());
  std::size_t count = 0;
  const auto* const results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event->get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;
    const char* const why = rd_kafka_topic_result_error_string(results[i]);
    return fail(forbids_topics(code) ? ErrorKind::usage : ErrorKind::runtime,
                fmt::format("create topic {}: {}", rd_kafka_topic_result_name(results[i]),
                            why == nullptr ? rd_kafka_err2str(code) : why),
                forbids_topics(code) ? "grant this user Create, or have the topic created by someone else"
                                     : "see the broker's log");
  }
  return {};
}

bool Cluster::describe(std::vector<TopicState>& topics) {
  std::vector<ResourcePtr> resources;
  std::vector<rd_kafka_ConfigResource_t*> raw;
  for (const TopicState& topic : topics) {
    resources.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.name.c_str()));
    raw.push_back(resources.back().get());
  }
  const QueuePtr queue(rd_kafka_queue_new(client_.get()));
  const int limit_ms = std::min(limit_ms_, kDescribe_ms);
  const AdminOptionsPtr options = admin_options(client_.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, limit_ms);
  rd_kafka_DescribeConfigs(client_.get(), raw.data(), raw.size(), options.get(), queue.get());
  const Result<EventPtr> event = answer(queue.get(), "describe topics");
  if (!event) return false;
  std::size_t count = 0;
  const auto* const results =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (rd_kafka_ConfigResource_error(results[i]) != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
    for (TopicState& topic : topics)
      if (topic.name == rd_kafka_ConfigResource_name(results[i])) topic.config = config_of(*results[i]);
  }
  return true;
}

Result<std::vector<std::int64_t>> Cluster::end_offsets(const std::vector<TopicPartition>& partitions) {
  return offsets(partitions, RD_KAFKA_OFFSET_END);
}

Result<std::vector<std::int64_t>> Cluster::committed_ends(const KafkaOptions& options, Clock& clock,
                                                          const std::vector<TopicPartition>& partitions) {
  const Result<std::vector<std::int64_t>> ends = end_offsets(partitions);
  if (!ends) return ends;
  Result<Cluster> reader = Cluster::open(options, Isolation::committed);
  if (!reader) return tl::make_unexpected(reader.error());
  const std::int64_t deadline_ns = clock.now_ns() + options.connect_grace_ns;
  while (true) {
    const Result<std::vector<std::int64_t>> stable = reader->end_offsets(partitions);
    if (!stable) return stable;
    std::size_t i = 0;
    while (i < ends->size() && (*stable)[i] >= (*ends)[i]) ++i;
    if (i == ends->size()) return ends;
    if (clock.now_ns() >= deadline_ns)
      return fail(ErrorKind::runtime,
                  fmt::format("read {} [{}]: a transaction is open from offset {}", partitions[i].topic,
                              partitions[i].partition, (*stable)[i]),
                  "wait until its writer commits it or its time limit (usually a minute) passes");
    clock.sleep_until(clock.now_ns() + kOpenPause_ns);
  }
}

Result<std::vector<std::int64_t>> Cluster::begin_offsets(const std::vector<TopicPartition>& partitions) {
  return offsets(partitions, RD_KAFKA_OFFSET_BEGINNING);
}

Result<std::vector<std::int64_t>> Cluster::offsets_from(const std::vector<TopicPartition>& partitions,
                                                        std::int64_t time_ms) {
  return offsets(partitions, time_ms);
}

/// `which`: a time, or one of librdkafka's logical offsets.
Result<std::vector<std::int64_t>> Cluster::offsets(const std::vector<TopicPartition>& partitions,
                                                   std::int64_t which) {
  const PartitionListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& p : partitions)
    rd_kafka_topic_partition_list_add(list.get(), p.topic.c_str(), p.partition)->offset = which;
  const rd_kafka_resp_err_t code =
      rd_kafka_offsets_for_times(client_.get(), list.get(), std::min(limit_ms_, kEnds_ms));
  if (code == RD_KAFKA_RESP_ERR__TIMED_OUT) return tl::make_unexpected(unreachable());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(ErrorKind::runtime, fmt::format("read the end offsets of the topics at {}: {}", brokers_,
                                                rd_kafka_err2str(code)));
  std::vector<std::int64_t> ends;
  for (const TopicPartition& p : partitions) {
    const auto* const found = rd_kafka_topic_partition_list_find(list.get(), p.topic.c_str(), p.partition);
    const bool none_so_late = found != nullptr && which >= 0 && found->offset < 0;
    if (found == nullptr || found->err != RD_KAFKA_RESP_ERR_NO_ERROR || (found->offset < 0 && !none_so_late))
      return fail(ErrorKind::runtime,
                  fmt::format("ask for the end of {} [{}]: {}", p.topic, p.partition,
                              found == nullptr ? "no answer" : rd_kafka_err2str(found->err)));
    ends.push_back(none_so_late ? -1 : found->offset);
  }
  return ends;
}

std::string Cluster::id() {
  char* const raw = rd_kafka_clusterid(client_.get(), limit_ms_);
  const std::string id = raw == nullptr ? "" : raw;
  if (raw != nullptr) rd_kafka_mem_free(client_.get(), raw);
  return id;
}

}  // namespace racesim::kafka
