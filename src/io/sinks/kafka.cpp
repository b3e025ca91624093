#include "io/sinks/kafka.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "base/check.h"
#include "io/kafka/cluster/cluster.h"
#include "io/kafka/cluster/names.h"
#include "io/kafka/cluster/record_times.h"
#include "io/kafka/cluster/settings.h"
#include "io/kafka/cluster/topics.h"
#include "io/kafka/producing/delivery.h"
#include "io/kafka/producing/sender.h"
#include "io/kafka/producing/transaction.h"
#include "io/kafka/reading/resume_partitions.h"

namespace racesim {
namespace {

using namespace kafka;

std::vector<std::string> names_of(const std::vector<Route>& routes) {
  std::vector<std::string> names;
  for (const Route& route : routes) names.push_back(route.topic);
  return names;
}

class KafkaSink final : public Sink {
 public:
  KafkaSink(std::string name, const KafkaOptions& options, Producer producer, std::vector<Route> routes,
            KafkaProperties properties, std::string cluster_id, Clock& clock, AckListener* acks,
            DeadLetter& dead_letter)
      : name_(std::move(name)),
        dead_letter_(dead_letter),
        delivery_(name_, names_of(routes), most_pending(options), counters_, acks, dead_letter),
        partitions_(routes, options, std::move(cluster_id), clock, delivery_),
        sender_(std::move(producer), std::move(routes), options, std::move(properties), clock, delivery_) {}
  ~KafkaSink() override {
    if (closed_) return;
    abandon();
    static_cast<void>(close());
  }

  void start() { sender_.start(); }
  std::string name() const override { return name_; }
  /// When events leave the client's queue nobody is told: those that are not reported count as not sent.
  std::optional<std::uint64_t> unsent() const override { return delivery_.unsent(); }
  Resumable* resumable() override { return &partitions_; }

  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override {
    if (first < last) sender_.submit(batch, first, last);
    return outcome();
  }
  Done close() override {
    if (closed_) return outcome();
    sender_.drain();
    closed_ = true;
    if (counters_.failed.load() > 0) {
      if (Done synced = dead_letter_.sync(); !synced && !delivery_.error()) return synced;
    }
    return outcome();
  }
  void abandon() override {
    const std::optional<Wait> wait = counters_.wait.longest();
    delivery_.end(std::nullopt,
                  (wait ? wait->why + "; " : std::string()) + "the run ended before the brokers confirmed");
    sender_.purge();
  }

 private:
  Done outcome() const {
    if (std::optional<Error> error = delivery_.error()) return tl::make_unexpected(*std::move(error));
    return {};
  }

  const std::string name_;
  DeadLetter& dead_letter_;
  kafka::Delivery delivery_;
  ResumablePartitions partitions_;
  Sender sender_;
  bool closed_ = false;
};

/// Where the topics end before the run: what a dead producer left is looked for behind that.
Done note_ends(Cluster& cluster, const KafkaOptions& options, Clock& clock, std::vector<Route>& routes) {
  std::vector<TopicPartition> partitions;
  for (const Route& route : routes)
    for (std::int32_t p = 0; p < route.partitions; ++p) partitions.push_back({route.topic, p});
  const auto ends = ask_until(
      clock, options.connect_grace_ns / 2, [&] { return cluster.end_offsets(partitions); },
      [](const auto&) { return true; });
  if (!ends) return tl::make_unexpected(ends.error());
  auto end = ends->begin();
  for (Route& route : routes) {
    route.first_offsets.assign(end, end + route.partitions);
    end += route.partitions;
  }
  return {};
}

/// Asks the cluster all that has to be known before the first event.
Result<std::vector<Route>> find_routes(Cluster& cluster, const KafkaOptions& options,
                                       const std::vector<std::string>& names, const EventTimes& times,
                                       Clock& clock) {
  Result<std::vector<TopicState>> topics = settle_topics(cluster, options, names, clock);
  if (!topics) return tl::make_unexpected(topics.error());
  const bool described = cluster.describe(*topics);
  if (!described && options.event_record_times)
    return fail(ErrorKind::usage,
                "--record-timestamp event: the cluster does not show how long its topics keep records",
                "grant this user DescribeConfigs, or use --record-timestamp now");
  std::vector<Route> routes;
  for (const TopicState& topic : *topics) {
    if (Done ok = check_partitions(topic, options); !ok) return tl::make_unexpected(ok.error());
    if (options.event_record_times)
      if (Done ok = check_record_times(topic, times, clock.wall_ns()); !ok)
        return tl::make_unexpected(ok.error());
    routes.push_back({topic.name, topic.partitions, {}, record_bytes_max(topic)});
  }
  if (Done ok = note_ends(cluster, options, clock, routes); !ok) return tl::make_unexpected(ok.error());
  return routes;
}

/// Two streams in one topic could not be told apart by their partitions.
Done check_distinct_topics(const std::vector<std::string>& topics) {
  for (std::size_t i = 1; i < topics.size(); ++i)
    if (topics[i] == topics.front())
      return fail(ErrorKind::usage,
                  "--topic " + topics.front() + " is the topic of another stream of this run",
                  "choose another name, or leave that stream out with --streams");
  return {};
}

}  // namespace

Done check_kafka_sink(const KafkaOptions& options, const std::vector<std::string>& topics) {
  RACESIM_CHECK(!topics.empty());
  if (Done ok = check_options(options); !ok) return ok;
  for (const std::string& topic : topics)
    if (Done ok = check_topic_name(topic); !ok) return ok;
  return check_distinct_topics(topics);
}

Result<std::unique_ptr<Sink>> open_kafka_sink(KafkaOptions options, std::vector<std::string> topics,
                                              const EventTimes& times, Clock& clock, AckListener* acks,
                                              DeadLetter& dead_letter) {
  if (Done ok = check_kafka_sink(options, topics); !ok) return tl::make_unexpected(ok.error());
  Result<Cluster> cluster = Cluster::open(options);
  if (!cluster) return tl::make_unexpected(cluster.error());
  Result<std::vector<Route>> routes = find_routes(*cluster, options, topics, times, clock);
  if (!routes) return tl::make_unexpected(routes.error());
  std::uint64_t least_bytes = 0;
  for (const Route& route : *routes)
    if (route.record_bytes_max > 0 && (least_bytes == 0 || route.record_bytes_max < least_bytes))
      least_bytes = route.record_bytes_max;
  KafkaProperties properties = producer_properties(options, least_bytes);
  Result<Producer> producer = open_ready_producer(options, properties, topics);
  if (!producer) return tl::make_unexpected(producer.error());
  try {
    auto sink = std::make_unique<KafkaSink>("kafka://" + options.brokers + "/" + topics.front(), options,
                                            *std::move(producer), *std::move(routes), std::move(properties),
                                            cluster->id(), clock, acks, dead_letter);
    sink->start();
    return sink;
  } catch (const std::exception& e) {
    return fail(ErrorKind::runtime, std::string("start the kafka sink: ") + e.what(),
                "raise the limits of threads and memory");
  }
}

}  // namespace racesim
