// Goal: wrong names of topics and brokers, and wrong settings, are refused before anything connects, with the
// way out. Method: one case each.
#include "io/kafka/cluster/names.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/kafka/cluster/settings.h"

namespace racesim::kafka {
namespace {

TEST(KafkaNames, Topics) {
  for (const std::string& good :
       std::vector<std::string>{"f1-telemetry", "vehicle.telemetry.raw", "A_9", "...", std::string(249, 'x')})
    EXPECT_TRUE(check_topic_name(good)) << good;
  for (const std::string& bad :
       std::vector<std::string>{"", ".", "..", "a b", "caf\u00e9", "a/b", std::string(250, 'x')}) {
    const Done refused = check_topic_name(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().kind, ErrorKind::usage);
    EXPECT_NE(refused.error().hint, "");
  }
}

TEST(KafkaNames, Brokers) {
  for (const char* good :
       {"localhost:9092", "a,b:1", "[::1]:9092", "[::1]", "SASL_SSL://k.example:9093", "10.0.0.1"})
    EXPECT_TRUE(check_brokers(good)) << good;
  for (const char* bad : {"", "a,,b", ":9092", "a:0", "a:65536", "a:x", "a b:1", "[]:1", "[::1]x", "a:"})
    EXPECT_FALSE(check_brokers(bad)) << bad;
}

KafkaOptions with(const char* key, const char* value) {
  KafkaOptions options;
  options.properties = {{key, value}};
  return options;
}

TEST(KafkaSettings, RefusesWhatBreaksTheAccounts) {
  EXPECT_TRUE(check_options({}));
  EXPECT_TRUE(check_options(with("linger.ms", "20")));
  for (const char* key :
       {"acks", "enable.idempotence", "transactional.id", "partitioner", "bootstrap.servers"}) {
    const Done refused = check_options(with(key, "x"));
    ASSERT_FALSE(refused) << key;
    EXPECT_EQ(refused.error().kind, ErrorKind::usage);
    EXPECT_NE(refused.error().hint, "");
  }
  KafkaOptions loose;
  loose.acks = "1";
  EXPECT_FALSE(check_options(loose));
  loose.allow_duplicates = true;
  EXPECT_TRUE(check_options(loose));
  loose.transactions = true;
  EXPECT_FALSE(check_options(loose));
}

TEST(KafkaSettings, NamesTheNearestProperty) {
  const Done refused = check_options(with("linger.mss", "5"));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("linger.mss=5"), std::string::npos);
  EXPECT_NE(refused.error().hint.find("linger.ms"), std::string::npos);
  EXPECT_FALSE(check_options(with("linger.ms", "soon")));
}

TEST(KafkaSettings, NeverShowsASecret) {
  const Done refused = check_options(with("sasl.passwordd", "s3cret"));
  ASSERT_FALSE(refused);
  EXPECT_EQ((refused.error().what + refused.error().hint).find("s3cret"), std::string::npos);
}

TEST(KafkaSettings, TransactionsLastAsLongAsTheirEventsMay) {
  const auto value = [](const KafkaOptions& options, const std::string& key) {
    for (const auto& [name, text] : producer_properties(options, 0))
      if (name == key) return text;
    return std::string();
  };
  KafkaOptions options;
  EXPECT_EQ(value(options, "transactional.id"), "");
  EXPECT_EQ(value(options, "message.timeout.ms"), "0");
  options.transactions = true;
  options.transactional_id = "racesim-1";
  EXPECT_EQ(value(options, "transactional.id"), "racesim-1");
  EXPECT_EQ(value(options, "transaction.timeout.ms"), "900000");
  EXPECT_EQ(value(options, "message.timeout.ms"), "");
  options.delivery_timeout_ns = 1200'000'000'000;
  EXPECT_EQ(value(options, "transaction.timeout.ms"), "1200000");
  EXPECT_EQ(value(options, "message.timeout.ms"), "1200000");
}

TEST(KafkaSettings, NoRequestIsLargerThanTheTopicsTake) {
  const KafkaProperties properties = producer_properties({}, 5000);
  const auto value = [&](const std::string& key) {
    for (const auto& [name, text] : properties)
      if (name == key) return text;
    return std::string();
  };
  EXPECT_EQ(value("batch.size"), "5000");
  EXPECT_EQ(value("message.max.bytes"), "5000");
  EXPECT_EQ(value("enable.idempotence"), "true");
}

}  // namespace
}  // namespace racesim::kafka
