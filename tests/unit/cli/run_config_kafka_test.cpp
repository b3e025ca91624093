// Goal: the options of the kafka sink become the settings that are meant, with the defaults that depend on
// others; an address implies the sink; secrets stay off the command line. Method: settings as a command line
// or an environment gives them, without a cluster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands/run/options.h"
#include "cli/resolve.h"

namespace racesim::cli {
namespace {

using testing::HasSubstr;

class ClockOnTheMs : public Clock {
 public:
  std::int64_t now_ns() override { return 0; }
  std::int64_t wall_ns() override { return 1'700'000'000'000'000'000; }
  void sleep_until(std::int64_t) override {}
};

const std::vector<std::string> kPast{"--historical", "true",           "--start-datetime",
                                     "2024-01-01",   "--end-datetime", "2024-01-02"};

Result<RunConfig> config(std::vector<std::string> words, const Environment& environment = {}) {
  RunOptions options;
  CommandSpec command;
  command.name = "run";
  for (const auto part :
       {mode_options, what_options, pace_options, delivery_options, kafka_options, proof_options})
    for (OptionSpec& option : part(options)) command.options.push_back(std::move(option));
  Settings line;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    Setting& setting = line[words[i].substr(2)];
    setting.source = Source::flag;
    setting.place = words[i];
    setting.values.push_back(words[i + 1]);
  }
  const Settings settings = resolve(command, "run", line, environment, {});
  if (const Done ok = apply_settings(command, settings); !ok) return tl::make_unexpected(ok.error());
  ClockOnTheMs clock;
  return make_run_config(options, settings, clock);
}

Result<RunConfig> past(std::vector<std::string> words) {
  words.insert(words.begin(), kPast.begin(), kPast.end());
  return config(std::move(words));
}

std::vector<std::string> kinds(const Result<RunConfig>& result) {
  std::vector<std::string> found;
  if (result)
    for (const SinkSpec& sink : result->delivery.sinks) found.push_back(sink.kind);
  return found;
}

using Kinds = std::vector<std::string>;

TEST(RunConfigKafka, AnAddressImpliesTheSink) {
  EXPECT_EQ(kinds(config({"--brokers", "k:9092"})), Kinds{"kafka"});
  EXPECT_EQ(kinds(config({"--brokers", "k:9092", "--sink", "stdout"})), (Kinds{"stdout", "kafka"}));
  EXPECT_EQ(kinds(config({"--sink", "kafka"})), Kinds{"kafka"});
  EXPECT_EQ(kinds(config({})), Kinds{"stdout"});
}

TEST(RunConfigKafka, TheDocumentsNamesOfVariables) {
  const auto c = config({}, {{"KAFKA_BOOTSTRAP_SERVERS", "k:1"}, {"KAFKA_TOPIC", "mine"}});
  ASSERT_TRUE(c) << c.error().what;
  EXPECT_EQ(kinds(c), Kinds{"kafka"});
  EXPECT_EQ(c->delivery.kafka.brokers, "k:1");
  EXPECT_EQ(c->delivery.kafka.topic, "mine");
  EXPECT_EQ(config({}, {{"KAFKA_TOPIC", "a"}, {"RACESIM_TOPIC", "b"}})->delivery.kafka.topic, "b");
  EXPECT_EQ(kinds(config({"--sink", "null"}, {{"KAFKA_BOOTSTRAP_SERVERS", "k:1"}})), Kinds{"null"});
  EXPECT_THAT(config({}, {{"KAFKA_TOPIC", "a b"}}).error().what, HasSubstr("KAFKA_TOPIC"));
}

TEST(RunConfigKafka, RecordTimesFollowTheMode) {
  EXPECT_TRUE(config({})->delivery.kafka.event_record_times);
  EXPECT_FALSE(config({"--speed", "2"})->delivery.kafka.event_record_times);
  EXPECT_FALSE(past({})->delivery.kafka.event_record_times);
  EXPECT_TRUE(past({"--record-timestamp", "event"})->delivery.kafka.event_record_times);
  EXPECT_FALSE(config({"--record-timestamp", "now"})->delivery.kafka.event_record_times);
}

TEST(RunConfigKafka, TimesFollowTheMode) {
  EXPECT_EQ(config({})->delivery.kafka.delivery_timeout_ns, 0);
  EXPECT_EQ(past({})->delivery.kafka.delivery_timeout_ns, 900'000'000'000);
  EXPECT_EQ(past({"--throughput", "true"})->delivery.kafka.delivery_timeout_ns, 300'000'000'000);
  EXPECT_EQ(past({"--delivery-timeout", "0s"})->delivery.kafka.delivery_timeout_ns, 0);
  EXPECT_EQ(config({})->delivery.kafka.linger_ms, 5u);
  EXPECT_EQ(past({})->delivery.kafka.linger_ms, 50u);
}

TEST(RunConfigKafka, SecretsStayOffTheCommandLine) {
  const auto refused = config({"--brokers", "k", "--property", "sasl.password=s3cret"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_EQ((refused.error().what + refused.error().hint).find("s3cret"), std::string::npos);
  EXPECT_THAT(refused.error().hint, HasSubstr("RACESIM_PROPERTY"));
  const auto taken = config({"--brokers", "k"}, {{"RACESIM_PROPERTY", "sasl.password=s3cret"}});
  ASSERT_TRUE(taken) << taken.error().what;
  EXPECT_EQ(taken->delivery.kafka.properties, (KafkaProperties{{"sasl.password", "s3cret"}}));
}

TEST(RunConfigKafka, APasswordElsewhereGoesWithSettingsOnTheLine) {
  const auto taken = config({"--brokers", "k", "--property", "sasl.username=u"},
                            {{"RACESIM_PROPERTY", "sasl.password=s3cret"}});
  ASSERT_TRUE(taken) << taken.error().what;
  EXPECT_EQ(taken->delivery.kafka.properties,
            (KafkaProperties{{"sasl.password", "s3cret"}, {"sasl.username", "u"}}));
  const auto refused = config({"--brokers", "k", "--property", "sasl.password=other"},
                              {{"RACESIM_PROPERTY", "sasl.password=s3cret"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
}

TEST(RunConfigKafka, WrongValuesAreNamed) {
  for (const auto& [option, value] :
       std::vector<std::pair<std::string, std::string>>{{"--brokers", "a:b"},
                                                        {"--topic", ".."},
                                                        {"--acks", "2"},
                                                        {"--compression", "rar"},
                                                        {"--record-timestamp", "then"},
                                                        {"--partitions", "0"},
                                                        {"--property", "linger.ms"}}) {
    const auto refused = config({option, value});
    ASSERT_FALSE(refused) << option;
    EXPECT_EQ(refused.error().kind, ErrorKind::usage);
    EXPECT_THAT(refused.error().what, HasSubstr(option));
    EXPECT_NE(refused.error().hint, "");
  }
}

}  // namespace
}  // namespace racesim::cli
