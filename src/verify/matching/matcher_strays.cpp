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

/// It came to this sequence before it was made again.
bool SequenceMatcher::came_early(const MissingEvent& missing) {
  const auto [first, last] = strays_.equal_range(identity_key(missing.stream, missing.owner, missing.seq));
  auto early = last;
  for (auto stray = first; stray != last; ++stray)
    if (stray->second.came_to == this && (early == last || stray->second.line < early->second.line))
      early = stray;
  if (early == last) return false;
  take_stray(missing, early);
  return true;
}

/// It came, but where nobody expected it.
bool SequenceMatcher::has_strayed(const MissingEvent& missing) {
  const auto stray = strays_.find(identity_key(missing.stream, missing.owner, missing.seq));
  if (stray == strays_.end()) return false;
  take_stray(missing, stray);
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
  if (stray.came_to == this)
    order_.stray_found(missing, stray.line, stray.byte);
  else
    stray.came_to->order_.stray_left();
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
