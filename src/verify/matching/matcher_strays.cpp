// Lines of this run that no sequence expected when they came.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "verify/matching/matcher.h"

namespace racesim {

/// Remembers it for the account; false: there is no room.
bool SequenceMatcher::stray(const Identity& identity, std::string_view line, Finding counted) {
  if (strays_.size() >= kMostStrays) return false;
  Stray stray{finder_.key_of_line(line), this, lines_.line_number(), lines_.byte_number(), counted, {}};
  if (lines_.sequence().has_keys())
    stray.record_key = lines_.sequence().key(lines_.line_number()).substr(0, kMostOfRecordKey);
  strays_.emplace(identity_key(identity.stream, identity.owner, identity.seq), std::move(stray));
  order_.stray_came();
  return true;
}

void SequenceMatcher::recount_stray(std::uint64_t key, std::uint64_t line, Finding counted) {
  const auto [first, last] = strays_.equal_range(key);
  for (auto stray = first; stray != last; ++stray)
    if (stray->second.came_to == this && stray->second.line == line) stray->second.counted = counted;
}

/// The first line that came to this sequence as the event with this identity key.
Strays::iterator SequenceMatcher::first_stray(std::uint64_t key) {
  const auto [first, last] = strays_.equal_range(key);
  auto early = strays_.end();
  for (auto stray = first; stray != last; ++stray)
    if (stray->second.came_to == this && (early == strays_.end() || stray->second.line < early->second.line))
      early = stray;
  return early;
}

/// It came to this sequence before it was made again.
bool SequenceMatcher::came_early(const MissingEvent& missing) {
  const std::uint64_t key = identity_key(missing.stream, missing.owner, missing.seq);
  const auto early = first_stray(key);
  if (early == strays_.end()) return false;
  const bool is_copy = (missing.faults & kFaultDuplicate) != 0;
  // Of an event that was sent twice the first send had its turn before: it was judged then.
  if (!is_copy)
    order_.stray_was_first(missing.stream, missing.head(), {missing.made, missing.position},
                           early->second.line, early->second.byte);
  take_stray(missing, early);
  settle_strays(key, !is_copy && order_.has_copy(missing.stream, missing.head()), this);
  return true;
}

/// It comes in its turn, but came to this sequence before it was made again too: then that arrival is the
/// one that counts for the order, and this one is judged no more.
bool SequenceMatcher::comes_again(const ExpectedSequence::Event& event, std::uint64_t position) {
  const EventHead& head = event.head();
  const std::uint64_t key = identity_key(event.stream(), head.owner, head.seq);
  const auto early = first_stray(key);
  if (early == strays_.end()) return false;
  const bool is_copy = (event.faults() & kFaultDuplicate) != 0;
  if (!is_copy)
    order_.stray_was_first(event.stream(), head, {event.made(), position}, early->second.line,
                           early->second.byte);
  settle_strays(key, !is_copy && order_.has_copy(event.stream(), head), this);
  return !is_copy;
}

/// It came, but where nobody expected it.
bool SequenceMatcher::has_strayed(const MissingEvent& missing) {
  const std::uint64_t key = identity_key(missing.stream, missing.owner, missing.seq);
  const auto stray = strays_.find(key);
  if (stray == strays_.end()) return false;
  take_stray(missing, stray);
  settle_strays(key, true, nullptr);
  return true;
}

/// The line is this event. Without keys there is one sequence, in which it only came early.
void SequenceMatcher::take_stray(const MissingEvent& missing, Strays::iterator found) {
  const Stray stray = std::move(found->second);
  strays_.erase(found);
  const bool same = settings_.is_fast() ? stray.key.has_value() : stray.key == missing.key;
  std::optional<LineDifference> key;
  if (stray.came_to != this) key = how_it_strayed(missing, stray);
  account_.stray_found(stray.counted, stray.came_to->lines_.sequence().place(stray.line, stray.byte), same,
                       missing, key);
  stray.came_to->order_.stray_left();
}

/// The event has come. The other lines that are it, here or (null) anywhere, came again, unless one is the
/// copy that was sent on purpose and has not had its turn.
void SequenceMatcher::settle_strays(std::uint64_t key, bool copy_may_miss, const SequenceMatcher* came_to) {
  const auto [first, last] = strays_.equal_range(key);
  for (auto at = first; at != last;) {
    const auto here = at++;
    Stray& stray = here->second;
    if (came_to != nullptr && stray.came_to != came_to) continue;
    if (stray.counted == Finding::phantom) {
      account_.stray_came_again(stray.came_to->lines_.sequence().place(stray.line, stray.byte));
      stray.counted = Finding::duplicated;
    }
    if (copy_may_miss) continue;
    stray.came_to->order_.stray_left();
    strays_.erase(here);
  }
}

/// Under another key, or under its own in another partition.
LineDifference SequenceMatcher::how_it_strayed(const MissingEvent& missing, const Stray& stray) const {
  const std::string expected_key = account_.entity_text(missing.stream, missing.entity);
  const std::string expected_in = lines_.sequence().name(),
                    found_in = stray.came_to->lines_.sequence().name();
  if (stray.record_key == std::string_view(expected_key).substr(0, kMostOfRecordKey))
    return {"partition", expected_in, found_in};
  return {"key", fmt::format("{} in {}", printable(expected_key), expected_in),
          fmt::format("{} in {}", printable(stray.record_key), found_in)};
}

}  // namespace racesim
