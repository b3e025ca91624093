#include "sim/fleet/roads/path_search.h"

#include <algorithm>
#include <cstdint>

namespace racesim::fleet {

std::vector<EdgeId> least_time_tree(const RoadNetwork& network, NodeId from, NodeId to) {
  constexpr std::uint32_t kFar = ~std::uint32_t{0};
  std::vector<EdgeId> arrived_by(network.node_count(), kNoEdge);
  std::vector<std::uint32_t> time_ms(network.node_count(), kFar);
  std::vector<std::uint64_t> open;  // a heap of time << 32 | node, the least on top
  const auto later = [](std::uint64_t a, std::uint64_t b) { return a > b; };
  open.reserve(network.node_count());
  open.push_back(from);
  time_ms[from] = 0;
  while (!open.empty()) {
    std::pop_heap(open.begin(), open.end(), later);
    const std::uint64_t nearest = open.back();
    open.pop_back();
    const auto node = static_cast<NodeId>(nearest);
    const auto now_ms = static_cast<std::uint32_t>(nearest >> 32);
    if (node == to) break;
    if (now_ms > time_ms[node]) continue;
    const auto [begin, end] = network.edges_of(node);
    for (EdgeId id = begin; id < end; ++id) {
      const Edge& edge = network.edges()[id];
      const std::uint32_t then_ms = now_ms + edge.time_ms;
      if (then_ms >= time_ms[edge.to]) continue;
      time_ms[edge.to] = then_ms;
      arrived_by[edge.to] = id;
      open.push_back(std::uint64_t{then_ms} << 32 | edge.to);
      std::push_heap(open.begin(), open.end(), later);
    }
  }
  return arrived_by;
}

std::vector<EdgeId> path_to(const RoadNetwork& network, const std::vector<EdgeId>& tree, NodeId to) {
  std::vector<EdgeId> path;
  for (NodeId node = to; tree[node] != kNoEdge; node = network.edges()[tree[node]].from)
    path.push_back(tree[node]);
  std::reverse(path.begin(), path.end());
  return path;
}

std::vector<LinePoint> line_along(const RoadNetwork& network, std::span<const EdgeId> edges) {
  std::vector<LinePoint> line;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const Edge& edge = network.edges()[edges[i]];
    const std::span<const GeoPoint> points = network.points_of(edge);
    const std::size_t junction = line.size();
    for (const GeoPoint& point : points.first(points.size() - 1))
      line.push_back({point, edge.limit_kmh, edge.type, Mark::none, 0});
    if (i == 0) continue;
    const Edge& before = network.edges()[edges[i - 1]];
    line[junction].mark = before.end_mark;
    line[junction].signal = before.signal;
  }
  const Edge& last = network.edges()[edges.back()];
  line.push_back({network.node_place(last.to), last.limit_kmh, last.type, Mark::none, 0});
  return line;
}

}  // namespace racesim::fleet
