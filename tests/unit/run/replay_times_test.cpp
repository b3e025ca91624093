// Goal: times are read in every form that recordings have, written back in the same form, and refused with
// what they were taken for; places and filters mean what they say. Method: random times in random forms;
// examples.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/time_text.h"
#include "run/replay/event_time.h"
#include "run/replay/parse_replay.h"

namespace racesim {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kNs2026 = 1'783'260'000'000'000'000;  // 2026-07-05T14:00:00Z

std::int64_t cut_to(std::int64_t ns, std::int64_t unit_ns) {
  return ns - (ns % unit_ns + unit_ns) % unit_ns;
}

TEST(ReplayTime, ComesBackInTheFormItHad) {
  std::mt19937_64 random(1);
  TimeReader fast(TimeUnit::by_size);
  for (int i = 0; i < 50'000; ++i) {
    const auto ns =
        static_cast<std::int64_t>(kNs2026 + static_cast<std::int64_t>(random() % 100'000'000'000'000));
    TimeForm form;
    form.is_number = random() % 3 == 0;
    form.decimals = static_cast<int>(random() % 10);
    std::int64_t unit_ns = 1;
    if (form.is_number) {
      form.unit = static_cast<TimeUnit>(1 + random() % 4);
      if (form.unit != TimeUnit::s) form.decimals = 0;
      unit_ns = form.unit == TimeUnit::s    ? 1'000'000'000
                : form.unit == TimeUnit::ms ? 1'000'000
                : form.unit == TimeUnit::us ? 1'000
                                            : 1;
    } else {
      unit_ns = 1'000'000'000;
      form.separator = random() % 2 == 0 ? 'T' : ' ';
      constexpr const char* kOffsets[] = {"Z", "", "+02:00", "-0930", "+00:00"};
      constexpr std::int64_t kSeconds[] = {0, 0, 7200, -34200, 0};
      const std::size_t offset = random() % 5;
      form.offset = kOffsets[offset];
      form.offset_s = kSeconds[offset];
    }
    for (int digit = 0; digit < form.decimals; ++digit) unit_ns /= 10;
    std::string text, why;
    append_time(ns, form, text);
    TimeForm read_form;
    const auto read = fast.read(text, read_form, why);
    ASSERT_TRUE(read) << text << " " << why;
    EXPECT_EQ(*read, cut_to(ns, std::max<std::int64_t>(unit_ns, 1))) << text;
    EXPECT_EQ(read_form, form) << text;
    EXPECT_EQ(fast.read(text, why), read) << text;
    if (!form.is_number && form.offset == "Z") {
      EXPECT_EQ(parse_datetime(text, "UTC").value(), *read) << text;
    }
  }
}

TEST(ReplayTime, SaysWhatANumberWasTakenFor) {
  std::string why;
  TimeReader seconds(TimeUnit::s);
  EXPECT_FALSE(seconds.read("1783260000123", why));
  EXPECT_THAT(why, HasSubstr("1783260000123 was taken for seconds since 1970"));
  EXPECT_THAT(why, HasSubstr("--time-unit ms"));
  TimeReader by_size(TimeUnit::by_size);
  EXPECT_EQ(by_size.read("1783260000123", why), kNs2026 + 123'000'000);
  EXPECT_EQ(by_size.read("1783260000.5", why), kNs2026 + 500'000'000);
  EXPECT_FALSE(by_size.read("12.5", why));
  EXPECT_THAT(why,
              HasSubstr("12.5 was taken for seconds since 1970, which is the time 1970-01-01T00:00:12Z"));
  EXPECT_EQ(seconds.read("12.5", why), 12'500'000'000);
  for (const char* const text :
       {"", "soon", "2026-13-01T00:00:00Z", "2026-07-05T25:00:00Z", "1e9", "5.", "."}) {
    EXPECT_FALSE(by_size.read(text, why)) << text;
    EXPECT_FALSE(why.empty());
  }
}

TEST(ReplayPlaces, AreParsed) {
  EXPECT_EQ(*parse_seek("lap:12"), (SeekPoint{SeekPoint::Kind::lap, 12}));
  EXPECT_EQ(*parse_seek("offset:0"), (SeekPoint{SeekPoint::Kind::offset, 0}));
  EXPECT_EQ(*parse_seek("+90s"), (SeekPoint{SeekPoint::Kind::after, 90'000'000'000}));
  EXPECT_EQ(*parse_seek("2026-07-05T14:00:00Z"), (SeekPoint{SeekPoint::Kind::time, kNs2026}));
  for (const char* const text : {"lap:", "lap:x", "lap:-1", "offset:1.5", "+", "12", "noon"}) {
    const auto point = parse_seek(text);
    ASSERT_FALSE(point) << text;
    EXPECT_EQ(point.error().kind, ErrorKind::usage);
    EXPECT_THAT(point.error().hint, HasSubstr("lap:12"));
  }
}

TEST(ReplayFilters, TakeValuesListsAndRanges) {
  const auto takes = [](const char* filter, const char* value) {
    return passes(*parse_filter(filter), value);
  };
  EXPECT_TRUE(takes("car=63", "63"));
  EXPECT_TRUE(takes("car=63", "63.0"));
  EXPECT_FALSE(takes("car=63", "630"));
  EXPECT_TRUE(takes("car=1,63", "63"));
  EXPECT_TRUE(takes("driver=HAL", "HAL"));
  EXPECT_FALSE(takes("driver=HAL", "HALO"));
  EXPECT_TRUE(takes("speed_kmh=250..300", "250"));
  EXPECT_TRUE(takes("speed_kmh=250..300", "300.0"));
  EXPECT_FALSE(takes("speed_kmh=250..300", "300.1"));
  EXPECT_TRUE(takes("lap=..3,9..", "12"));
  EXPECT_FALSE(takes("lap=..3,9..", "5"));
  EXPECT_FALSE(takes("lap=..3", "x"));
  for (const char* const text : {"car", "=1", "car=", "lap=..", "lap=a..b", "lap=9..3"})
    EXPECT_FALSE(parse_filter(text)) << text;
}

}  // namespace
}  // namespace racesim
