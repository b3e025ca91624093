// Goal: keys go to the partitions that Java's producer would choose. Method: known answers, made with
// org.apache.kafka.common.utils.Utils of Kafka 4.3.0.
#include "io/kafka/producing/murmur2.h"

#include <gtest/gtest.h>

#include <string>

namespace racesim::kafka {
namespace {

struct Answer {
  std::string key;
  std::int32_t hash;
  std::int32_t of_3, of_7, of_24;
};

TEST(KafkaMurmur2, GivesJavasAnswers) {
  const Answer answers[] = {
      {"", 275646681, 0, 2, 9},
      {"a", -1563381124, 1, 5, 4},
      {"ab", 316155434, 2, 0, 2},
      {"abc", 479470107, 0, 4, 3},
      {"abcd", -1323649548, 2, 5, 20},
      {"63", 548637756, 0, 2, 12},
      {"1", -1993445489, 0, 2, 15},
      {"44", -227680709, 0, 5, 3},
      {"f930c9d9-8b4e-4c26-aacf-88f9d3a492bb", 2102978535, 0, 0, 15},
      {"\u00e4\u00f6\u00fc\u00df", -1509178215, 2, 3, 17},
      {"TESTCAR01", -1266306909, 2, 2, 11},
  };
  for (const Answer& a : answers) {
    EXPECT_EQ(static_cast<std::int32_t>(murmur2(a.key)), a.hash) << a.key;
    EXPECT_EQ(partition_of(a.key, 3), a.of_3) << a.key;
    EXPECT_EQ(partition_of(a.key, 7), a.of_7) << a.key;
    EXPECT_EQ(partition_of(a.key, 24), a.of_24) << a.key;
  }
}

TEST(KafkaMurmur2, TakesAnyByte) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_EQ(static_cast<std::int32_t>(murmur2(bytes)), -1948347274);
}

}  // namespace
}  // namespace racesim::kafka
