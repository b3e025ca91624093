#include "verify/matching/order_check.h"

#include <algorithm>

namespace racesim {

bool OrderCheck::is_below_stairs(std::uint32_t stream, std::uint32_t entity, OrderPlace place) const {
  const std::vector<OrderPlace>& stairs = stairs_.at(key_of(stream, entity));
  return std::any_of(stairs.begin(), stairs.end(), [&](const OrderPlace& step) {
    return step.made > place.made && step.sent > place.sent;
  });
}

/// It is not further both ways than all before it.
void OrderCheck::came_between(std::uint32_t stream, std::uint32_t entity, Furthest& far, OrderPlace place) {
  if (far.at_one_event && place.made < far.behind_made && place.sent < far.behind_sent) return;
  std::vector<OrderPlace>& stairs = stairs_[key_of(stream, entity)];
  if (far.at_one_event) stairs.push_back({far.behind_made - 1, far.behind_sent - 1});
  const auto is_within = [](const OrderPlace& inner, const OrderPlace& outer) {
    return inner.made <= outer.made && inner.sent <= outer.sent;
  };
  if (std::any_of(stairs.begin(), stairs.end(), [&](const auto& step) { return is_within(place, step); }))
    return;
  stairs.erase(std::remove_if(stairs.begin(), stairs.end(),
                              [&](const OrderPlace& step) { return is_within(step, place); }),
               stairs.end());
  stairs.push_back(place);
  far.behind_made = std::max(far.behind_made, place.made + 1);
  far.behind_sent = std::max(far.behind_sent, place.sent + 1);
  far.at_one_event = stairs.size() == 1;
  if (far.at_one_event) stairs_.erase(key_of(stream, entity));
}

}  // namespace racesim
