// Least-time paths.
#pragma once

#include <span>
#include <vector>

#include "sim/fleet/roads/road_network.h"
#include "sim/fleet/roads/route_maker.h"

namespace racesim::fleet {

/// For each node the edge by which a least-time path from `from` arrives; kNoEdge for `from` and for nodes
/// that are not reached. Of paths that take equally long the one whose edges settle first: the same on every
/// machine. With `to` it ends as soon as that node is settled; what lies farther is then not told.
std::vector<EdgeId> least_time_tree(const RoadNetwork& network, NodeId from, NodeId to = kNoNode);

/// The edges to `to` in driving order; empty if it is not reached or is the tree's begin.
std::vector<EdgeId> path_to(const RoadNetwork& network, const std::vector<EdgeId>& tree, NodeId to);

/// The line along edges that follow one another; at least one.
std::vector<LinePoint> line_along(const RoadNetwork& network, std::span<const EdgeId> edges);

}  // namespace racesim::fleet
