// Goal: what a user or an event gives as a time is read exactly or refused with a text that helps.
// Method: known values (from GNU date), round trips over the civil calendar, and the error texts themselves;
// zones with daylight-saving time north and south of the equator, at their gaps and overlaps.
#include "base/time_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace racesim {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::int64_t kSecond_ns = 1'000'000'000;

std::int64_t at(std::string_view text, std::string_view zone = "UTC") {
  const auto time = parse_datetime(text, zone);
  EXPECT_TRUE(time.has_value()) << text << ": " << (time ? "" : time.error().what);
  return time.value_or(-1);
}

Error refused(std::string_view text, std::string_view zone = "UTC") {
  const auto time = parse_datetime(text, zone);
  EXPECT_FALSE(time.has_value()) << text;
  if (time) return {};
  EXPECT_EQ(time.error().kind, ErrorKind::usage);
  EXPECT_FALSE(time.error().hint.empty());
  return time.error();
}

std::string in_utc(std::string_view text, std::string_view zone) {
  return format_datetime(at(text, zone));
}

TEST(ParseDate, ReadsTheWholeCalendar) {
  EXPECT_EQ(parse_date("1970-01-01"), 0);
  EXPECT_EQ(parse_date("1960-01-01"), -3653);
  EXPECT_EQ(parse_date("2000-02-29"), 11016);
  EXPECT_EQ(parse_date("2024-02-29"), 19782);
  EXPECT_EQ(parse_date("9999-12-31"), 2932896);
}

TEST(ParseDate, EveryDayFrom1960To2400RoundTrips) {
  std::int64_t days = -3653;
  for (int year = 1960; year < 2400; ++year)
    for (int month = 1; month <= 12; ++month)
      for (int day = 1; day <= 31; ++day) {
        char text[16];
        std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
        const auto parsed = parse_date(text);
        if (!parsed) continue;  // counted below: a skipped day would break the sequence
        ASSERT_EQ(*parsed, days) << text;
        const CivilDate back = civil_from_days(days++);
        ASSERT_TRUE(back.year == year && back.month == month && back.day == day) << text;
      }
  EXPECT_EQ(days, parse_date("2400-01-01"));
}

TEST(ParseDate, SaysHowLongTheMonthIs) {
  EXPECT_THAT(parse_date("2024-02-30").error().what, HasSubstr("February 2024 has 29 days"));
  EXPECT_THAT(parse_date("2023-02-29").error().what, HasSubstr("February 2023 has 28 days"));
  EXPECT_THAT(parse_date("2100-02-29").error().what, HasSubstr("February 2100 has 28 days"));
  EXPECT_THAT(parse_date("2024-04-31").error().what, HasSubstr("April 2024 has 30 days"));
  EXPECT_THAT(parse_date("2024-04-00").error().what, HasSubstr("April 2024 has 30 days"));
  EXPECT_THAT(parse_date("2024-13-01").error().what, HasSubstr("months go from 01 to 12"));
}

TEST(ParseDate, RefusesOtherForms) {
  for (const char* text : {"", "2024", "2024-2-1", "01/02/2024", "20240201", "2024-02-01 ", " 2024-02-01",
                           "2024-02-01T00:00", "-024-02-01", "2024-0a-01"}) {
    const auto date = parse_date(text);
    ASSERT_FALSE(date.has_value()) << text;
    EXPECT_THAT(date.error().what, HasSubstr("is not an ISO 8601 date"));
    EXPECT_EQ(date.error().hint, "example: 2024-02-01");
  }
}

TEST(ParseDateTime, KnownInstants) {
  EXPECT_EQ(at("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(at("2024-02-01T00:00:00Z"), 1706745600 * kSecond_ns);
  EXPECT_EQ(at("1960-06-15T12:34:56Z"), -301231504 * kSecond_ns);
  EXPECT_EQ(at("2261-12-31T23:59:59.999999999Z"), 9214646399 * kSecond_ns + 999'999'999);
  EXPECT_EQ(at("1678-01-01T00:00:00Z"), -9214560000 * kSecond_ns);
}

TEST(ParseDateTime, AllSpellingsOfOneInstant) {
  const std::int64_t noon = at("2024-02-29T12:00:00Z");
  for (const char* text :
       {"2024-02-29T12:00", "2024-02-29 12:00", "2024-02-29T12:00:00", "2024-02-29T12:00Z",
        "2024-02-29 12:00:00.0", "2024-02-29T12:00:00,000000000Z", "2024-02-29T13:00+01:00",
        "2024-02-29T06:30:00-05:30", "2024-03-01T06:00:00+18:00", "2024-02-29T12:00-00:00"})
    EXPECT_EQ(at(text), noon) << text;
  EXPECT_EQ(at("2024-02-29"), at("2024-02-29T00:00:00Z"));
}

TEST(ParseDateTime, Fractions) {
  const std::int64_t base = at("2024-02-01T00:00:00Z");
  EXPECT_EQ(at("2024-02-01T00:00:00.5Z"), base + 500'000'000);
  EXPECT_EQ(at("2024-02-01T00:00:00.000000001"), base + 1);
  EXPECT_EQ(at("2024-02-01T00:00:00.123456789+00:00"), base + 123'456'789);
  EXPECT_EQ(at("1969-12-31T23:59:59.75Z"), -250'000'000);
  EXPECT_THAT(refused("2024-02-01T00:00:00.1234567891Z").what, HasSubstr("more than 9 digits"));
}

TEST(ParseDateTime, SecondSixtyIsTheNextSecond) {
  EXPECT_EQ(at("2016-12-31T23:59:60Z"), at("2017-01-01T00:00:00Z"));
  EXPECT_EQ(at("2016-12-31T23:59:60.25Z"), at("2017-01-01T00:00:00.25Z"));
  // 02:00 does not exist on this day in Warsaw, but the second after 01:59:59 does.
  EXPECT_EQ(in_utc("2024-03-31T01:59:60", "Europe/Warsaw"), "2024-03-31T01:00:00Z");
  EXPECT_THAT(refused("2016-12-31T23:59:61Z").what, HasSubstr("seconds go from 00 to 60"));
}

TEST(ParseDateTime, OtherFormsAreRefusedWithAnExample) {
  for (const char* text :
       {"", "now", "01/02/2024", "2024-02-01T", "2024-02-01T12", "2024-02-01T1200", "2024-02-01  12:00",
        "2024-02-01T12:00:00.", "2024-02-01T12:00:00.Z", "2024-02-01T12:00:00z", "2024-02-01t12:00:00",
        "2024-02-01T12:00:00+1:00", "2024-02-01T12:00:00+0100", "2024-02-01T12:00:00ZZ", "2024-02-01Z",
        "2024-02-01T12:00:0", "+2024-02-01T12:00:00"}) {
    const Error error = refused(text);
    EXPECT_EQ(error.what, "'" + std::string(text) + "' is not an ISO 8601 date-time");
    EXPECT_EQ(error.hint, "example: 2024-02-01T00:00:00Z");
  }
}

TEST(ParseDateTime, ImpossibleTimesSayWhy) {
  EXPECT_THAT(refused("2024-02-30T12:00:00").what, HasSubstr("February 2024 has 29 days"));
  EXPECT_THAT(refused("2024-02-01T24:00:00").what, HasSubstr("00:00 of the next day"));
  EXPECT_THAT(refused("2024-02-01T25:00:00").what, HasSubstr("hours go from 00 to 23"));
  EXPECT_THAT(refused("2024-02-01T12:60:00").what, HasSubstr("minutes go from 00 to 59"));
  EXPECT_THAT(refused("2024-02-01T12:00:00+19:00").what, HasSubstr("impossible offset"));
  EXPECT_THAT(refused("2024-02-01T12:00:00+01:60").what, HasSubstr("impossible offset"));
  EXPECT_THAT(refused("9999-12-31T00:00:00Z").what, HasSubstr("years go from 1678 to 2261"));
  EXPECT_THAT(refused("1600-01-01T00:00:00Z").what, HasSubstr("years go from 1678 to 2261"));
}

TEST(ParseDateTime, ZonesGiveTheOffset) {
  EXPECT_EQ(in_utc("2024-01-15T12:00", "Europe/Warsaw"), "2024-01-15T11:00:00Z");
  EXPECT_EQ(in_utc("2024-07-15T12:00", "Europe/Warsaw"), "2024-07-15T10:00:00Z");
  EXPECT_EQ(in_utc("2024-01-15T12:00", "America/New_York"), "2024-01-15T17:00:00Z");
  EXPECT_EQ(in_utc("2024-01-15T12:00", "Australia/Sydney"), "2024-01-15T01:00:00Z");
  EXPECT_EQ(in_utc("2024-07-15T12:00", "Australia/Sydney"), "2024-07-15T02:00:00Z");
  EXPECT_EQ(in_utc("2024-07-15T12:00", "Asia/Kolkata"), "2024-07-15T06:30:00Z");
  EXPECT_EQ(in_utc("1960-07-15T12:00", "Asia/Tokyo"), "1960-07-15T03:00:00Z");
  EXPECT_EQ(in_utc("2200-07-15T12:00", "Asia/Tokyo"), "2200-07-15T03:00:00Z");
  EXPECT_EQ(in_utc("2024-07-15T12:00", "+05:45"), "2024-07-15T06:15:00Z");
  EXPECT_EQ(in_utc("2024-07-15T12:00", "-03:00"), "2024-07-15T15:00:00Z");
  // An offset in the text wins over the zone.
  EXPECT_EQ(in_utc("2024-07-15T12:00Z", "Europe/Warsaw"), "2024-07-15T12:00:00Z");
}

TEST(ParseDateTime, GapShowsBothReadings) {
  const Error warsaw = refused("2024-03-31T02:30:00", "Europe/Warsaw");
  EXPECT_EQ(warsaw.what,
            "'2024-03-31T02:30:00' does not exist in Europe/Warsaw: the clock is set forward from +01:00 to "
            "+02:00");
  EXPECT_THAT(warsaw.hint,
              AllOf(HasSubstr("2024-03-31T03:30:00+02:00"), HasSubstr("2024-03-31T01:30:00+01:00")));
  const Error new_york = refused("2024-03-10 02:00", "America/New_York");
  EXPECT_THAT(new_york.hint,
              AllOf(HasSubstr("2024-03-10T03:00:00-04:00"), HasSubstr("2024-03-10T01:00:00-05:00")));
  EXPECT_THAT(refused("2024-10-06T02:15", "Australia/Sydney").hint, HasSubstr("2024-10-06T03:15:00+11:00"));
}

TEST(ParseDateTime, GapIsHalfOpen) {
  EXPECT_EQ(in_utc("2024-03-31T01:59:59.999999999", "Europe/Warsaw"), "2024-03-31T00:59:59.999999999Z");
  EXPECT_EQ(in_utc("2024-03-31T03:00:00", "Europe/Warsaw"), "2024-03-31T01:00:00Z");
  refused("2024-03-31T02:00:00", "Europe/Warsaw");
  refused("2024-03-31T02:59:59.999", "Europe/Warsaw");
}

TEST(ParseDateTime, OverlapShowsBothReadings) {
  const Error warsaw = refused("2024-10-27T02:30:00", "Europe/Warsaw");
  EXPECT_EQ(warsaw.what,
            "'2024-10-27T02:30:00' happens twice in Europe/Warsaw, with +02:00 and with +01:00: the clock is "
            "set back");
  EXPECT_THAT(warsaw.hint,
              AllOf(HasSubstr("2024-10-27T02:30:00+02:00"), HasSubstr("2024-10-27T02:30:00+01:00")));
  EXPECT_THAT(refused("2024-11-03T01:00", "America/New_York").what, HasSubstr("with -04:00 and with -05:00"));
  EXPECT_THAT(refused("2024-04-07T02:30", "Australia/Sydney").what, HasSubstr("with +11:00 and with +10:00"));
  // What the hint shows is accepted and differs by the hour.
  EXPECT_EQ(at("2024-10-27T02:30:00+01:00") - at("2024-10-27T02:30:00+02:00"), 3600 * kSecond_ns);
}

TEST(ParseDateTime, UnknownZones) {
  EXPECT_THAT(refused("2024-01-01", "Mars/Olympus").what,
              HasSubstr("'Mars/Olympus' is not a known time zone"));
  EXPECT_THAT(refused("2024-01-01", "Mars/Olympus").hint, HasSubstr("example: Europe/Warsaw"));
  EXPECT_EQ(refused("2024-01-01", "europe/warsaw").hint, "did you mean Europe/Warsaw?");
  EXPECT_EQ(refused("2024-01-01", "Tokyo").hint, "did you mean Asia/Tokyo?");
  refused("2024-01-01", "../../etc/passwd");
  refused("2024-01-01", "");
}

TEST(ParseDateTime, RulesAfter2037AreNotGuessed) {
  EXPECT_EQ(in_utc("2037-07-15T12:00", "Europe/Warsaw"), "2037-07-15T10:00:00Z");
  const Error error = refused("2040-07-15T12:00", "Europe/Warsaw");
  EXPECT_THAT(error.what, HasSubstr("known up to 2037"));
  EXPECT_THAT(error.hint, HasSubstr("give the offset"));
}

TEST(ParseEventTime, StrictForms) {
  EXPECT_EQ(parse_event_time("2024-02-01T00:00:00.001Z", 3, false), 1706745600001);
  EXPECT_EQ(parse_event_time("2025-08-09T12:34:56.789012+00:00", 6, true), 1754742896789012);
  EXPECT_EQ(parse_event_time("1960-01-01T00:00:00.999Z", 3, false), -315619199001);
  EXPECT_EQ(parse_event_time("9999-12-31T23:59:59.999Z", 3, false), 253402300799999);
  EXPECT_EQ(parse_event_time("2024-02-29T23:59:59Z", 0, false), 1709251199);
  EXPECT_FALSE(parse_event_time("9999-12-31T23:59:59.000000000Z", 9, false).has_value());
}

TEST(ParseEventTime, RefusesEverythingElse) {
  for (const char* text :
       {"", "2024-02-01T00:00:00Z", "2024-02-01T00:00:00.1Z", "2024-02-01T00:00:00.0011Z",
        "2024-02-01 00:00:00.001Z", "2024-02-01T00:00:00.001", "2024-02-01T00:00:00.001+00:00",
        "2024-02-01T00:00:00,001Z", "2024-02-01T00:00:00.001Z ", "2024-02-01T00:00:00.00 Z",
        "2024-02-30T00:00:00.001Z", "2024-02-01T24:00:00.000Z", "2024-02-01T23:59:60.000Z"})
    EXPECT_FALSE(parse_event_time(text, 3, false).has_value()) << text;
  EXPECT_FALSE(parse_event_time("2024-02-01T00:00:00.001000Z", 6, true).has_value());
  EXPECT_FALSE(parse_event_time("2024-02-01T00:00:00.001000-00:00", 6, true).has_value());
}

TEST(FormatDateTime, ShowsOnlyTheDigitsThatAreThere) {
  EXPECT_EQ(format_datetime(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_datetime(1'000'000), "1970-01-01T00:00:00.001Z");
  EXPECT_EQ(format_datetime(1'001'000), "1970-01-01T00:00:00.001001Z");
  EXPECT_EQ(format_datetime_us(1'001), "1970-01-01T00:00:00.001001Z");
  EXPECT_EQ(format_datetime_us(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_datetime_us(2'932'896 * 86'400'000'000), "9999-12-31T00:00:00Z");
  EXPECT_EQ(format_datetime(INT64_MIN), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(format_datetime(1), "1970-01-01T00:00:00.000000001Z");
  EXPECT_EQ(format_datetime(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(format_datetime(-86'400 * kSecond_ns), "1969-12-31T00:00:00Z");
}

TEST(FormatDateTime, RoundTrips) {
  for (std::int64_t ns = -9'000'000'000'000'000'000; ns < 9'000'000'000'000'000'000;
       ns += 7'654'321'098'765'432)
    ASSERT_EQ(at(format_datetime(ns)), ns);
}

}  // namespace
}  // namespace racesim
