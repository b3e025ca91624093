// A road network as a graph: junctions, the roads between them, lights, fuel stations, places. Read from GeoJSON
// whose properties are those of OpenStreetMap; docs/formats/roads.md describes it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sim/fleet/roads/route.h"
#include "sim/fleet/roads/route_pool.h"
#include "sim/fleet/roads/signal.h"

namespace racesim::fleet {

using NodeId = std::uint32_t;
using EdgeId = std::uint32_t;
inline constexpr NodeId kNoNode = ~NodeId{0};
inline constexpr EdgeId kNoEdge = ~EdgeId{0};

/// Classes of roads, the smaller the less they give way.
enum class RoadClass : std::uint8_t { motorway, trunk, link, primary, secondary, tertiary, residential, service };

/// One direction of a road between two junctions.
struct Edge {
  NodeId from;
  NodeId to;
  std::uint32_t points_begin;  ///< into RoadNetwork::points(), both ends included
  std::uint32_t points_end;
  float length_m;
  std::uint32_t time_ms;  ///< free of traffic, with the mean wait at its end
  std::uint16_t limit_kmh;
  RoadType type;
  RoadClass road_class;
  StopKind stop_kind;    ///< of the line at its end, if has_stop
  bool has_stop;
  std::uint32_t signal;  ///< at its end
};

/// Immutable once read; all methods from any thread.
class RoadNetwork {
 public:
  /// The network of data/fleet/roads.geojson, which is part of the program.
  static RoadNetwork built_in();
  /// Errors (usage) begin with `file_name`.
  static Result<RoadNetwork> read(std::string_view geojson, std::string_view file_name);

  std::uint32_t node_count() const { return static_cast<std::uint32_t>(nodes_.size()); }
  GeoPoint node_place(NodeId node) const { return nodes_[node]; }
  NodeId nearest_node(GeoPoint place) const;
  std::span<const Edge> edges() const { return edges_; }
  /// Edges that leave the node.
  std::span<const Edge> edges_of(NodeId node) const;
  std::span<const GeoPoint> points() const { return points_; }
  std::span<const GeoPoint> points_of(const Edge& edge) const;
  std::span<const Signal> signals() const { return signals_; }
  bool is_station(NodeId node) const { return station_[node]; }
  std::span<const Place> places() const { return places_; }
  std::span<const NodeId> place_nodes() const { return place_nodes_; }

 private:
  friend class NetworkReader;
  std::vector<GeoPoint> nodes_;
  std::vector<std::uint32_t> first_edge_;  ///< of each node, and one more
  std::vector<Edge> edges_;                ///< by `from`
  std::vector<GeoPoint> points_;
  std::vector<Signal> signals_;
  std::vector<bool> station_;
  std::vector<Place> places_;
  std::vector<NodeId> place_nodes_;
};

}  // namespace racesim::fleet
