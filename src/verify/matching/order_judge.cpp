#include "verify/matching/order_judge.h"

#include <algorithm>
#include <utility>

#include "verify/identity/identity.h"

namespace racesim {

OrderJudge::OrderJudge(const MatchSettings& settings, const Faults& faults, Reordered reordered,
                       CopyAtHand copy_at_hand)
    : settings_(settings),
      faults_(faults),
      reordered_(std::move(reordered)),
      copy_at_hand_(std::move(copy_at_hand)),
      check_(settings.streams.size()) {
  for (const StreamInfo& stream : settings.streams) stream_keys_.push_back(topic_hash(stream.name));
}

void OrderJudge::came(std::uint32_t stream, const EventHead& head, std::uint8_t faults, OrderPlace place,
                      std::uint64_t line, std::uint64_t byte) {
  if (!settings_.judges_order) return;
  const bool is_copy = (faults & kFaultDuplicate) != 0;
  OrderPlace first = place;
  if (knows_copies()) {
    const auto sent = copies_.first_sent(identity_key(stream, head.owner, head.seq), is_copy, place.sent);
    if (is_copy && strays_ > 0) history_.copy_stands_at(stream, head, place.sent);
    if (!sent) return;
    first.sent = *sent;
  }
  OrderHistory::Arrival arrival{place, stream, head, line, byte};
  if (check_.is_overtaken(stream, head.entity, place) && (is_copy || !may_be_copy(stream, head, place)))
    reordered_(arrival);
  else if (strays_ > 0) {
    arrival.awaits_copy = !is_copy && has_copy(stream, head);
    history_.add(arrival);
  }
  check_.came(stream, head.entity, first);
}

/// All that are sent before it and have not come yet will be judged as others are.
void OrderJudge::stray_was_first(std::uint32_t stream, const EventHead& head, OrderPlace place,
                                 std::uint64_t line, std::uint64_t byte) {
  if (!settings_.judges_order) return;
  const OrderHistory::Arrival early{place, stream, head, line, byte, has_copy(stream, head)};
  for (const OrderHistory::Arrival& arrival : history_.take_overtaken(early)) reordered_(arrival);
  history_.add(early);
  check_.came(stream, head.entity, place);
}

void OrderJudge::stray_left() {
  if (--strays_ == 0) history_.clear();
}

/// The event is late, but its copy, which has the same bytes, would not be.
bool OrderJudge::may_be_copy(std::uint32_t stream, const EventHead& head, OrderPlace place) {
  if (!has_copy(stream, head)) return false;
  const std::uint64_t key = identity_key(stream, head.owner, head.seq);
  std::optional<std::uint64_t> sent = copies_.copy_sent(key);
  if (!sent) sent = copy_at_hand_(key);
  // A copy that is not at hand was sent later than all that came.
  if (!sent) return true;
  place.sent = *sent;
  return !check_.is_overtaken(stream, head.entity, place);
}

bool OrderJudge::has_copy(std::uint32_t stream, const EventHead& head) const {
  return faults_.rules().duplicate > 0 &&
         (faults_.decide(Faults::event_key(stream_keys_[stream], head)).kinds & kFaultDuplicate) != 0;
}

void OrderJudge::is_missing(const MissingEvent& missing) {
  if (!knows_copies()) return;
  const EventHead head = missing.head();
  const std::uint64_t key = identity_key(missing.stream, missing.owner, missing.seq);
  const bool is_copy = (missing.faults & kFaultDuplicate) != 0;
  if (is_copy && strays_ > 0) history_.copy_stands_at(missing.stream, head, missing.position);
  if (is_copy)
    copies_.copy_is_missing(key, missing.position);
  else if (has_copy(missing.stream, head))
    copies_.event_is_missing(key, missing.position);
}

void OrderJudge::is_given_up(const MissingEvent& missing) {
  if (!knows_copies()) return;
  copies_.give_up(identity_key(missing.stream, missing.owner, missing.seq),
                  (missing.faults & kFaultDuplicate) != 0);
}

}  // namespace racesim
