#include "io/kafka/cluster/settings.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "io/kafka/cluster/client.h"
#include "io/kafka/cluster/names.h"

namespace racesim::kafka {
namespace {

constexpr std::uint64_t kRequestBytesMax = 1'000'000;  // librdkafka's own default of both
constexpr std::int64_t kSettingsNsPerMs = 1'000'000;
/// librdkafka's largest message.timeout.ms.
constexpr std::int64_t kTimeoutMsMax = 2'147'483'647;
/// The most that brokers take by default. Behind it they abort a transaction and shut its producer out, which
/// then cannot tell this from another process.
constexpr std::int64_t kTransactionMs = 900'000;

/// A property that -X may not set, and what to do instead.
struct Reserved {
  std::string_view key;
  std::string_view instead;
};
constexpr std::array kReserved{
    Reserved{"bootstrap.servers", "use --brokers"},
    Reserved{"metadata.broker.list", "use --brokers"},
    Reserved{"enable.idempotence", "it is on; --allow-duplicates turns it off"},
    Reserved{"acks", "use --acks"},
    Reserved{"request.required.acks", "use --acks"},
    Reserved{"compression.codec", "use --compression"},
    Reserved{"compression.type", "use --compression"},
    Reserved{"message.timeout.ms", "use --delivery-timeout"},
    Reserved{"delivery.timeout.ms", "use --delivery-timeout"},
    Reserved{"transactional.id", "use --txn"},
    Reserved{"isolation.level", "--txn decides it"},
    Reserved{"delivery.report.only.error", "racesim needs a report for every event"},
    Reserved{"enable.gapless.guarantee",
             "it would end the run at one refused event; racesim writes that event to the dead-letter file"},
    Reserved{"allow.auto.create.topics", "use --create-topics"},
    Reserved{"partitioner", "events are placed as Java's default partitioner does: murmur2 of the key"},
    Reserved{"sticky.partitioning.linger.ms", "every event has a key"},
};

}  // namespace

KafkaProperties client_properties(const KafkaOptions& options) {
  KafkaProperties properties{
      {"bootstrap.servers", options.brokers},
      {"client.id", "racesim"},
      {"allow.auto.create.topics", "false"},
      // Debian's librdkafka leaves Nagle's algorithm on.
      {"socket.nagle.disable", "true"},
      {"socket.keepalive.enable", "true"},
      {"reconnect.backoff.ms", "100"},
      {"reconnect.backoff.max.ms", "2000"},
      {"log.connection.close", "false"},
  };
  properties.insert(properties.end(), options.properties.begin(), options.properties.end());
  return properties;
}

KafkaProperties producer_properties(const KafkaOptions& options, std::uint64_t record_bytes_max) {
  KafkaOptions bare = options;
  bare.properties.clear();
  KafkaProperties properties = client_properties(bare);
  const auto set = [&](std::string key, std::string value) {
    properties.emplace_back(std::move(key), std::move(value));
  };
  set("enable.idempotence", options.allow_duplicates ? "false" : "true");
  set("acks", options.acks);
  // Without idempotence a repeated request may overtake the next one: only one at a time keeps the order.
  set("max.in.flight", options.allow_duplicates ? "1" : "5");
  const std::int64_t timeout_ms = std::min(options.delivery_timeout_ns / kSettingsNsPerMs, kTimeoutMsMax);
  if (options.transactions) {
    set("transactional.id", options.transactional_id);
    set("transaction.timeout.ms", std::to_string(std::max(timeout_ms, kTransactionMs)));
  }
  // None in a transaction is its own time limit: the library takes no longer one.
  if (!options.transactions || timeout_ms > 0) set("message.timeout.ms", std::to_string(timeout_ms));
  set("linger.ms", std::to_string(options.linger_ms));
  set("batch.num.messages", options.throughput ? "50000" : "10000");
  set("queue.buffering.max.messages", options.throughput ? "1000000" : "100000");
  set("queue.buffering.max.kbytes", options.throughput ? "524288" : "65536");
  set("compression.type", options.compression);
  set("delivery.report.only.error", "false");
  if (record_bytes_max > 0) {
    // A broker refuses a request that is too large with all its events, so none may become so large.
    set("batch.size", std::to_string(std::min(record_bytes_max, kRequestBytesMax)));
    set("message.max.bytes", std::to_string(std::max<std::uint64_t>(record_bytes_max, 1000)));
  }
  properties.insert(properties.end(), options.properties.begin(), options.properties.end());
  return properties;
}

Done check_options(const KafkaOptions& options) {
  if (Done ok = check_brokers(options.brokers); !ok) return ok;
  if (options.acks != "all" && !options.allow_duplicates)
    return fail(ErrorKind::usage,
                "--acks " + options.acks + ": only --acks all guarantees that each event arrives once",
                "leave it out, or accept duplicates and losses: --allow-duplicates");
  if (options.transactions && options.allow_duplicates)
    return fail(ErrorKind::usage, "--txn and --allow-duplicates exclude each other",
                "leave one of them out: transactions prevent duplicates");
  if (options.partitions > 0 && options.partitions > 1'000'000)
    return fail(ErrorKind::usage, "--partitions is too large", "example: --partitions 3");
  for (const auto& [key, value] : options.properties)
    for (const Reserved& reserved : kReserved)
      if (key == reserved.key)
        return fail(ErrorKind::usage, "-X " + key + " cannot be set", std::string(reserved.instead));
  return check_properties(producer_properties(options, 0));
}

}  // namespace racesim::kafka
