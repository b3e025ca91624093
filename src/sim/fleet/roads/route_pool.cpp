#include "sim/fleet/roads/route_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <vector>

#include "base/check.h"
#include "sim/fleet/roads/path_search.h"
#include "sim/fleet/roads/road_network.h"
#include "sim/fleet/roads/route_file.h"

namespace racesim::fleet {
namespace {

constexpr const char* kSwapHint = "swap its coordinates: GeoJSON has the longitude first";

/// Values that are made when they are first asked for. Two threads may make the same one at a time, which
/// gives the same value; the first stays.
template <class T>
class LazyArray {
 public:
  explicit LazyArray(std::size_t size) : slots_(size) {}
  LazyArray(const LazyArray&) = delete;
  LazyArray& operator=(const LazyArray&) = delete;
  ~LazyArray() {
    for (std::atomic<const T*>& slot : slots_) delete slot.load();
  }

  template <class Make>
  const T& at(std::size_t index, const Make& make) const {
    std::atomic<const T*>& slot = slots_[index];
    if (const T* made = slot.load(std::memory_order_acquire)) return *made;
    auto value = std::make_unique<const T>(make());
    const T* none = nullptr;
    if (slot.compare_exchange_strong(none, value.get(), std::memory_order_acq_rel)) return *value.release();
    return *none;
  }

 private:
  mutable std::vector<std::atomic<const T*>> slots_;
};

class NetworkPool final : public RoutePool {
 public:
  explicit NetworkPool(RoadNetwork network)
      : network_(std::move(network)),
        count_(network_.places().size()),
        trees_(count_),
        routes_(count_ * count_) {
    for (std::uint32_t i = 0; i < count_; ++i) indices_.push_back(i);
  }

  std::uint32_t groups() const override { return 1; }
  std::span<const std::uint32_t> places(std::uint32_t /*group*/) const override { return indices_; }
  const Place& place(std::uint32_t index) const override { return network_.places()[index]; }
  const Signal& signal(std::uint32_t id) const override { return network_.signals()[id]; }

  const Route& between(std::uint32_t from, std::uint32_t to) const override {
    RACESIM_CHECK(from != to && from < count_ && to < count_);
    return routes_.at(from * count_ + to, [&] { return make(from, to); });
  }

 private:
  Route make(std::uint32_t from, std::uint32_t to) const {
    const std::vector<EdgeId>& tree =
        trees_.at(from, [&] { return least_time_tree(network_, network_.place_nodes()[from]); });
    const std::vector<EdgeId> path = path_to(network_, tree, network_.place_nodes()[to]);
    Route route = make_route(line_along(network_, path), standing_room_m(from), standing_room_m(to));
    route.from = from;
    route.to = to;
    return route;
  }

  /// The corner at the street's end belongs to the route that is taken.
  double standing_room_m(std::uint32_t index) const {
    constexpr double kCorner_m = 5;
    return std::max(place(index).street_m - kCorner_m, 0.0);
  }

  RoadNetwork network_;
  std::size_t count_;
  std::vector<std::uint32_t> indices_;
  LazyArray<std::vector<EdgeId>> trees_;
  LazyArray<Route> routes_;
};

/// Group g has the places 2g and 2g + 1; a closed line has the first of them only.
class FilePool final : public RoutePool {
 public:
  explicit FilePool(FileRoutes routes) : routes_(std::move(routes)) {
    for (std::uint32_t group = 0; group < routes_.lines.size(); ++group) {
      FileLine& line = routes_.lines[group];
      line.there.from = line.back.to = 2 * group;
      line.there.to = line.back.from = line.is_closed ? 2 * group : 2 * group + 1;
      indices_.push_back(2 * group);
      indices_.push_back(2 * group + 1);
      places_.push_back({fleet::place(line.there, 0), PlaceKind::home, 0});
      places_.push_back({fleet::place(line.back, 0), PlaceKind::work, 0});
    }
  }

  std::uint32_t groups() const override { return static_cast<std::uint32_t>(routes_.lines.size()); }
  std::span<const std::uint32_t> places(std::uint32_t group) const override {
    return std::span(indices_).subspan(2 * std::size_t{group}, routes_.lines[group].is_closed ? 1 : 2);
  }
  const Place& place(std::uint32_t index) const override { return places_[index]; }
  const Signal& signal(std::uint32_t id) const override { return routes_.signals[id]; }
  const Route& between(std::uint32_t from, std::uint32_t to) const override {
    const FileLine& line = routes_.lines[from / 2];
    RACESIM_CHECK(to / 2 == from / 2 && line.is_closed == (from == to));
    return from % 2 == 0 ? line.there : line.back;
  }

 private:
  FileRoutes routes_;
  std::vector<std::uint32_t> indices_;
  std::vector<Place> places_;
};

}  // namespace

std::unique_ptr<const RoutePool> RoutePool::built_in() {
  return std::make_unique<NetworkPool>(RoadNetwork::built_in());
}

Result<std::unique_ptr<const RoutePool>> RoutePool::from_geojson(std::string_view text,
                                                                 std::string_view file_name) {
  Result<FileRoutes> routes = read_route_file(text, file_name);
  if (!routes) return tl::make_unexpected(routes.error());
  return std::make_unique<FilePool>(std::move(*routes));
}

Done check_not_swapped(const RoutePool& pool, std::string_view file_name) {
  constexpr GeoPoint kCity{52.2304, 21.0122};  // place 0 of the built-in network
  constexpr double kNear_m = 100'000;
  for (std::uint32_t group = 0; group < pool.groups(); ++group)
    for (const std::uint32_t index : pool.places(group)) {
      const GeoPoint point = pool.place(index).point;
      const GeoPoint swapped{point.longitude_deg, point.latitude_deg};
      if (std::abs(swapped.latitude_deg) > 90 || distance_m(swapped, kCity) > kNear_m) continue;
      return fail(ErrorKind::usage,
                  fmt::format("{}: route {} begins or ends at longitude {:.6f}, latitude {:.6f}, which are "
                              "exchanged",
                              file_name, group + 1, point.longitude_deg, point.latitude_deg),
                  kSwapHint);
    }
  return {};
}

Done check_near(const RoutePool& pool, std::span<const GeoPoint> homes, double most_km,
                std::string_view file_name) {
  const auto nearest_km = [homes](GeoPoint point) {
    double nearest_m = std::numeric_limits<double>::infinity();
    for (const GeoPoint& home : homes) nearest_m = std::min(nearest_m, distance_m(point, home));
    return nearest_m / 1000;
  };
  for (std::uint32_t group = 0; group < pool.groups() && !homes.empty(); ++group)
    for (const std::uint32_t index : pool.places(group)) {
      const GeoPoint point = pool.place(index).point;
      const double away_km = nearest_km(point);
      if (away_km <= most_km) continue;
      const GeoPoint swapped{point.longitude_deg, point.latitude_deg};
      const bool is_swapped = std::abs(swapped.latitude_deg) <= 90 && nearest_km(swapped) <= most_km;
      return fail(
          ErrorKind::usage,
          fmt::format("{}: route {} begins or ends at longitude {:.6f}, latitude {:.6f}, {:.0f} km from "
                      "the nearest home of the vehicles",
                      file_name, group + 1, point.longitude_deg, point.latitude_deg, away_km),
          is_swapped ? kSwapHint : "give a route and master data of the same region");
    }
  return {};
}

}  // namespace racesim::fleet
