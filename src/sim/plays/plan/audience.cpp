#include "sim/plays/plan/audience.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "base/detmath.h"
#include "base/random.h"
#include "model/master.h"
#include "sim/plays/draws.h"

namespace racesim::plays {
namespace {

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
  find_neighbours(locations);
}

/// Lists the places near each one: the nearest of its country, or the nearest of all if it is alone there.
void Audience::find_neighbours(const RowBatch& locations) {
  const auto rows = locations.rows<LocationRow>();
  std::vector<std::uint32_t> by_place(rows.size());
  std::iota(by_place.begin(), by_place.end(), 0U);
  const auto sort_by = [&](auto&& country) {
    std::sort(by_place.begin(), by_place.end(), [&](std::uint32_t a, std::uint32_t b) {
      if (country(a) != country(b)) return country(a) < country(b);
      if (rows[a].longitude_udeg != rows[b].longitude_udeg)
        return rows[a].longitude_udeg < rows[b].longitude_udeg;
      return a < b;
    });
  };
  const auto country_of = [&](std::uint32_t i) { return locations.text(rows[i].country_code); };
  neighbours_.resize(rows.size());
  // Candidates are those next to the place from west to east.
  constexpr std::size_t kCandidates = 32;
  const auto nearest_of = [&](std::size_t at, std::size_t first, std::size_t last) {
    const std::uint32_t here = by_place[at];
    std::vector<std::pair<double, std::uint32_t>> found;
    for (std::size_t i = std::max(first, at - std::min(at, kCandidates));
         i < std::min(last, at + kCandidates); ++i) {
      if (i == at) continue;
      const double north_deg = (rows[by_place[i]].latitude_udeg - rows[here].latitude_udeg) / 1e6;
      const double east_deg = (rows[by_place[i]].longitude_udeg - rows[here].longitude_udeg) / 1e6;
      found.emplace_back(north_deg * north_deg + east_deg * east_deg, by_place[i]);
    }
    std::sort(found.begin(), found.end());
    Neighbours& near = neighbours_[here];
    for (std::size_t i = 0; i < near.size(); ++i)
      near[i] = found.empty() ? here : found[std::min(i, found.size() - 1)].second;
  };
  sort_by(country_of);
  std::vector<std::uint32_t> alone;
  for (std::size_t first = 0, last = 0; first < by_place.size(); first = last) {
    while (last < by_place.size() && country_of(by_place[last]) == country_of(by_place[first])) ++last;
    if (last - first == 1) alone.push_back(by_place[first]);
    for (std::size_t at = first; at < last; ++at) nearest_of(at, first, last);
  }
  sort_by([](std::uint32_t) { return 0; });
  std::sort(alone.begin(), alone.end());
  for (std::size_t at = 0; at < by_place.size(); ++at)
    if (std::binary_search(alone.begin(), alone.end(), by_place[at])) nearest_of(at, 0, by_place.size());
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
  person.phase = static_cast<std::uint32_t>(draw(key, 7) >> 32);
  person.chronotype = static_cast<Chronotype>(below(draw(key, 1), kChronotypeCount));
  // Heavy and light users: log-normal with sigma 1.1, scaled to mean 1.
  constexpr double kSigma = 1.1;
  person.weight =
      static_cast<float>(detmath::exp(kSigma * roughly_normal(draw(key, 2)) - kSigma * kSigma / 2));
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
