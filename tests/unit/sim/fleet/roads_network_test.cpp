// Goal: a network says what its file says, and paths on it take the least time. Method: small networks by
// hand; paths on the built-in one against relaxation until nothing changes; its size and its trips within
// bands.
#include "sim/fleet/roads/road_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "road_shapes.h"
#include "sim/fleet/roads/path_search.h"

namespace racesim::fleet {
namespace {

using namespace road_test;

constexpr std::uint64_t kNever = ~std::uint64_t{0};

/// A primary road west to east, a residential one south to north that ends on it, and what is added.
std::string crossroads(std::vector<std::string> more) {
  more.insert(more.begin(), feature("LineString", "[[21.00,52.0],[21.01,52.0],[21.03,52.0]]",
                                    R"("highway":"primary","maxspeed":70)"));
  more.insert(more.begin(),
              feature("MultiLineString", "[[[21.01,51.99],[21.01,52.0]],[[21.01,52.0],[21.01,52.02]]]",
                      R"("highway":"residential","maxspeed":"30")"));
  return collection(more);
}

const Edge* edge_between(const RoadNetwork& network, GeoPoint from, GeoPoint to) {
  for (const Edge& edge : network.edges())
    if (edge.from == network.nearest_node(from) && edge.to == network.nearest_node(to)) return &edge;
  return nullptr;
}

TEST(RoadsNetwork, ReadsRoadsOfAFile) {
  const RoadNetwork network = RoadNetwork::read(crossroads({}), "town.geojson").value();
  EXPECT_EQ(network.node_count(), 5U);
  ASSERT_EQ(network.edges().size(), 8U);
  const Edge* main = edge_between(network, {52, 21.00}, {52, 21.01});
  ASSERT_TRUE(main);
  EXPECT_EQ(main->limit_kmh, 70);
  EXPECT_EQ(main->type, RoadType::urban);
  EXPECT_EQ(main->end_mark, Mark::none);
  EXPECT_NEAR(main->length_m, distance_m({52, 21.00}, {52, 21.01}), 1e-6);
  const Edge* side = edge_between(network, {51.99, 21.01}, {52, 21.01});
  ASSERT_TRUE(side);
  EXPECT_EQ(side->limit_kmh, 30);
  EXPECT_EQ(side->end_mark, Mark::give_way) << "the lesser road";
  EXPECT_EQ(edge_between(network, {52, 21.01}, {51.99, 21.01})->end_mark, Mark::none);
  EXPECT_EQ(network.nearest_node({52.03, 21.012}), edge_between(network, {52, 21.01}, {52.02, 21.01})->to);
}

TEST(RoadsNetwork, GivesOneLightToARoadAndTheOtherToTheCrossingOne) {
  const RoadNetwork network =
      RoadNetwork::read(crossroads({feature("Point", "[21.01,52.0]",
                                            R"("highway":"traffic_signals","cycle_s":90,"red_s":42)")}),
                        "town.geojson")
          .value();
  ASSERT_EQ(network.signals().size(), 2U);
  EXPECT_EQ(network.signals()[0].red_ms, 42'000U);
  for (const GeoPoint from : {GeoPoint{52, 21.00}, GeoPoint{52, 21.03}}) {
    EXPECT_EQ(edge_between(network, from, {52, 21.01})->end_mark, Mark::signal);
    EXPECT_EQ(edge_between(network, from, {52, 21.01})->signal, 0U);
  }
  for (const GeoPoint from : {GeoPoint{51.99, 21.01}, GeoPoint{52.02, 21.01}})
    EXPECT_EQ(edge_between(network, from, {52, 21.01})->signal, 1U);
}

TEST(RoadsNetwork, LetsNobodyDriveAgainstAOneWayRoad) {
  const RoadNetwork network =
      RoadNetwork::read(crossroads({feature("LineString", "[[21.03,52.0],[21.01,52.02]]",
                                            R"("highway":"residential","oneway":"yes")")}),
                        "town.geojson")
          .value();
  EXPECT_TRUE(edge_between(network, {52, 21.03}, {52.02, 21.01}));
  EXPECT_FALSE(edge_between(network, {52.02, 21.01}, {52, 21.03}));
}

TEST(RoadsNetwork, RefusesWhatIsNoNetwork) {
  struct Broken {
    std::string text;
    const char* what;
  };
  const Broken cases[] = {
      {"{", "town.geojson: is not JSON"},
      {collection({}), "town.geojson: has no road"},
      {crossroads({feature("Point", "[21.02,52.5]", R"("amenity":"fuel")")}),
       "town.geojson: the place at latitude 52.500000, longitude 21.020000 lies on no road"},
      {crossroads({feature("Point", "[21.01,52.0]", R"("trips":"home")")}),
       "town.geojson: the place at latitude 52.000000, longitude 21.010000 is not the end of a single "
       "street"},
      {crossroads({feature("LineString", "[[22,52.0],[22,52.1]]", R"("highway":"residential")"),
                   feature("MultiPoint", "[[21.01,52.02],[22,52.1]]", R"("trips":"home")")}),
       "town.geojson: the place at latitude 52.100000, longitude 22.000000 has no road to and from"},
      {crossroads(
           {feature("LineString", "[[22,52.0],[22,52.1]]", R"("highway":"primary","maxspeed":"fast")")}),
       "town.geojson: features[2]: maxspeed is 'fast'"},
  };
  for (const Broken& broken : cases) {
    const Result<RoadNetwork> network = RoadNetwork::read(broken.text, "town.geojson");
    ASSERT_FALSE(network) << broken.what;
    EXPECT_EQ(network.error().kind, ErrorKind::usage);
    EXPECT_EQ(network.error().what.substr(0, std::string(broken.what).size()), broken.what);
    EXPECT_FALSE(network.error().hint.empty());
  }
}

class RoadsNetworkBuiltIn : public testing::Test {
 protected:
  const RoadNetwork network_ = RoadNetwork::built_in();
};

/// Times from a node to all others, by going over all edges until nothing changes.
std::vector<std::uint64_t> relaxed_times(const RoadNetwork& network, NodeId from) {
  std::vector<std::uint64_t> time_ms(network.node_count(), kNever);
  time_ms[from] = 0;
  for (bool is_changed = true; is_changed;) {
    is_changed = false;
    for (const Edge& edge : network.edges()) {
      if (time_ms[edge.from] == kNever || time_ms[edge.from] + edge.time_ms >= time_ms[edge.to]) continue;
      time_ms[edge.to] = time_ms[edge.from] + edge.time_ms;
      is_changed = true;
    }
  }
  return time_ms;
}

TEST_F(RoadsNetworkBuiltIn, PathsTakeTheLeastTime) {
  for (const std::size_t place : {0, 30, 75}) {
    const NodeId from = network_.place_nodes()[place];
    const std::vector<std::uint64_t> least_ms = relaxed_times(network_, from);
    const std::vector<EdgeId> tree = least_time_tree(network_, from);
    for (NodeId to = 0; to < network_.node_count(); to += 7) {
      const std::vector<EdgeId> path = path_to(network_, tree, to);
      std::uint64_t time_ms = 0;
      NodeId at = from;
      for (const EdgeId id : path) {
        ASSERT_EQ(network_.edges()[id].from, at);
        at = network_.edges()[id].to;
        time_ms += network_.edges()[id].time_ms;
      }
      ASSERT_EQ(path.empty() && to != from, least_ms[to] == kNever);
      if (!path.empty()) {
        ASSERT_EQ(at, to);
        ASSERT_EQ(time_ms, least_ms[to]);
      }
    }
    const NodeId target = network_.place_nodes()[(place + 20) % 76];
    EXPECT_EQ(path_to(network_, least_time_tree(network_, from, target), target),
              path_to(network_, tree, target))
        << "ending early changes nothing";
  }
}

TEST_F(RoadsNetworkBuiltIn, IsACityWithItsSurroundings) {
  EXPECT_GT(network_.node_count(), 4'000U);
  EXPECT_LT(network_.node_count(), 9'000U);
  double length_m[4] = {0, 0, 0, 0};
  for (const Edge& edge : network_.edges()) {
    EXPECT_GT(edge.length_m, 0.5);
    EXPECT_LT(distance_m({52.2304, 21.0122}, network_.node_place(edge.to)), 50'000);
    length_m[static_cast<std::size_t>(edge.type)] += edge.length_m;
  }
  EXPECT_GT(length_m[0], 1'500'000) << "both directions";
  EXPECT_GT(length_m[1], 300'000);
  EXPECT_GT(length_m[2], 150'000);
  EXPECT_GT(length_m[3], 100'000);
}

TEST_F(RoadsNetworkBuiltIn, BeginsInTheCentreOnAnUrbanStreet) {
  const Place& first = network_.places().front();
  EXPECT_EQ(first.point, (GeoPoint{52.2304, 21.0122}));
  EXPECT_EQ(first.kind, PlaceKind::home);
  const NodeId node = network_.place_nodes().front();
  EXPECT_EQ(network_.node_place(node), first.point);
  EXPECT_EQ(network_.nearest_node(first.point), node);
  const auto [begin, end] = network_.edges_of(node);
  ASSERT_EQ(end - begin, 1U);
  EXPECT_EQ(network_.edges()[begin].type, RoadType::urban);
  for (const Place& place : network_.places()) {
    EXPECT_GE(place.street_m, 60);
    EXPECT_LE(place.street_m, 250);
  }
}

}  // namespace
}  // namespace racesim::fleet
