// racesim run, group "Kafka", and how its options become the sink's.
#include <string_view>

#include "cli/commands/kafka_property.h"
#include "cli/commands/run/options.h"
#include "cli/commands/run/scenario_options.h"
#include "cli/values.h"
#include "io/kafka/cluster/names.h"

namespace racesim::cli {
namespace {

constexpr std::uint32_t kLiveLinger_ms = 5;
constexpr std::uint32_t kHistoricalLinger_ms = 50;
constexpr std::uint32_t kThroughputLinger_ms = 100;
constexpr std::int64_t kHistoricalTimeout_ns = 15 * 60 * kNsPerSecond;
constexpr std::int64_t kThroughputTimeout_ns = 5 * 60 * kNsPerSecond;

/// The documents' name for the option's variable.
OptionSpec alias(const char* variable, OptionSpec option) {
  option.alias_variable = variable;
  return option;
}

Setter checked_text(std::string& target, Done (*check)(std::string_view)) {
  return [&target, check](const std::string& text) -> Done {
    if (Done ok = check(text); !ok) return ok;
    target = text;
    return {};
  };
}

}  // namespace

std::vector<OptionSpec> kafka_options(RunOptions& o) {
  const auto option_of = [](const char* name, const char* metavar, const char* fallback, const char* help,
                            Setter set) {
    return cli::option_of("Kafka", {name, metavar, fallback, help}, std::move(set));
  };
  return {
      alias("KAFKA_BOOTSTRAP_SERVERS", option_of("brokers", "HOST:PORT,…", "localhost:9092",
                                                 "Kafka cluster to send to; implies --sink kafka",
                                                 checked_text(o.kafka.brokers, &kafka::check_brokers))),
      alias("KAFKA_TOPIC",
            noted(option_of("topic", "TOPIC", "",
                            "Topic of the main stream; the other streams keep their topics",
                            checked_text(o.kafka.topic, &kafka::check_topic_name)),
                  of_each([](const ScenarioEntry& e) { return std::string(e.topic); }).c_str())),
      chosen(option_of("acks", "WHO", "all",
                       "Who must have an event before it is acknowledged: all replicas in sync (all), the "
                       "leader (1) or nobody (0); 1 and 0 need --allow-duplicates",
                       nullptr),
             o.kafka.acks, {"all", "1", "0"}),
      chosen(option_of("compression", "CODEC", "lz4", "Compression of requests", nullptr),
             o.kafka.compression, {"none", "gzip", "snappy", "lz4", "zstd"}),
      noted(chosen(option_of("record-timestamp", "WHICH", "",
                             "Time of a record: its event's time, or now (the moment of sending)", nullptr),
                   o.record_timestamp, {"event", "now"}),
            "event for live at speed 1, else now"),
      option_of("create-topics", "", "", "Create missing topics, with retention.ms=-1",
                set_flag(o.kafka.create_topics)),
      noted(option_of("partitions", "N", "",
                      "Number of partitions of created topics; existing topics must have this number",
                      set_number(o.kafka.partitions, std::uint32_t{1}, std::uint32_t{100'000})),
            "the cluster's default, any number"),
      noted(option_of("delivery-timeout", "DURATION", "",
                      "Time limit for the acknowledgement of an event, which then goes to the dead-letter "
                      "file; 0: none",
                      set_parsed(o.kafka.delivery_timeout_ns, &parse_duration_ns)),
            "0 for live and --txn, 15m for historical, 5m with --throughput"),
      option_of("throughput", "", "",
                "Use larger queues and requests; this takes more memory and delays acknowledgements",
                set_flag(o.kafka.throughput)),
      option_of("allow-duplicates", "", "",
                "Send without idempotence: a broken connection may duplicate events",
                set_flag(o.kafka.allow_duplicates)),
      option_of("txn", "", "",
                "Send in transactions, one per second: readers of committed records see each event once, "
                "even if an old process of this run still lives somewhere",
                set_flag(o.kafka.transactions)),
      kafka_property_option(o.kafka.properties),
  };
}

Done fill_kafka(const RunOptions& o, const Settings& settings, bool historical, KafkaOptions& kafka) {
  kafka = o.kafka;
  if (Done ok = check_no_secret_on_line(settings, "run"); !ok) return ok;
  const bool at_speed_one = !historical && o.speed == 1;
  kafka.event_record_times = o.record_timestamp.empty() ? at_speed_one : o.record_timestamp == "event";
  kafka.linger_ms = o.kafka.throughput ? kThroughputLinger_ms
                    : historical       ? kHistoricalLinger_ms
                                       : kLiveLinger_ms;
  if (settings.count("delivery-timeout") == 0)
    kafka.delivery_timeout_ns = o.kafka.transactions ? 0
                                : o.kafka.throughput ? kThroughputTimeout_ns
                                : historical         ? kHistoricalTimeout_ns
                                                     : 0;
  return {};
}

}  // namespace racesim::cli
