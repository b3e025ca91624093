// Goal: setters accept what people write and refuse the rest with an example or the range.
// Method: texts at and beyond the limits.
#include "cli/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace racesim::cli {
namespace {

using testing::HasSubstr;

TEST(SetNumber, KeepsItsRange) {
  std::uint32_t threads = 7;
  const Setter set = set_number(threads, std::uint32_t{1}, std::uint32_t{256});
  EXPECT_TRUE(set("256"));
  EXPECT_EQ(threads, 256U);
  EXPECT_TRUE(set("1_0"));
  EXPECT_EQ(threads, 10U);
  for (const char* wrong :
       {"0", "257", "10000", "99999999999999999999999", "-1", "1.5", "4 ", "", "_", "four", "0x4"}) {
    const Done ok = set(wrong);
    ASSERT_FALSE(ok) << wrong;
    EXPECT_EQ(ok.error().kind, ErrorKind::usage);
    EXPECT_THAT(ok.error().hint, HasSubstr("from 1 to 256")) << wrong;
  }
  EXPECT_EQ(threads, 10U);
}

TEST(SetNumber, TakesTheLargest) {
  std::uint64_t seed = 0;
  EXPECT_TRUE(set_number(seed, std::uint64_t{0}, UINT64_MAX)("18446744073709551615"));
  EXPECT_EQ(seed, UINT64_MAX);
  EXPECT_FALSE(set_number(seed, std::uint64_t{0}, UINT64_MAX)("18446744073709551616"));
}

TEST(SetPositive, RefusesWhatIsNotAPositiveNumber) {
  double speed = 1;
  const Setter set = set_positive(speed, 1000);
  EXPECT_TRUE(set("2.5"));
  EXPECT_EQ(speed, 2.5);
  for (const char* wrong : {"0", "-1", "1001", "1e3", "inf", "nan", "", "2x"})
    EXPECT_FALSE(set(wrong)) << wrong;
}

TEST(SetFlag, KnowsTheUsualWords) {
  bool flag = false;
  for (const char* yes : {"true", "1", "yes", "on"}) {
    flag = false;
    EXPECT_TRUE(set_flag(flag)(yes));
    EXPECT_TRUE(flag);
  }
  EXPECT_TRUE(set_flag(flag)("off"));
  EXPECT_FALSE(flag);
  EXPECT_FALSE(set_flag(flag)("maybe"));
}

TEST(SetCount, AddsUp) {
  int verbose = 0;
  EXPECT_TRUE(set_count(verbose)("true"));
  EXPECT_TRUE(set_count(verbose)("true"));
  EXPECT_EQ(verbose, 2);
  verbose = 0;
  EXPECT_TRUE(set_count(verbose)("2"));
  EXPECT_EQ(verbose, 2);
}

TEST(SetChoice, ListsTheChoices) {
  std::string format = "json";
  const Done ok = set_choice(format, {"json", "csv"})("jsn");
  ASSERT_FALSE(ok);
  EXPECT_EQ(ok.error().hint, "one of: json, csv   did you mean: json");
}

}  // namespace
}  // namespace racesim::cli
