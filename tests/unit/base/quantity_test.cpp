// Goal: quantities of the command line are read exactly, and everything else is refused with an example.
// Method: tables of texts with their exact values, properties over many numbers, and hostile texts.
#include "base/quantity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace racesim {
namespace {

using ::testing::HasSubstr;

template <class T>
void expect_refused(const Result<T>& result, std::string_view text, std::string_view why = {}) {
  ASSERT_FALSE(result.has_value()) << text;
  EXPECT_EQ(result.error().kind, ErrorKind::usage);
  EXPECT_THAT(result.error().what, HasSubstr("'" + std::string(text) + "'"));
  EXPECT_THAT(result.error().what, HasSubstr(std::string(why)));
  EXPECT_THAT(result.error().hint, HasSubstr("example: "));
}

TEST(ParseRate, KeepsFractionsExactly) {
  const struct {
    const char* text;
    Rate rate;
  } cases[] = {{"10", {10, 1}},
               {"0.2/s", {1, 5}},
               {"50k/s", {50'000, 1}},
               {"600/min", {10, 1}},
               {"1M/s", {1'000'000, 1}},
               {"3/h", {1, 1200}},
               {"1/d", {1, 86'400}},
               {"0", {0, 1}},
               {"0.000/h", {0, 1}},
               {"1.5k", {1500, 1}},
               {"1G", {1'000'000'000, 1}},
               {"100/min", {5, 3}},
               {"33.333/s", {33'333, 1000}},
               {"0.000000001/d", {1, 86'400'000'000'000}},
               {"007", {7, 1}},
               {"60G/min", {1'000'000'000, 1}},
               {"2K/sec", {2000, 1}}};
  for (const auto& c : cases) {
    const auto rate = parse_rate(c.text);
    ASSERT_TRUE(rate.has_value()) << c.text;
    EXPECT_EQ(rate->events, c.rate.events) << c.text;
    EXPECT_EQ(rate->seconds, c.rate.seconds) << c.text;
  }
}

TEST(ParseRate, RefusesTheRest) {
  for (const char* text : {"-1", "-0.2/s", "-inf"}) expect_refused(parse_rate(text), text, "is negative");
  for (const char* text :
       {"",   "nan", "inf", "fast", "e6",    "+5",   "1/",  "1/week", "1/s/s", "1 /s",
        " 1", "1.",  ".5",  "1..5", "1.2.3", "0x10", "1kk", "1/S",    "1,000", "1.0000000001"})
    expect_refused(parse_rate(text), text, "is not a rate");
  expect_refused(parse_rate("1e6"), "1e6",
                 "has an exponent: write the number out, at most 1,000,000,000 events");
  for (const char* text :
       {"1234567890123456789", "1000000001", "1.000000001G", "2G/s", "61G/min", "999999999999999999G"})
    expect_refused(parse_rate(text), text, "above the limit");
}

TEST(RateFromDouble, FindsTheFractionThatWasMeant) {
  for (std::uint64_t events = 1; events < 400; ++events)
    for (std::uint64_t seconds = 1; seconds < 400; ++seconds) {
      const auto rate = rate_from_double(static_cast<double>(events) / static_cast<double>(seconds));
      ASSERT_TRUE(rate.has_value());
      const std::uint64_t divisor = std::gcd(events, seconds);
      ASSERT_EQ(rate->events, events / divisor) << events << '/' << seconds;
      ASSERT_EQ(rate->seconds, seconds / divisor) << events << '/' << seconds;
    }
}

TEST(RateFromDouble, AgreesWithTheText) {
  for (const char* text : {"0", "0.2", "0.001", "999999.999", "1000000000", "123456.789", "0.000001",
                           "33.3333", "2500.5", "1", "0.1", "17.017"})
    EXPECT_EQ(*rate_from_double(std::stod(text)), *parse_rate(text)) << text;
}

TEST(RateFromDouble, EveryResultIsTheSameDouble) {
  double value = 1e-5;
  for (int i = 0; i < 4000; ++i, value *= 1.0104) {
    const auto rate = rate_from_double(value);
    if (value > 1e9) break;
    ASSERT_TRUE(rate.has_value()) << value;
    ASSERT_EQ(rate->per_second(), value);
  }
}

TEST(RateFromDouble, RefusesWhatIsNoRate) {
  for (const double value :
       {-1.0, -1e-300, std::nan(""), std::numeric_limits<double>::infinity(), 1.1e9, 1e-300})
    EXPECT_FALSE(rate_from_double(value).has_value()) << value;
}

TEST(ParseDuration, Units) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const struct {
    const char* text;
    std::int64_t ns;
  } cases[] = {{"250ms", 250'000'000},
               {"5m", 300 * kSecond},
               {"1h30m", 5400 * kSecond},
               {"30s", 30 * kSecond},
               {"7d", 604'800 * kSecond},
               {"10", 10 * kSecond},
               {"0", 0},
               {"0.5", kSecond / 2},
               {"1.5h", 5400 * kSecond},
               {"2min", 120 * kSecond},
               {"1us", 1000},
               {"3ns", 3},
               {"1d2h3m4s5ms6us7ns", 93'784'005'006'007},
               {"1m30.25s", 90'250'000'000},
               {"0.000000001", 1},
               {"106751d", 106'751 * (86'400 * kSecond)}};
  for (const auto& c : cases) {
    const auto duration = parse_duration_ns(c.text);
    ASSERT_TRUE(duration.has_value()) << c.text;
    EXPECT_EQ(*duration, c.ns) << c.text;
  }
}

TEST(ParseDuration, RefusesTheRest) {
  expect_refused(parse_duration_ns("-5m"), "-5m", "is negative");
  for (const char* text : {"", "m", "5x", "5 m", "1h30", "30m1h", "1m1m", "1m2min", "nan", "inf", "1e3s",
                           "5m,", "1month", "5M", "1:30"})
    expect_refused(parse_duration_ns(text), text, "is not a duration");
  expect_refused(parse_duration_ns("0.5ns"), "0.5ns", "finer than a nanosecond");
  expect_refused(parse_duration_ns("106752d"), "106752d", "longer than 292 years");
  expect_refused(parse_duration_ns("999999999999999999d"), "999999999999999999d", "longer than 292 years");
}

TEST(ParseVolume, TotalsAndMinutes) {
  EXPECT_EQ(*parse_volume("10000"), (Volume{10'000, false}));
  EXPECT_EQ(*parse_volume("10k"), (Volume{10'000, false}));
  EXPECT_EQ(*parse_volume("1.5M"), (Volume{1'500'000, false}));
  EXPECT_EQ(*parse_volume("60/min"), (Volume{60, true}));
  EXPECT_EQ(*parse_volume("1/s"), (Volume{60, true}));
  EXPECT_EQ(*parse_volume("120/h"), (Volume{2, true}));
  EXPECT_EQ(*parse_volume("1000000000000000"), (Volume{kVolumeLimit, false}));
}

TEST(ParseVolume, RefusesTheRest) {
  for (const char* text : {"0", "0/min", "0k"}) expect_refused(parse_volume(text), text, "at least 1");
  for (const char* text : {"0.5", "1.2345k", "1/h", "0.5/min"})
    expect_refused(parse_volume(text), text, "not a whole number of events");
  for (const char* text : {"1000000000000001", "60000000001/min"})
    expect_refused(parse_volume(text), text, "above the limit");
  for (const char* text : {"", "many", "10/week", "10 k"})
    expect_refused(parse_volume(text), text, "is not a volume");
  expect_refused(parse_volume("-3"), "-3", "is negative");
  expect_refused(parse_volume("1e4"), "1e4",
                 "has an exponent: write the number out, at most 1,000,000,000,000,000");
  expect_refused(parse_volume("18446744073709551615"), "18446744073709551615",
                 "above the limit of 1,000,000,000,000,000");
}

TEST(ParseStages, Legs) {
  const auto stages = parse_stages("30s:100,2m:1000,10:0,1h:0.2/s");
  ASSERT_TRUE(stages.has_value());
  ASSERT_EQ(stages->size(), 4U);
  EXPECT_EQ((*stages)[0].duration_ns, 30'000'000'000);
  EXPECT_EQ((*stages)[1].rate, (Rate{1000, 1}));
  EXPECT_EQ((*stages)[2].rate, (Rate{0, 1}));
  EXPECT_EQ((*stages)[3].rate, (Rate{1, 5}));
}

TEST(ParseStages, NamesTheLegAtFault) {
  EXPECT_THAT(parse_stages("30s:100,2m").error().what,
              HasSubstr("stage 2 of '30s:100,2m': '2m' is not duration"));
  EXPECT_THAT(parse_stages("30s:100,x:5").error().what, HasSubstr("stage 2"));
  EXPECT_THAT(parse_stages("30s:-1").error().what, HasSubstr("'-1' is negative"));
  EXPECT_THAT(parse_stages("0s:5").error().what, HasSubstr("duration must be above 0"));
  EXPECT_THAT(parse_stages("5s:10,5s:0").error().what, HasSubstr("ends with a rate of 0"));
  for (const char* text : {"", ",", "30s:100,", ":", "30s:", ":100", "30s:100:5"})
    expect_refused(parse_stages(text), text);
  std::string many = "1s:1";
  for (std::size_t i = 0; i < kStageLimit; ++i) many += ",1s:1";
  EXPECT_THAT(parse_stages(many).error().what, HasSubstr("more than 1,000 stages"));
}

TEST(ParseShard, Parts) {
  EXPECT_EQ(*parse_shard("1/3"), (ShardText{1, 3}));
  EXPECT_EQ(*parse_shard("4096/4096"), (ShardText{4096, 4096}));
  for (const char* text : {"", "1", "1/", "/3", "1/3/5", "a/b", "1.5/3", "1/3 ", "-1/3"})
    expect_refused(parse_shard(text), text);
  for (const char* text : {"0/3", "4/3"}) expect_refused(parse_shard(text), text, "the part must be 1 to 3");
  for (const char* text : {"1/0", "1/4097"}) expect_refused(parse_shard(text), text, "1 to 4,096 parts");
}

TEST(Format, Counts) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(24'000), "24,000");
  EXPECT_EQ(format_count(1'234'567), "1,234,567");
  EXPECT_EQ(format_count(18'446'744'073'709'551'615U), "18,446,744,073,709,551,615");
}

TEST(Format, Numbers) {
  EXPECT_EQ(format_number(1999.6, 1), "1,999.6");
  EXPECT_EQ(format_number(2000, 1), "2,000");
  EXPECT_EQ(format_number(-0.02, 2), "-0.02");
  EXPECT_EQ(format_number(-0.001, 2), "0");
  EXPECT_EQ(format_number(999.96, 1), "1,000");
  EXPECT_EQ(format_number(-1234567.25, 2), "-1,234,567.25");
}

TEST(Format, Rates) {
  EXPECT_EQ(format_rate(0), "0/s");
  EXPECT_EQ(format_rate(0.2), "0.2/s");
  EXPECT_EQ(format_rate(0.0125), "0.0125/s");
  EXPECT_EQ(format_rate(1 / 86'400.0), "1/d");
  EXPECT_EQ(format_rate(1e-7), "0.00864/d");
  EXPECT_EQ(format_rate(12.34), "12.3/s");
  EXPECT_EQ(format_rate(950), "950/s");
  EXPECT_EQ(format_rate(999.7), "1k/s");
  EXPECT_EQ(format_rate(1'200'000), "1.2M/s");
  EXPECT_EQ(format_rate(18'460'000), "18.5M/s");
  EXPECT_EQ(format_rate(1e9), "1G/s");
}

TEST(Format, Durations) {
  EXPECT_EQ(format_duration(0), "0ns");
  EXPECT_EQ(format_duration(1'500), "1.5us");
  EXPECT_EQ(format_duration(250'000'000), "250ms");
  EXPECT_EQ(format_duration(999'700'000), "1s");
  EXPECT_EQ(format_duration(1'500'000'000), "1.5s");
  EXPECT_EQ(format_duration(59'960'000'000), "1m");
  EXPECT_EQ(format_duration(80'000'000'000), "1m 20s");
  EXPECT_EQ(format_duration(5'400'000'000'000), "1h 30m");
  EXPECT_EQ(format_duration(183'600'000'000'000), "2d 3h");
  EXPECT_EQ(format_duration(-80'000'000'000), "-1m 20s");
  EXPECT_THAT(format_duration(std::numeric_limits<std::int64_t>::min()), HasSubstr("-106751d"));
}

}  // namespace
}  // namespace racesim
