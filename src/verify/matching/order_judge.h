// The order of one sequence: which arrivals count for it, and at which place. Only first arrivals do, and of
// an event that was sent twice on purpose the milder reading. OrderCheck judges the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sim/faults/faults.h"
#include "verify/matching/copies.h"
#include "verify/matching/match_settings.h"
#include "verify/matching/open_events.h"
#include "verify/matching/order_check.h"
#include "verify/matching/order_history.h"

namespace racesim {

/// One thread. The references outlive the judge.
class OrderJudge {
 public:
  /// An arrival is reordered; called once for each.
  using Reordered = std::function<void(const OrderHistory::Arrival& arrival)>;
  /// Where a copy of the event with this identity key is expected, if that is at hand.
  using CopyAtHand = std::function<std::optional<std::uint64_t>(std::uint64_t identity_key)>;

  OrderJudge(const MatchSettings& settings, const Faults& faults, Reordered reordered,
             CopyAtHand copy_at_hand);

  /// While nothing is pending and no stray came, nothing can be out of order, and nobody need ask.
  bool is_needed(const OpenEvents& open) const {
    return strays_ > 0 || (settings_.judges_order && open.is_anything_pending());
  }
  /// An event, or its copy, that had not come yet, came on this line.
  void came(std::uint32_t stream, const EventHead& head, std::uint8_t faults, OrderPlace place,
            std::uint64_t line, std::uint64_t byte);

  void is_missing(const MissingEvent& missing);
  void is_given_up(const MissingEvent& missing);

  /// A line of this run came that has no place yet. Until it has one, all that comes is remembered.
  void stray_came() { ++strays_; }
  /// It has one now, or none in this sequence.
  void stray_left();
  /// The event of a stray has its turn now, and the stray was its first arrival: those that it overtook since
  /// it came are judged.
  void stray_was_first(std::uint32_t stream, const EventHead& head, OrderPlace place, std::uint64_t line,
                       std::uint64_t byte);
  /// Some events were sent twice on purpose.
  bool sends_copies() const { return faults_.rules().duplicate > 0; }
  /// The event was sent twice on purpose.
  bool has_copy(std::uint32_t stream, const EventHead& head) const;

 private:
  bool may_be_copy(std::uint32_t stream, const EventHead& head, OrderPlace place);
  bool knows_copies() const { return settings_.judges_order && sends_copies(); }

  const MatchSettings& settings_;
  const Faults& faults_;
  const Reordered reordered_;
  const CopyAtHand copy_at_hand_;
  std::vector<std::uint64_t> stream_keys_;  ///< for Faults::event_key()
  OrderCheck check_;
  MissingCopies copies_;
  OrderHistory history_;    ///< while strays_ is not 0
  std::size_t strays_ = 0;  ///< that came to this sequence and have no place yet
};

}  // namespace racesim
