#include "sim/fleet/roads/network_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace racesim::fleet {
namespace {

/// What a driver expects: the mean speed as a share of the limit, and waits.
constexpr double kClassPace[] = {0.95, 0.93, 0.85, 0.85, 0.80, 0.75, 0.60, 0.50};
constexpr std::uint32_t kSignalWait_ms = 11'000;
constexpr std::uint32_t kGiveWayWait_ms = 5'000;
constexpr std::uint32_t kJunctionWait_ms = 500;

}  // namespace

/// Friend of RoadNetwork.
class NetworkMaker {
 public:
  NetworkMaker(const std::vector<Way>& ways, const std::vector<PointThing>& things,
               std::string_view file_name)
      : ways_(ways), things_(things), file_(file_name) {}

  Result<RoadNetwork> make() {
    find_nodes();
    cut_ways();
    sort_edges();
    if (const Done done = place_things(); !done) return tl::make_unexpected(done.error());
    decide_stops();
    estimate_times();
    if (const Done done = check_places(); !done) return tl::make_unexpected(done.error());
    return std::move(made_);
  }

 private:
  /// A point of a way as a number that orders; equal for equal places.
  static std::uint64_t key_of(GeoPoint p) {
    const auto units = [](double deg) {
      return static_cast<std::uint64_t>(std::llround(deg * 1e7) + 2'000'000'000);
    };
    return units(p.latitude_deg) << 32 | units(p.longitude_deg);
  }

  void find_nodes() {
    struct Seen {
      std::uint64_t key;
      std::uint32_t order;
      bool is_end;
    };
    std::vector<Seen> seen;
    for (const Way& way : ways_)
      for (std::size_t i = 0; i < way.points.size(); ++i) {
        places_.push_back(way.points[i]);
        seen.push_back({key_of(way.points[i]), static_cast<std::uint32_t>(seen.size()),
                        i == 0 || i + 1 == way.points.size()});
      }
    for (const PointThing& thing : things_) {
      places_.push_back(thing.place);
      seen.push_back({key_of(thing.place), static_cast<std::uint32_t>(seen.size()), false});
    }
    std::sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) {
      return a.key != b.key ? a.key < b.key : a.order < b.order;
    });
    node_of_.assign(seen.size(), kNoNode);
    for (std::size_t begin = 0, end = 0; begin < seen.size(); begin = end) {
      bool is_node = false;
      for (end = begin; end < seen.size() && seen[end].key == seen[begin].key; ++end)
        is_node = is_node || seen[end].is_end || end > begin;
      if (!is_node) continue;
      const auto node = static_cast<NodeId>(made_.nodes_.size());
      made_.nodes_.push_back(places_[seen[begin].order]);
      for (std::size_t i = begin; i < end; ++i) node_of_[seen[i].order] = node;
    }
  }

  void add_edge(const Way& way, std::span<const GeoPoint> points, NodeId from, NodeId to, bool backward) {
    Edge edge;
    edge.from = from;
    edge.to = to;
    edge.points_begin = static_cast<std::uint32_t>(made_.points_.size());
    if (backward)
      made_.points_.insert(made_.points_.end(), points.rbegin(), points.rend());
    else
      made_.points_.insert(made_.points_.end(), points.begin(), points.end());
    edge.points_end = static_cast<std::uint32_t>(made_.points_.size());
    for (std::size_t i = 1; i < points.size(); ++i) edge.length_m += distance_m(points[i - 1], points[i]);
    edge.limit_kmh = way.tags.limit_kmh;
    edge.type = way.tags.type;
    edge.road_class = way.tags.road_class;
    made_.edges_.push_back(edge);
  }

  void cut_ways() {
    std::size_t order = 0;
    for (const Way& way : ways_) {
      std::size_t begin = 0;
      for (std::size_t i = 1; i < way.points.size(); ++i) {
        const NodeId to = node_of_[order + i];
        if (to == kNoNode) continue;
        const NodeId from = node_of_[order + begin];
        const auto points = std::span(way.points).subspan(begin, i - begin + 1);
        begin = i;
        if (from == to) continue;  // a loop without a junction leads nowhere
        add_edge(way, points, from, to, false);
        if (!way.one_way) add_edge(way, points, to, from, true);
      }
      order += way.points.size();
    }
  }

  void sort_edges() {
    std::stable_sort(made_.edges_.begin(), made_.edges_.end(),
                     [](const Edge& a, const Edge& b) { return a.from < b.from; });
    made_.first_edge_.assign(made_.nodes_.size() + 1, 0);
    for (const Edge& edge : made_.edges_) ++made_.first_edge_[edge.from + 1];
    for (std::size_t i = 1; i < made_.first_edge_.size(); ++i)
      made_.first_edge_[i] += made_.first_edge_[i - 1];
    into_.resize(made_.nodes_.size());
    for (EdgeId id = 0; id < made_.edges_.size(); ++id) into_[made_.edges_[id].to].push_back(id);
  }

  tl::unexpected<Error> complain(GeoPoint place, const char* what) const {
    return fail(ErrorKind::usage,
                fmt::format("{}: the place at latitude {:.6f}, longitude {:.6f} {}", file_,
                            place.latitude_deg, place.longitude_deg, what),
                "let ways meet in the same coordinates, and give each place a street of its own");
  }

  Done place_things() {
    std::size_t order = places_.size() - things_.size();
    for (const PointThing& thing : things_) {
      const NodeId node = node_of_[order++];
      if (node == kNoNode || into_[node].empty()) return complain(thing.place, "lies on no road");
      if (thing.kind == PointThing::Kind::signal) {
        lay_signal(node, thing);
      } else if (thing.kind == PointThing::Kind::station) {
        for (const EdgeId id : into_[node]) made_.edges_[id].end_mark = Mark::station;
      } else {
        if (into_[node].size() != 1) return complain(thing.place, "is not the end of a single street");
        made_.places_.push_back({thing.place, thing.place_kind, made_.edges_[into_[node].front()].length_m});
        made_.place_nodes_.push_back(node);
      }
    }
    return {};
  }

  /// The direction in which an edge reaches its end.
  Vec arrival(const Edge& edge) const {
    const auto points = made_.points_of(edge);
    const Plane plane(points.back());
    const Vec back = plane.to_plane(points[points.size() - 2]);
    return (-1 / length_m(back)) * back;
  }

  /// The main road is the one of the best class; roads within 45 degrees of its line share its light.
  void lay_signal(NodeId node, const PointThing& thing) {
    const auto first = static_cast<std::uint32_t>(made_.signals_.size());
    for (const Signal& signal : junction_signals(thing.place, thing.cycle)) made_.signals_.push_back(signal);
    const EdgeId main = *std::min_element(into_[node].begin(), into_[node].end(), [this](EdgeId a, EdgeId b) {
      const RoadClass left = made_.edges_[a].road_class;
      const RoadClass right = made_.edges_[b].road_class;
      return left != right ? left < right : a < b;
    });
    const Vec axis = arrival(made_.edges_[main]);
    for (const EdgeId id : into_[node]) {
      Edge& edge = made_.edges_[id];
      const double along = dot(axis, arrival(edge));
      edge.end_mark = Mark::signal;
      edge.signal = first + (along * along >= 0.5 ? 0 : 1);
    }
  }

  /// Who comes along a lesser road, or off a slip road, gives way; where slip roads join a motorway nobody
  /// stops.
  void decide_stops() {
    for (Edge& edge : made_.edges_) {
      if (edge.end_mark != Mark::none || edge.road_class <= RoadClass::trunk) continue;
      RoadClass best = RoadClass::service;
      for (const EdgeId id : into_[edge.to])
        if (made_.edges_[id].road_class != RoadClass::link)
          best = std::min(best, made_.edges_[id].road_class);
      const bool is_crossed = best >= RoadClass::primary && best <= RoadClass::tertiary;
      if (is_crossed && (edge.road_class == RoadClass::link || best < edge.road_class))
        edge.end_mark = Mark::give_way;
    }
  }

  void estimate_times() {
    for (Edge& edge : made_.edges_) {
      const double pace = kClassPace[static_cast<std::size_t>(edge.road_class)];
      const double seconds = edge.length_m * 3.6 / (edge.limit_kmh * pace);
      edge.time_ms = static_cast<std::uint32_t>(seconds * 1000) + 1;
      if (edge.end_mark == Mark::signal) edge.time_ms += kSignalWait_ms;
      if (edge.end_mark == Mark::give_way) edge.time_ms += kGiveWayWait_ms;
      if (edge.road_class > RoadClass::link) edge.time_ms += kJunctionWait_ms;
    }
  }

  /// What is reached from the first place, or what reaches it.
  std::vector<bool> reached(bool backward) const {
    std::vector<bool> seen(made_.nodes_.size(), false);
    std::vector<NodeId> open{made_.place_nodes_.front()};
    seen[open.front()] = true;
    const auto visit = [&](NodeId node) {
      if (seen[node]) return;
      seen[node] = true;
      open.push_back(node);
    };
    while (!open.empty()) {
      const NodeId node = open.back();
      open.pop_back();
      if (backward) {
        for (const EdgeId id : into_[node]) visit(made_.edges_[id].from);
      } else {
        const auto [begin, end] = made_.edges_of(node);
        for (EdgeId id = begin; id < end; ++id) visit(made_.edges_[id].to);
      }
    }
    return seen;
  }

  Done check_places() const {
    if (made_.places_.empty()) return {};
    const std::vector<bool> there = reached(false);
    const std::vector<bool> back = reached(true);
    for (std::size_t i = 0; i < made_.places_.size(); ++i)
      if (const NodeId node = made_.place_nodes_[i]; !there[node] || !back[node])
        return complain(made_.places_[i].point, "has no road to and from the first place");
    return {};
  }

  const std::vector<Way>& ways_;
  const std::vector<PointThing>& things_;
  std::string_view file_;
  std::vector<GeoPoint> places_;  ///< of all points of ways, then of things
  std::vector<NodeId> node_of_;   ///< of the same
  std::vector<std::vector<EdgeId>> into_;
  RoadNetwork made_;
};

Result<RoadNetwork> make_network(const std::vector<Way>& ways, const std::vector<PointThing>& things,
                                 std::string_view file_name) {
  return NetworkMaker(ways, things, file_name).make();
}

}  // namespace racesim::fleet
