#include "sim/fleet/roads/road_network.h"

#include "base/check.h"
#include "sim/fleet/roads/roads_data.h"

namespace racesim::fleet {

RoadNetwork RoadNetwork::built_in() {
  const EmbeddedFile& file = embedded_roads().front();
  Result<RoadNetwork> network = read(file.text, file.name);
  RACESIM_CHECK(network);
  return std::move(*network);
}

NodeId RoadNetwork::nearest_node(GeoPoint place) const {
  NodeId nearest = kNoNode;
  double least = 0;
  const Plane plane(place);
  for (NodeId node = 0; node < node_count(); ++node) {
    const Vec away = plane.to_plane(nodes_[node]);
    if (const double square = dot(away, away); nearest == kNoNode || square < least) {
      nearest = node;
      least = square;
    }
  }
  return nearest;
}

}  // namespace racesim::fleet
