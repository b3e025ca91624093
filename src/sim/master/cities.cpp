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

std::array<std::uint16_t, kCityCount> rank_cities() {
  std::array<std::uint64_t, kCityCount> rank_in_country{};
  for (std::size_t i = 0; i < kCityCount; ++i) {
    const bool same = i > 0 && kCities[i].country == kCities[i - 1].country;
    rank_in_country[i] = same ? rank_in_country[i - 1] + 1 : 1;
  }
  std::array<std::uint16_t, kCityCount> order{};
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  std::sort(order.begin(), order.end(), [&](std::uint16_t a, std::uint16_t b) {
    const std::uint64_t left = kCities[a].population * rank_in_country[b];
    const std::uint64_t right = kCities[b].population * rank_in_country[a];
    return left != right ? left > right : a < b;
  });
  return order;
}

}  // namespace

std::span<const City, kCityCount> cities() {
  return kCities;
}

const std::array<std::uint16_t, kCityCount>& cities_by_rank() {
  static const auto order = rank_cities();
  return order;
}

CityPicker::CityPicker(std::vector<std::uint16_t> indices) : indices_(std::move(indices)) {
  RACESIM_CHECK(!indices_.empty());
  std::uint64_t sum = 0;
  for (const std::uint16_t index : indices_) population_up_to_.push_back(sum += kCities[index].population);
}

std::uint16_t CityPicker::pick(double u) const {
  const auto target = static_cast<std::uint64_t>(u * static_cast<double>(population_up_to_.back()));
  const auto at = std::upper_bound(population_up_to_.begin(), population_up_to_.end() - 1, target);
  return indices_[static_cast<std::size_t>(at - population_up_to_.begin())];
}

}  // namespace racesim
