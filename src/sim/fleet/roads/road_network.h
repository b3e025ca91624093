// A road network as a graph: junctions, the roads between them, lights, fuel stations, places. Read from
// GeoJSON whose properties are those of OpenStreetMap; docs/formats/roads.md describes it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "sim/fleet/roads/place.h"
#include "sim/fleet/roads/route.h"
#include "sim/fleet/roads/route_maker.h"
#include "sim/fleet/roads/signal.h"

namespace racesim::fleet {

using NodeId = std::uint32_t;
using EdgeId = std::uint32_t;
inline constexpr NodeId kNoNode = ~NodeId{0};
inline constexpr EdgeId kNoEdge = ~EdgeId{0};

/// Classes of roads in the order of who gives way to whom.
enum class RoadClass : std::uint8_t {
  motorway,
  trunk,
  link,
  primary,
  secondary,
  tertiary,
  residential,
  service
};

/// One direction of a road between two junctions.
struct Edge {
  NodeId from = kNoNode;
  NodeId to = kNoNode;
  std::uint32_t points_begin = 0;  ///< into the network's points; both ends included
  std::uint32_t points_end = 0;
  double length_m = 0;
  std::uint32_t time_ms = 0;  ///< that a driver expects to need, with the wait at its end
  std::uint16_t limit_kmh = 50;
  RoadType type = RoadType::urban;
  RoadClass road_class = RoadClass::residential;
  Mark end_mark = Mark::none;  ///< what lies at `to`, for those who come along this edge
  std::uint32_t signal = 0;    ///< if that is a signal
};

/// Immutable once read; all methods from any thread.
class RoadNetwork {
 public:
  /// The network of data/fleet/, which is part of the program.
  static RoadNetwork built_in();
  /// Errors (usage) begin with `file_name`.
  static Result<RoadNetwork> read(std::string_view geojson, std::string_view file_name);

  std::uint32_t node_count() const { return static_cast<std::uint32_t>(nodes_.size()); }
  GeoPoint node_place(NodeId node) const { return nodes_[node]; }
  /// The first of those that are nearest.
  NodeId nearest_node(GeoPoint place) const;
  std::span<const Edge> edges() const { return edges_; }
  /// Edges that leave the node: indices into edges(), [first, second).
  std::pair<EdgeId, EdgeId> edges_of(NodeId node) const { return {first_edge_[node], first_edge_[node + 1]}; }
  std::span<const GeoPoint> points_of(const Edge& edge) const {
    return std::span(points_).subspan(edge.points_begin, edge.points_end - edge.points_begin);
  }
  const std::vector<Signal>& signals() const { return signals_; }
  const std::vector<Place>& places() const { return places_; }
  /// The node of each place; the place's street is the only road there.
  const std::vector<NodeId>& place_nodes() const { return place_nodes_; }

 private:
  friend class NetworkMaker;
  std::vector<GeoPoint> nodes_;
  std::vector<EdgeId> first_edge_;  ///< of each node, and one more
  std::vector<Edge> edges_;         ///< by `from`
  std::vector<GeoPoint> points_;
  std::vector<Signal> signals_;
  std::vector<Place> places_;
  std::vector<NodeId> place_nodes_;
};

}  // namespace racesim::fleet
