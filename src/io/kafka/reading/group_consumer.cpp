#include "io/kafka/reading/group_consumer.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "base/clock.h"
#include "io/kafka/cluster/settings.h"

namespace racesim::kafka {
namespace {

using GroupListPtr =
    std::unique_ptr<rd_kafka_topic_partition_list_t, Destroy<&rd_kafka_topic_partition_list_destroy>>;

/// For what is read ahead, over all partitions; and the least that one of them gets.
constexpr std::size_t kReadAhead_kb = 65'536;
constexpr std::size_t kReadAheadLeast_kb = 1'024;
constexpr int kAskForEnd_ms = 100;
constexpr int kLeaveStep_ms = 20;
constexpr std::uint64_t kOne = 1;

struct ReservedInGroup {
  std::string_view key;
  std::string_view instead;
};
constexpr std::array kReservedInGroup{
    ReservedInGroup{"bootstrap.servers", "use --brokers"},
    ReservedInGroup{"metadata.broker.list", "use --brokers"},
    ReservedInGroup{"group.id", "use --group"},
    ReservedInGroup{"auto.offset.reset", "use --start-at, or --allow-gap"},
    ReservedInGroup{"enable.auto.commit", "the store says where reading goes on"},
    ReservedInGroup{"enable.auto.offset.store", "the store says where reading goes on"},
    ReservedInGroup{"partition.assignment.strategy", "other strategies are not safe with this librdkafka"},
    ReservedInGroup{"isolation.level", "only what is committed is stored"},
    ReservedInGroup{"enable.partition.eof", "--exit-at-end needs it"},
    ReservedInGroup{"allow.auto.create.topics", "racesim run --create-topics makes topics"},
};

KafkaProperties group_properties(const KafkaOptions& options, const std::string& group,
                                 std::size_t partitions) {
  const std::size_t read_ahead_kb =
      std::max(kReadAheadLeast_kb, kReadAhead_kb / std::max<std::size_t>(partitions, 1));
  KafkaOptions bare = options;
  bare.properties.clear();
  KafkaProperties properties = client_properties(bare);
  properties.insert(properties.end(), {
                                          {"client.id", fmt::format("racesim-{}", getpid())},
                                          {"session.timeout.ms", "45000"},
                                          {"max.poll.interval.ms", "300000"},
                                          // How soon partitions that are added come in.
                                          {"topic.metadata.refresh.interval.ms", "10000"},
                                          {"fetch.wait.max.ms", "100"},
                                          {"check.crcs", "true"},
                                          {"queued.max.messages.kbytes", std::to_string(read_ahead_kb)},
                                      });
  properties.insert(properties.end(), options.properties.begin(), options.properties.end());
  properties.insert(properties.end(), {
                                          {"group.id", group},
                                          {"partition.assignment.strategy", "range"},
                                          {"enable.auto.commit", "false"},
                                          {"enable.auto.offset.store", "false"},
                                          {"auto.offset.reset", "error"},
                                          {"isolation.level", "read_committed"},
                                          {"enable.partition.eof", "true"},
                                      });
  return properties;
}

GroupListPtr list_of(const std::vector<PartitionOffset>& offsets) {
  GroupListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const PartitionOffset& offset : offsets)
    rd_kafka_topic_partition_list_add(list.get(), offset.where.topic.c_str(), offset.where.partition)
        ->offset = offset.next;
  return list;
}

std::vector<TopicPartition> partitions_of(const rd_kafka_topic_partition_list_t* list) {
  std::vector<TopicPartition> partitions;
  for (int i = 0; list != nullptr && i < list->cnt; ++i)
    partitions.push_back({list->elems[i].topic, list->elems[i].partition});
  return partitions;
}

Error group_error(rd_kafka_resp_err_t code, const std::string& what) {
  if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
    return {ErrorKind::usage, what + ": the cluster does not allow this user to use the group",
            "grant this user Read on the group, or name another one: --group"};
  return {ErrorKind::runtime, what + ": " + rd_kafka_err2str(code), ""};
}

}  // namespace

Done check_group_options(const KafkaOptions& options) {
  for (const auto& [key, value] : options.properties)
    for (const ReservedInGroup& reserved : kReservedInGroup)
      if (key == reserved.key)
        return fail(ErrorKind::usage, "-X " + key + " cannot be set", std::string(reserved.instead));
  return check_properties(group_properties(options, "any", 1));
}

bool is_about_topics(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
         code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

std::optional<Error> final_error(const GroupEvent& trouble, const std::string& source,
                                 const std::string& group) {
  switch (trouble.code) {
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return Error{ErrorKind::usage, source + ": this user may not read it: " + trouble.text,
                   "grant this user Read on the topic and on the group " + group};
    case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
      return Error{ErrorKind::usage,
                   "the group " + group + " has members that are not racesim ingest: " + trouble.text,
                   "take a group of its own: --group NAME"};
    case RD_KAFKA_RESP_ERR__FATAL:
      return Error{ErrorKind::runtime, source + ": the Kafka client gave up: " + trouble.text,
                   "start it again: it goes on where the store stands"};
    // The library steps over such records: they would be missing without a word.
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR__UNDERFLOW:
    case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED:
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return Error{
          ErrorKind::runtime, source + ": a record cannot be read: " + trouble.text,
          "the topic is damaged there: restore it, or begin behind it in another store: --start-at TIME"};
    default:
      return std::nullopt;  // the library tries again
  }
}

Result<std::unique_ptr<GroupConsumer>> GroupConsumer::open(const KafkaOptions& options,
                                                           const std::string& group,
                                                           const std::vector<std::string>& topics,
                                                           std::size_t partitions) {
  Result<Client> client = Client::open(RD_KAFKA_CONSUMER, group_properties(options, group, partitions),
                                       RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR);
  if (!client) return tl::make_unexpected(client.error());
  std::unique_ptr<GroupConsumer> consumer(new GroupConsumer(*std::move(client)));
  consumer->wakeup_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (consumer->wakeup_ < 0)
    return tl::make_unexpected(
        system_error("start the Kafka client", errno, "raise the limit of open files"));
  rd_kafka_t* const handle = consumer->client_.get();
  rd_kafka_poll_set_consumer(handle);
  consumer->events_.reset(rd_kafka_queue_get_consumer(handle));
  rd_kafka_queue_io_event_enable(consumer->events_.get(), consumer->wakeup_, &kOne, sizeof kOne);
  const GroupListPtr wanted(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
  for (const std::string& topic : topics)
    rd_kafka_topic_partition_list_add(wanted.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  const rd_kafka_resp_err_t code = rd_kafka_subscribe(handle, wanted.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return tl::make_unexpected(group_error(code, "join the group " + group));
  return consumer;
}

GroupConsumer::~GroupConsumer() {
  readings_.clear();
  events_.reset();
  // The threads of one that is left behind still write to it.
  if (client_.end(patience_ms_) && wakeup_ >= 0) ::close(wakeup_);
}

GroupEvent GroupConsumer::poll() {
  GroupEvent event;
  const EventPtr raw(rd_kafka_queue_poll(events_.get(), 0));
  if (!raw) return event;
  event.code = rd_kafka_event_error(raw.get());
  switch (rd_kafka_event_type(raw.get())) {
    case RD_KAFKA_EVENT_REBALANCE:
      event.kind = event.code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS ? GroupEvent::Kind::assigned
                                                                      : GroupEvent::Kind::revoked;
      event.partitions = partitions_of(rd_kafka_event_topic_partition_list(raw.get()));
      return event;
    case RD_KAFKA_EVENT_ERROR:
      event.kind = GroupEvent::Kind::trouble;
      event.text = rd_kafka_event_error_string(raw.get());
      return event;
    default:
      return event;
  }
}

Done GroupConsumer::assign(const std::vector<PartitionOffset>& starts) {
  readings_.clear();
  for (const PartitionOffset& start : starts) {
    // Split off before it is assigned: else its first records come to the queue of events.
    QueuePtr queue(
        rd_kafka_queue_get_partition(client_.get(), start.where.topic.c_str(), start.where.partition));
    if (!queue)
      return fail(ErrorKind::runtime,
                  fmt::format("read {} [{}]: it is not there", start.where.topic, start.where.partition));
    rd_kafka_queue_forward(queue.get(), nullptr);
    rd_kafka_queue_io_event_enable(queue.get(), wakeup_, &kOne, sizeof kOne);
    readings_.push_back({start.where, std::move(queue)});
  }
  const rd_kafka_resp_err_t code = rd_kafka_assign(client_.get(), list_of(starts).get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return tl::make_unexpected(group_error(code, "begin to read the partitions"));
  return {};
}

void GroupConsumer::unassign() {
  readings_.clear();
  rd_kafka_assign(client_.get(), nullptr);
}

void GroupConsumer::read(std::size_t i, std::vector<MessagePtr>& to, std::size_t most) {
  raw_.resize(most);
  const ssize_t count = rd_kafka_consume_batch_queue(readings_[i].queue.get(), 0, raw_.data(), raw_.size());
  for (ssize_t k = 0; k < count; ++k) to.emplace_back(raw_[static_cast<std::size_t>(k)]);
}

bool GroupConsumer::wait(int ms) {
  pollfd ready{wakeup_, POLLIN, 0};
  if (::poll(&ready, 1, ms) <= 0) return false;
  std::uint64_t count = 0;
  // It does not matter how often, nor whether somebody else took it.
  static_cast<void>(::read(wakeup_, &count, sizeof count));
  return true;
}

void GroupConsumer::wake() {
  // Full, it wakes as well.
  static_cast<void>(!::write(wakeup_, &kOne, sizeof kOne));
}

std::int64_t GroupConsumer::known_end(std::size_t i) const {
  std::int64_t low = -1, high = -1;
  const TopicPartition& where = readings_[i].where;
  static_cast<void>(
      rd_kafka_get_watermark_offsets(client_.get(), where.topic.c_str(), where.partition, &low, &high));
  return std::max<std::int64_t>(high, -1);
}

bool GroupConsumer::wake_fetcher(std::size_t i) {
  std::int64_t low = 0, high = 0;
  const TopicPartition& where = readings_[i].where;
  return rd_kafka_query_watermark_offsets(client_.get(), where.topic.c_str(), where.partition, &low, &high,
                                          kAskForEnd_ms) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

Done GroupConsumer::commit(const std::vector<PartitionOffset>& offsets, bool sure) {
  if (offsets.empty()) return {};
  const std::string what = "tell the group how far it has come";
  const QueuePtr answers(sure ? rd_kafka_queue_new(client_.get()) : nullptr);
  const GroupListPtr list = list_of(offsets);
  const rd_kafka_resp_err_t code =
      sure ? rd_kafka_commit_queue(client_.get(), list.get(), answers.get(), nullptr, nullptr)
           : rd_kafka_commit(client_.get(), list.get(), 1);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return tl::make_unexpected(group_error(code, what));
  if (!sure) return {};
  const EventPtr answer(rd_kafka_queue_poll(answers.get(), kLeave_ms));
  const rd_kafka_resp_err_t told = answer ? rd_kafka_event_error(answer.get()) : RD_KAFKA_RESP_ERR__TIMED_OUT;
  if (told != RD_KAFKA_RESP_ERR_NO_ERROR) return tl::make_unexpected(group_error(told, what));
  return {};
}

Result<std::vector<std::int64_t>> GroupConsumer::committed(const std::vector<TopicPartition>& partitions,
                                                           int limit_ms) {
  std::vector<PartitionOffset> asked;
  for (const TopicPartition& partition : partitions) asked.push_back({partition, RD_KAFKA_OFFSET_INVALID});
  const GroupListPtr list = list_of(asked);
  const rd_kafka_resp_err_t code = rd_kafka_committed(client_.get(), list.get(), limit_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return tl::make_unexpected(group_error(code, "ask how far the group has come"));
  std::vector<std::int64_t> offsets;
  for (const TopicPartition& partition : partitions) {
    const auto* const found =
        rd_kafka_topic_partition_list_find(list.get(), partition.topic.c_str(), partition.partition);
    offsets.push_back(found == nullptr || found->offset < 0 ? -1 : found->offset);
  }
  return offsets;
}

void GroupConsumer::close() {
  readings_.clear();
  rd_kafka_error_t* const refused = rd_kafka_consumer_close_queue(client_.get(), events_.get());
  if (refused != nullptr) rd_kafka_error_destroy(refused);  // it is closed already
  const std::int64_t give_up_ns = system_clock().now_ns() + std::int64_t{kLeave_ms} * 1'000'000;
  while (refused == nullptr && rd_kafka_consumer_closed(client_.get()) == 0 &&
         system_clock().now_ns() < give_up_ns) {
    static_cast<void>(wait(kLeaveStep_ms));  // polled either way
    // An assignment that came too late has to be answered as well.
    const GroupEvent::Kind kind = poll().kind;
    if (kind == GroupEvent::Kind::revoked || kind == GroupEvent::Kind::assigned) unassign();
  }
  if (rd_kafka_consumer_closed(client_.get()) == 0) patience_ms_ = 0;
}

}  // namespace racesim::kafka
