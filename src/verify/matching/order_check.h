// Whether the events of one entity came in an order that is right: the one in which they were made, the one
// in which they were sent, or one between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace racesim {

/// Where an event stands in the two orders. Without faults they are one.
struct OrderPlace {
  std::uint64_t made = 0;  ///< among all that the run made
  std::uint64_t sent = 0;  ///< among all that was sent
};

/// An event is reordered if one of its stream and entity came before it that is later both ways. Of each
/// entity this holds the furthest places only, so it asks nothing of the other entities. One thread.
class OrderCheck {
 public:
  explicit OrderCheck(std::size_t streams) : furthest_(streams) {}

  /// Whether an event that comes now is reordered.
  bool is_overtaken(std::uint32_t stream, std::uint32_t entity, OrderPlace place) const {
    const std::vector<Furthest>& all = furthest_[stream];
    if (entity >= all.size()) return false;
    const Furthest& far = all[entity];
    if (place.made + 1 >= far.behind_made || place.sent + 1 >= far.behind_sent) return false;
    return far.at_one_event || is_below_stairs(stream, entity, place);
  }
  /// An event came for the first time.
  void came(std::uint32_t stream, std::uint32_t entity, OrderPlace place) {
    std::vector<Furthest>& all = furthest_[stream];
    if (entity >= all.size()) all.resize(entity + std::size_t{1} + all.size() / 2);
    Furthest& far = all[entity];
    if (far.at_one_event && place.made >= far.behind_made && place.sent >= far.behind_sent) {
      far.behind_made = place.made + 1;
      far.behind_sent = place.sent + 1;
      return;
    }
    came_between(stream, entity, far, place);
  }

 private:
  struct Furthest {
    std::uint64_t behind_made = 0, behind_sent = 0;  ///< one behind the furthest place of each order
    bool at_one_event = true;                        ///< both are those of the same event
  };
  static std::uint64_t key_of(std::uint32_t stream, std::uint32_t entity) {
    return static_cast<std::uint64_t>(stream) << 32 | entity;
  }
  bool is_below_stairs(std::uint32_t stream, std::uint32_t entity, OrderPlace place) const;
  void came_between(std::uint32_t stream, std::uint32_t entity, Furthest& far, OrderPlace place);

  std::vector<std::vector<Furthest>> furthest_;  ///< by stream and entity
  /// The events of an entity that none is later than both ways, where they are several: faults hold events
  /// back, so that one may be the furthest as sent and another as made. No more than faults hold back.
  std::unordered_map<std::uint64_t, std::vector<OrderPlace>> stairs_;
};

}  // namespace racesim
