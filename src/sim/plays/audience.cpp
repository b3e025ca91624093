#include "sim/plays/audience.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/detmath.h"
#include "base/random.h"
#include "model/master.h"

namespace racesim::plays {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

std::uint64_t fold(const Uuid& id) {
  std::uint64_t words[2];
  std::memcpy(words, id.bytes.data(), 16);
  return mix64(words[0]) ^ words[1];
}

/// Roughly normal, mean 0, variance 1: the sum of four 16-bit uniforms.
double normal(std::uint64_t bits) {
  double sum = 0;
  for (int i = 0; i < 4; ++i) sum += static_cast<double>((bits >> (16 * i)) & 0xffff) / 65536.0;
  return (sum - 2.0) * 1.7320508075688772;
}

// Shares of the devices as people's main one and as the other one; our own figures.
constexpr double kMainDevice[kDeviceCount] = {0.58, 0.20, 0.07, 0.10, 0.05};
constexpr double kOtherDevice[kDeviceCount] = {0.38, 0.24, 0.12, 0.16, 0.10};

Device draw_device(const double (&shares)[kDeviceCount], double uniform) {
  std::size_t device = 0;
  while (device + 1 < kDeviceCount && uniform >= shares[device]) uniform -= shares[device++];
  return static_cast<Device>(device);
}

/// Lamere 2014: teenagers skip more than half of their songs, people in their early thirties least. Mean 1
/// over the ages that make_listener() draws.
double skip_factor_of_age(double age_years) {
  if (age_years < 20) return 1.22;
  if (age_years < 25) return 1.09;
  if (age_years < 30) return 0.94;
  if (age_years < 36) return 0.82;
  if (age_years < 50) return 0.89;
  return 0.93;
}

}  // namespace

Audience::Audience(const RowBatch& users, const RowBatch& locations, std::uint64_t seed) {
  read_locations(locations);
  const auto rows = users.rows<UserRow>();
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i)
    order[i] = {draw(stream_key(seed, "plays.order", fold(rows[i].user_id)), 0), i};
  std::sort(order.begin(), order.end());
  listeners_.reserve(order.size());
  ids_.reserve(order.size());
  for (const auto& [key, row] : order) {
    listeners_.push_back(make_listener(users, row, seed));
    ids_.push_back(rows[row].user_id);
  }
  add_up_growth();
}

void Audience::read_locations(const RowBatch& locations) {
  std::uint32_t index = 0;
  for (const LocationRow& row : locations.rows<LocationRow>()) {
    const OffsetRule rule = offset_rule(locations.text(row.country_code), row.longitude_udeg / 1e6);
    auto known = std::find(rules_.begin(), rules_.end(), rule);
    if (known == rules_.end()) known = rules_.insert(rules_.end(), rule);
    location_rules_.push_back(static_cast<std::uint16_t>(known - rules_.begin()));
    location_ids_.push_back(row.location_id);
    by_country_.emplace_back(locations.text(row.country_code), index++);
  }
  std::sort(by_country_.begin(), by_country_.end());
}

/// A location of the user's country, the first more often than the last; any location if there is none.
std::uint32_t Audience::home_of(std::string_view country, std::uint64_t bits) const {
  const auto less = [](const auto& a, const auto& b) { return a.first < b.first; };
  const auto range =
      std::equal_range(by_country_.begin(), by_country_.end(), std::pair{std::string(country), 0U}, less);
  const auto count = static_cast<std::uint64_t>(range.second - range.first);
  if (count == 0) return static_cast<std::uint32_t>(below(bits, location_ids_.size()));
  const double u = unit(bits);
  return range.first[static_cast<std::ptrdiff_t>(u * u * static_cast<double>(count))].second;
}

Listener Audience::make_listener(const RowBatch& users, std::uint32_t index, std::uint64_t seed) const {
  const UserRow& row = users.rows<UserRow>()[index];
  const StreamKey key = stream_key(seed, "plays.listener", fold(row.user_id));
  Listener person{};
  person.registered_ms = row.registration_date.days * kDayMs;
  person.home = home_of(users.text(row.country), draw(key, 0));
  person.rule = location_rules_[person.home];
  person.chronotype = static_cast<Chronotype>(below(draw(key, 1), kChronotypeCount));
  // Heavy and light users: log-normal with sigma 1.1, scaled to mean 1.
  constexpr double kSigma = 1.1;
  person.weight = static_cast<float>(detmath::exp(kSigma * normal(draw(key, 2)) - kSigma * kSigma / 2));
  // From 13 to 68, evenly fewer with age; our own figures.
  const double age_years = 13 + 55 * (1 - std::sqrt(unit(draw(key, 3))));
  person.patience = static_cast<float>(1.0 / skip_factor_of_age(age_years));
  person.habits[0] = {draw_device(kMainDevice, unit(draw(key, 5))), 0.78F};
  person.habits[1] = {draw_device(kOtherDevice, unit(draw(key, 6))), 0.22F};
  return person;
}

void Audience::add_up_growth() {
  std::vector<std::pair<std::int64_t, double>> joined;
  double total = 0;
  for (const Listener& person : listeners_) {
    joined.emplace_back(person.registered_ms, person.weight);
    total += person.weight;
  }
  std::sort(joined.begin(), joined.end());
  double sum = 0;
  for (const auto& [epoch_ms, weight] : joined) {
    sum += weight;
    by_registration_.push_back({epoch_ms, sum / total});
  }
}

std::uint32_t Audience::registered_count(std::int64_t epoch_ms) const {
  const auto end = std::upper_bound(by_registration_.begin(), by_registration_.end(), epoch_ms,
                                    [](std::int64_t t, const Growth& g) { return t < g.epoch_ms; });
  return static_cast<std::uint32_t>(end - by_registration_.begin());
}

double Audience::registered_share(std::int64_t epoch_ms) const {
  const std::uint32_t count = registered_count(epoch_ms);
  return count == 0 ? 0.0 : by_registration_[count - 1].share;
}

}  // namespace racesim::plays
