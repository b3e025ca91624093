#include "sim/master/cities.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace racesim {
namespace {

constexpr City kCities[] = {
#include "sim/master/cities.inc"
};
static_assert(std::size(kCities) == kCityCount);

struct Listening {
  std::uint64_t per_mille;  ///< of the people
  std::string_view countries;
};
// How many of a city's people use such a service, roughly, so that users are where listeners are and not
// where most people live; our own figures, after where the large services are offered and used.
constexpr Listening kListening[] = {
    {1000, "US"},
    {800, "GB CA AU NZ IE SE NO DK FI IS NL"},
    {600, "DE FR ES IT PT BE AT CH LU KR JP BR MX CL AR"},
    {450, "PL CZ SK HU GR RO HR SI EE LV LT IL TW HK SG MO AE QA KW BH CY MT PH CO PE UY CR PR"},
    {250,
     "TR SA ID MY TH ZA EC PA DO GT BO PY HN SV NI RS BA MK ME AL BG UA MD GE AM EG MA NG KE GH JO LB TN"},
    {60, "IN VN RU KZ PK BD LK NP"},
    {20, "CN IR IQ MM CU CD AF YE SY SO SD SS ER TM UZ TJ KG LY"},
    {0, "KP"},
};
constexpr std::uint64_t kElsewherePerMille = 100;

std::uint64_t listening_per_mille(std::string_view country) {
  for (const Listening& group : kListening)
    if (group.countries.find(country) != std::string_view::npos) return group.per_mille;
  return kElsewherePerMille;
}

std::array<std::uint16_t, kCityCount> rank_cities() {
  std::array<std::uint64_t, kCityCount> rank_in_country{};
  for (std::size_t i = 0; i < kCityCount; ++i) {
    const bool same = i > 0 && kCities[i].country == kCities[i - 1].country;
    rank_in_country[i] = same ? rank_in_country[i - 1] + 1 : 1;
  }
  std::array<std::uint16_t, kCityCount> order{};
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  std::sort(order.begin(), order.end(), [&](std::uint16_t a, std::uint16_t b) {
    const std::uint64_t left = listeners_of(kCities[a]) * rank_in_country[b];
    const std::uint64_t right = listeners_of(kCities[b]) * rank_in_country[a];
    return left != right ? left > right : a < b;
  });
  return order;
}

}  // namespace

std::uint64_t listeners_of(const City& city) {
  return city.population * listening_per_mille(city.country) / 1000;
}

std::span<const City, kCityCount> cities() {
  return kCities;
}

const std::array<std::uint16_t, kCityCount>& cities_by_rank() {
  static const auto order = rank_cities();
  return order;
}

CityPicker::CityPicker(std::vector<std::uint16_t> indices, By by) : indices_(std::move(indices)) {
  RACESIM_CHECK(!indices_.empty());
  std::uint64_t sum = 0;
  for (const std::uint16_t index : indices_)
    weight_up_to_.push_back(sum +=
                            by == By::population ? kCities[index].population : listeners_of(kCities[index]));
}

std::uint16_t CityPicker::pick(double u) const {
  const auto target = static_cast<std::uint64_t>(u * static_cast<double>(weight_up_to_.back()));
  const auto at = std::upper_bound(weight_up_to_.begin(), weight_up_to_.end() - 1, target);
  return indices_[static_cast<std::size_t>(at - weight_up_to_.begin())];
}

}  // namespace racesim
