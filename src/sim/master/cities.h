// The built-in cities: real names, countries and places. Contains data from GeoNames, CC BY 4.0.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace racesim {

struct City {
  std::string_view name;     ///< UTF-8
  std::string_view country;  ///< ISO 3166-1 alpha-2
  std::int32_t latitude_udeg;
  std::int32_t longitude_udeg;
  std::uint32_t population;
};

inline constexpr std::size_t kCityCount = 652;

/// In the order of data/cities.csv: by country, then by falling population.
std::span<const City, kCityCount> cities();

/// About how many of the city's people listen to music in such a service; none where there is none.
std::uint64_t listeners_of(const City& city);

/// Indices into cities(), most wanted first: by listeners divided by the city's rank in its country, so that
/// a short list already spreads over many countries (the first 100 cover 63).
const std::array<std::uint16_t, kCityCount>& cities_by_rank();

/// Picks a city by weight in O(log n).
class CityPicker {
 public:
  /// `indices` point into cities(); not empty.
  enum class By : std::uint8_t { population, listeners };
  explicit CityPicker(std::vector<std::uint16_t> indices, By by = By::population);

  /// The city at the share `u` of the weight, u in [0, 1).
  std::uint16_t pick(double u) const;
  std::span<const std::uint16_t> indices() const { return indices_; }

 private:
  std::vector<std::uint16_t> indices_;
  std::vector<std::uint64_t> weight_up_to_;
};

}  // namespace racesim
