// Goal: users fit their countries, grow over time, and never share a name or an address, at any count;
// vehicles and locations are what the formats promise. Method: the word lists are checked exhaustively, which
// is what the construction of unique names rests on; then a million users are sorted.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/time_text.h"
#include "model/master.h"
#include "model/vehicle.h"
#include "sim/master/cities.h"
#include "sim/master/generator.h"
#include "sim/master/text/login.h"
#include "sim/master/text/people.h"
#include "sim/master/text/word_list.h"

namespace racesim {
namespace {

RowBatch rows_of(const char* entity, const MasterPlan& plan) {
  const auto generator = find_master_entity(entity)->make(plan);
  RowBatch batch(generator->schema());
  generator->fill(0, generator->count(), batch);
  return batch;
}

void expect_distinct(std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  const auto twin = std::adjacent_find(values.begin(), values.end());
  EXPECT_EQ(twin, values.end()) << *twin;
}

TEST(MasterLogins, NoTwoPairsOfWordsSpellTheSame) {
  std::vector<std::string> bases;
  for (const LoginPool& pool : login_pools())
    for (const std::string& first : pool.first())
      for (const std::string& second : pool.second()) {
        bases.push_back(first + second);
        bases.push_back(second + first);
      }
  for (const std::string& base : bases)
    ASSERT_EQ(base.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), std::string::npos) << base;
  expect_distinct(std::move(bases));
}

TEST(MasterLogins, UsesOfOnePairDifferFarBeyondTheShortNumbers) {
  const LoginPool pool({"ada"}, {"quill"});
  std::vector<std::string> names;
  std::vector<std::string> addresses;
  Login login;
  for (std::uint64_t use = 0; use < 60'000; ++use) {
    pool.make(3, use, login);
    names.push_back(login.username);
    addresses.push_back(login.email);
  }
  expect_distinct(std::move(names));
  expect_distinct(std::move(addresses));
}

TEST(MasterNames, EveryCityHasAGroupOfNames) {
  std::set<std::string_view> named;
  for (const NameGroup& group : name_groups()) {
    EXPECT_GE(group.given.size(), 8U);
    EXPECT_GE(group.family.size(), 8U);
    for (const std::string_view country : split_words(group.countries))
      EXPECT_TRUE(named.insert(country).second) << country;
  }
  for (const City& city : cities()) EXPECT_TRUE(named.contains(city.country)) << city.country;
}

TEST(MasterUsers, AMillionShareNothing) {
  MasterPlan plan;
  plan.seed = 90'001;
  plan.users = 1'000'000;
  const RowBatch users = rows_of("users", plan);
  std::vector<std::string> names;
  std::vector<std::string> addresses;
  std::vector<Uuid> ids;
  for (const UserRow& row : users.rows<UserRow>()) {
    names.emplace_back(users.text(row.username));
    addresses.emplace_back(users.text(row.email));
    ids.push_back(row.user_id);
  }
  expect_distinct(std::move(names));
  expect_distinct(std::move(addresses));
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

TEST(MasterUsers, LiveWhereLocationsAreByListeners) {
  MasterPlan plan;
  plan.seed = 90'002;
  plan.users = 50'000;
  plan.locations = 40;
  std::map<std::string, double> listeners;
  double total = 0;
  const RowBatch locations = rows_of("locations", plan);
  for (std::size_t i = 0; i < plan.locations; ++i) {
    const City& city = cities()[cities_by_rank()[i]];
    EXPECT_EQ(locations.text(locations.rows<LocationRow>()[i].city), city.name);
    listeners[std::string(city.country)] += static_cast<double>(listeners_of(city));
    total += static_cast<double>(listeners_of(city));
  }
  std::map<std::string, double> users_in;
  const RowBatch users = rows_of("users", plan);
  for (const UserRow& row : users.rows<UserRow>()) ++users_in[std::string(users.text(row.country))];
  for (const auto& [country, count] : users_in) EXPECT_TRUE(listeners.contains(country)) << country;
  for (const auto& [country, people] : listeners)
    EXPECT_NEAR(users_in[country] / 50'000, people / total, 0.002) << country;
}

// The shipped counts: users are where music services are used, and none where there are none.
TEST(MasterUsers, AreWhereListenersAre) {
  MasterPlan plan;
  std::map<std::string, int> users_in;
  const RowBatch users = rows_of("users", plan);
  for (const UserRow& row : users.rows<UserRow>()) ++users_in[std::string(users.text(row.country))];
  EXPECT_EQ(users_in["KP"], 0);
  EXPECT_LT(users_in["CN"], 250);
  EXPECT_GT(users_in["US"], 400);
  for (const char* country : {"GB", "BR", "JP", "MX", "DE"}) EXPECT_GT(users_in[country], 50) << country;
  for (const City& city : cities()) EXPECT_NE(city.name, "New Territories");
}

// Family names that only men or only women bear stand with given names of that sex.
TEST(MasterNames, GenderedFamilyNamesFitTheGivenOnes) {
  const auto shares_group = [](std::string_view given, std::string_view family) {
    for (const NameGroup& group : name_groups()) {
      const auto has = [](const std::vector<std::string_view>& names, std::string_view name) {
        return std::find(names.begin(), names.end(), name) != names.end();
      };
      if (has(group.given, given) && has(group.family, family)) return true;
    }
    return false;
  };
  EXPECT_TRUE(shares_group("Anastasia", "Kovalenko"));
  for (const char* given :
       {"Anastasia", "Olga", "Agnieszka", "Tereza", "Desislava", "Snezhana", "Ruta", "Eleni"})
    for (const NameGroup& group : name_groups())
      for (const std::string_view family : group.family)
        for (const char* ending : {"ov", "ev", "ski", "auskas", "adakis", "ny", "sky"})
          if (family.ends_with(ending)) {
            EXPECT_FALSE(shares_group(given, family)) << given << ' ' << family;
          }
}

TEST(MasterUsers, RegisterInOrderFaster) {
  MasterPlan plan;
  plan.users = 20'000;
  const RowBatch users = rows_of("users", plan);
  std::map<int, int> per_year;
  std::int32_t before = static_cast<std::int32_t>(days_from_civil({2010, 1, 1}));
  for (const UserRow& row : users.rows<UserRow>()) {
    ASSERT_GE(row.registration_date.days, before);
    before = row.registration_date.days;
    ++per_year[civil_from_days(before).year];
  }
  EXPECT_LE(before, parse_date(kMasterLastDate).value());
  EXPECT_EQ(per_year.size(), 14U);
  for (int year = 2011; year <= 2023; ++year) EXPECT_GT(per_year[year], per_year[year - 1]) << year;
}

TEST(MasterUsers, AddressesAreInReservedDomains) {
  MasterPlan plan;
  const RowBatch users = rows_of("users", plan);
  for (const UserRow& row : users.rows<UserRow>()) {
    const std::string_view address = users.text(row.email);
    const std::string_view domain = address.substr(address.find('@') + 1);
    EXPECT_TRUE(domain.ends_with(".example") || domain == "example.com" || domain == "example.org" ||
                domain == "example.net")
        << address;
  }
}

TEST(MasterCities, AreThoseOfTheDataFolder) {
  std::ifstream file(RACESIM_SOURCE_DIR "/data/cities.csv");
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, "city,country_code,latitude,longitude,timezone,population");
  std::size_t count = 0;
  for (; std::getline(file, line); ++count) {
    ASSERT_LT(count, kCityCount);
    const auto cells = split_words(line, ',');
    const City& city = cities()[count];
    EXPECT_EQ(cells[0], city.name);
    EXPECT_EQ(cells[1], city.country);
    EXPECT_NEAR(std::stod(std::string(cells[2])) * 1e6, city.latitude_udeg, 0.5);
    EXPECT_NEAR(std::stod(std::string(cells[3])) * 1e6, city.longitude_udeg, 0.5);
    EXPECT_EQ(std::stoul(std::string(cells[5])), city.population);
    if (count > 0 && cities()[count - 1].country == city.country) {
      EXPECT_GE(cities()[count - 1].population, city.population);
    }
  }
  EXPECT_EQ(count, kCityCount);
}

TEST(MasterLocations, AHundredSpreadOverManyCountries) {
  MasterPlan plan;
  const RowBatch locations = rows_of("locations", plan);
  std::set<std::string_view> countries;
  for (const LocationRow& row : locations.rows<LocationRow>())
    countries.insert(locations.text(row.country_code));
  EXPECT_GE(countries.size(), 60U);
}

TEST(MasterVehicles, StartWithTheCarOfWarsaw) {
  MasterPlan plan;
  plan.vehicles = 120;
  const RowBatch vehicles = rows_of("vehicles", plan);
  const auto rows = vehicles.rows<VehicleRow>();
  EXPECT_EQ(vehicles.text(rows[0].vehicle_id), "TESTCAR01");
  EXPECT_EQ(vehicles.text(rows[0].home_city), "Warsaw");
  EXPECT_EQ(rows[0].home_latitude_udeg, 52'230'400);
  EXPECT_EQ(rows[0].redline_rpm, 6500);
  EXPECT_EQ(vehicles.text(rows[9].vehicle_id), "TESTCAR10");
  EXPECT_EQ(vehicles.text(rows[119].vehicle_id), "TESTCAR120");
  for (const VehicleRow& row : rows) {
    EXPECT_GE(row.redline_rpm, row.fuel_type == Fuel::diesel ? 4500 : 6000);
    EXPECT_GE(row.tank_dl, 300);
    EXPECT_GE(row.model_year, 2014);
    EXPECT_LE(row.model_year, 2023);
  }
}

}  // namespace
}  // namespace racesim
