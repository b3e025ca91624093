// Goal: our table gives the places of the world the time that their clocks show, to the minute.
// Method: every built-in city against the IANA zone of the system's database, all through 2024 and 2025 and
// at both sides of every change; then the rules one by one, unknown places, and the changes' search.
#include "sim/plays/plan/place_time.h"

#include <date/tz.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "base/time_text.h"

namespace racesim {
namespace {

struct City {
  const char* country;
  double longitude_deg;
  const char* zone;
  const char* name;
};

const City kCities[] = {
#include "place_time_cases.inc"
};

constexpr std::int64_t kMinute_ms = 60'000;
constexpr std::int64_t kNever_ms = std::numeric_limits<std::int64_t>::max();

std::int64_t ms(const char* text) {
  return parse_datetime(text, "UTC").value() / 1'000'000;
}

int iana_minutes(const char* zone, std::int64_t utc_ms) {
  const auto info = date::locate_zone(zone)->get_info(date::sys_seconds{std::chrono::seconds{utc_ms / 1000}});
  return static_cast<int>(info.offset.count() / 60);
}

/// Every 5 days and 7 hours of 2024 and 2025, and a minute before and after each change of the zone.
std::vector<std::int64_t> instants(const char* zone) {
  std::vector<std::int64_t> result;
  const std::int64_t begin = ms("2024-01-01");
  const std::int64_t end = ms("2026-01-01");
  for (std::int64_t t = begin; t < end; t += 127 * 60 * kMinute_ms) result.push_back(t);
  auto info = date::locate_zone(zone)->get_info(date::sys_seconds{std::chrono::seconds{begin / 1000}});
  while (info.end < date::sys_seconds{std::chrono::seconds{end / 1000}}) {
    const std::int64_t change = info.end.time_since_epoch().count() * 1000;
    result.push_back(change - 1);
    result.push_back(change);
    info = date::locate_zone(zone)->get_info(info.end);
  }
  return result;
}

TEST(PlaceTime, BuiltInCitiesShowTheirTime) {
  std::set<std::string> wrong;
  std::set<std::string> countries;
  for (const City& city : kCities) {
    countries.insert(city.country);
    const OffsetRule rule = offset_rule(city.country, city.longitude_deg);
    for (const std::int64_t t : instants(city.zone)) {
      if (offset_minutes(rule, t) == iana_minutes(city.zone, t)) continue;
      wrong.insert(std::string(city.name) + " at " + format_datetime(t * 1'000'000));
      break;
    }
  }
  EXPECT_EQ(std::size(kCities), 653U);
  EXPECT_EQ(countries.size(), 171U);
  EXPECT_EQ(wrong, std::set<std::string>{}) << "a city may be off its zone only if the table says why";
}

TEST(PlaceTime, RulesHoldFrom2023To2026) {
  const struct {
    const char* country;
    double longitude_deg;
    const char* zone;
  } places[] = {{"PL", 21.0, "Europe/Warsaw"},
                {"US", -74.0, "America/New_York"},
                {"US", -157.9, "Pacific/Honolulu"},
                {"US", -149.9, "America/Anchorage"},
                {"AU", 151.2, "Australia/Sydney"},
                {"AU", 153.0, "Australia/Brisbane"},
                {"AU", 130.8, "Australia/Darwin"},
                {"NZ", 174.8, "Pacific/Auckland"},
                {"NZ", -176.6, "Pacific/Chatham"},
                {"CL", -70.6, "America/Santiago"},
                {"PY", -57.6, "America/Asuncion"},
                {"EG", 31.2, "Africa/Cairo"},
                {"IL", 35.2, "Asia/Jerusalem"},
                {"LB", 35.5, "Asia/Beirut"},
                {"PS", 34.5, "Asia/Gaza"},
                {"MA", -7.6, "Africa/Casablanca"},
                {"MD", 28.8, "Europe/Chisinau"},
                {"CU", -82.4, "America/Havana"},
                {"KZ", 76.9, "Asia/Almaty"},
                {"KZ", 65.5, "Asia/Qyzylorda"},
                {"RU", 158.6, "Asia/Kamchatka"},
                {"RU", 20.5, "Europe/Kaliningrad"},
                {"BR", -67.8, "America/Rio_Branco"},
                {"CA", -52.7, "America/St_Johns"},
                {"CA", -104.6, "America/Regina"},
                {"MX", -86.9, "America/Cancun"},
                {"MX", -111.0, "America/Hermosillo"},
                {"ID", 140.7, "Asia/Jayapura"},
                {"PT", -25.7, "Atlantic/Azores"},
                {"MN", 91.6, "Asia/Hovd"},
                {"KI", -157.4, "Pacific/Kiritimati"},
                {"LU", 6.1, "Europe/Luxembourg"},
                {"NF", 168.0, "Pacific/Norfolk"},
                {"NP", 85.3, "Asia/Kathmandu"}};
  for (const auto& place : places) {
    const OffsetRule rule = offset_rule(place.country, place.longitude_deg);
    for (std::int64_t t = ms("2023-01-01"); t < ms("2027-01-01"); t += 60 * kMinute_ms)
      ASSERT_EQ(offset_minutes(rule, t), iana_minutes(place.zone, t))
          << place.zone << " at " << format_datetime(t * 1'000'000);
  }
}

TEST(PlaceTime, UnknownCountriesFollowTheSun) {
  EXPECT_EQ(offset_rule("ZZ", 0), (OffsetRule{0, DstFamily::none}));
  EXPECT_EQ(offset_rule("", 22.4), (OffsetRule{60, DstFamily::none}));
  EXPECT_EQ(offset_rule("ZZ", 22.6), (OffsetRule{120, DstFamily::none}));
  EXPECT_EQ(offset_rule("ZZ", -7.4), (OffsetRule{0, DstFamily::none}));
  EXPECT_EQ(offset_rule("ZZ", -7.6), (OffsetRule{-60, DstFamily::none}));
  EXPECT_EQ(offset_rule("ZZ", 180), (OffsetRule{720, DstFamily::none}));
  EXPECT_EQ(offset_rule("ZZ", -180), (OffsetRule{-720, DstFamily::none}));
  EXPECT_EQ(offset_rule("U", -74), (OffsetRule{-300, DstFamily::none}));
}

TEST(PlaceTime, TheNextChangeIsWhereTheOffsetChanges) {
  for (const City& city : kCities) {
    const OffsetRule rule = offset_rule(city.country, city.longitude_deg);
    std::int64_t t = ms("2022-06-01");
    for (int i = 0; i < 8; ++i) {
      const std::int64_t change = next_offset_change_ms(rule, t);
      if (change == kNever_ms) break;
      ASSERT_GT(change, t);
      ASSERT_EQ(offset_minutes(rule, t), offset_minutes(rule, change - 1)) << city.name;
      ASSERT_NE(offset_minutes(rule, change - 1), offset_minutes(rule, change)) << city.name;
      t = change;
    }
  }
  EXPECT_EQ(next_offset_change_ms(offset_rule("JP", 139.7), 0), kNever_ms);
  EXPECT_EQ(next_offset_change_ms(offset_rule("KZ", 76.9), 0), ms("2024-02-29T18:00:00Z"));
  EXPECT_EQ(next_offset_change_ms(offset_rule("KZ", 76.9), ms("2024-03-01")), kNever_ms);
  EXPECT_EQ(next_offset_change_ms(offset_rule("PY", -57.6), ms("2025-01-01")), kNever_ms);
}

TEST(PlaceTime, HoldsFarFromToday) {
  const OffsetRule warsaw = offset_rule("PL", 21.0);
  EXPECT_EQ(offset_minutes(warsaw, ms("1960-07-01")), 120);
  EXPECT_EQ(offset_minutes(warsaw, ms("1960-01-01")), 60);
  EXPECT_EQ(offset_minutes(warsaw, ms("2200-07-01")), 120);
}

}  // namespace
}  // namespace racesim
