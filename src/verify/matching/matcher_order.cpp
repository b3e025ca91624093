// What the matcher tells the check of order: only first arrivals count, and of an event that was sent twice
// the milder reading.
#include "verify/matching/matcher.h"

namespace racesim {

/// Behind what is pending nothing is out of order: what comes next was sent behind all that came.
bool SequenceMatcher::is_order_open() const {
  return open_missing_ > 0 || !taken_.empty() || strays_of_here_ > 0;
}

/// `count` events that come in their turn, the first of them at the lines' present place.
void SequenceMatcher::judge_run(const ExpectedSequence::Event& from, std::size_t count) {
  const std::uint32_t begin = from.batch().begin_of(from.i);
  for (std::size_t k = 0; k < count; ++k) {
    const ExpectedSequence::Event event{from.piece, from.i + k};
    const std::uint64_t byte = lines_.byte_number() + (event.batch().begin_of(event.i) - begin);
    judge_order(event, cursor_ + k, lines_.line_number() + k, byte);
  }
}

void SequenceMatcher::judge_order(const ExpectedSequence::Event& event, std::uint64_t position,
                                  std::uint64_t line, std::uint64_t byte) {
  judge_order(event.stream(), event.head(), event.faults(), {event.made(), position}, line, byte);
}

/// An event, or its copy, that had not come yet.
void SequenceMatcher::judge_order(std::uint32_t stream, const EventHead& head, std::uint8_t faults,
                                  OrderPlace place, std::uint64_t line, std::uint64_t byte) {
  const bool is_copy = (faults & kFaultDuplicate) != 0;
  OrderPlace first = place;
  if (faults_.rules().duplicate > 0) {
    const auto sent = copies_.first_sent(identity_key(stream, head.owner, head.seq), is_copy, place.sent);
    if (is_copy && strays_of_here_ > 0) history_.copy_stands_at(stream, head, place.sent);
    if (!sent) return;
    first.sent = *sent;
  }
  OrderHistory::Arrival arrival{place, stream, head, line, byte};
  if (order_.is_overtaken(stream, head.entity, place) && (is_copy || !may_be_copy(stream, head, place)))
    reordered(arrival);
  else if (strays_of_here_ > 0) {
    arrival.awaits_copy = !is_copy && has_copy(stream, head);
    history_.add(arrival);
  }
  order_.came(stream, head.entity, first);
}

void SequenceMatcher::reordered(const OrderHistory::Arrival& arrival) {
  ++findings_[Finding::reordered];
  if (findings_.wants(Finding::reordered))
    example(Finding::reordered, arrival.stream, arrival.head,
            lines_.sequence().place(arrival.line, arrival.byte));
}

/// The event of a line that came ahead of the window has its turn now: all that are sent before it and have
/// not come yet will be judged as others are. Those that came since the line are judged here.
void SequenceMatcher::judge_early(const Missing& missing, const Stray& stray) {
  EventHead head;
  head.entity = missing.entity;
  head.owner = missing.owner;
  head.seq = missing.seq;
  const OrderHistory::Arrival early{
      {missing.made, missing.position}, missing.stream, head, stray.line, stray.byte,
      has_copy(missing.stream, head)};
  for (const OrderHistory::Arrival& arrival : history_.take_overtaken(early)) reordered(arrival);
  history_.add(early);
  order_.came(missing.stream, missing.entity, early.place);
  if (--strays_of_here_ == 0) history_.clear();
}

/// The event is late, but its copy, which has the same bytes, would not be.
bool SequenceMatcher::may_be_copy(std::uint32_t stream, const EventHead& head, OrderPlace place) {
  if (!has_copy(stream, head)) return false;
  const std::uint64_t key = identity_key(stream, head.owner, head.seq);
  std::optional<std::uint64_t> sent = copies_.copy_sent(key);
  if (!sent) {
    cover_identities();
    by_identity_.each(key, [&](std::uint64_t p) {
      if (p >= cursor_ && (expected_.at(p).faults() & kFaultDuplicate)) sent = p;
    });
  }
  // A copy that is not at hand was sent later than all that came.
  if (!sent) return true;
  place.sent = *sent;
  return !order_.is_overtaken(stream, head.entity, place);
}

bool SequenceMatcher::has_copy(std::uint32_t stream, const EventHead& head) const {
  return faults_.rules().duplicate > 0 &&
         (faults_.decide(Faults::event_key(stream_keys_[stream], head)).kinds & kFaultDuplicate) != 0;
}

void SequenceMatcher::note_missing_copy(const Missing& missing) {
  if (faults_.rules().duplicate == 0) return;
  EventHead head;
  head.entity = missing.entity;
  head.owner = missing.owner;
  head.seq = missing.seq;
  const std::uint64_t key = identity_key(missing.stream, missing.owner, missing.seq);
  if ((missing.faults & kFaultDuplicate) && strays_of_here_ > 0)
    history_.copy_stands_at(missing.stream, head, missing.position);
  if (missing.faults & kFaultDuplicate)
    copies_.copy_is_missing(key, missing.position);
  else if (has_copy(missing.stream, head))
    copies_.event_is_missing(key, missing.position);
}

void SequenceMatcher::forget_missing_copy(const Missing& missing) {
  if (faults_.rules().duplicate == 0) return;
  copies_.give_up(identity_key(missing.stream, missing.owner, missing.seq),
                  (missing.faults & kFaultDuplicate) != 0);
}

}  // namespace racesim
