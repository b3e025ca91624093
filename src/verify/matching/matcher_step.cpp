// The matcher at a line that is not the expected one: which event is it, and what follows for those before
// it?
#include <algorithm>
#include <array>

#include "verify/matching/matcher.h"

namespace racesim {
namespace {

/// Lines behind the present one that are looked at.
constexpr std::size_t kAhead = 8;
/// An unknown line is compared with so many expected events at its place.
constexpr std::size_t kCandidates = 16;
/// The window grows in steps: most events that came early are near.
constexpr std::array<std::size_t, 3> kSteps{64, 4096, SIZE_MAX};

}  // namespace

SequenceMatcher::Missing* SequenceMatcher::find_missing(std::uint64_t position) {
  const auto found = std::lower_bound(missing_.begin(), missing_.end(), position,
                                      [](const Missing& m, std::uint64_t p) { return m.position < p; });
  return found != missing_.end() && found->position == position && !found->came ? &*found : nullptr;
}

bool SequenceMatcher::is_open(std::uint64_t position) {
  if (position >= cursor_) return taken_.count(position) == 0;
  return find_missing(position) != nullptr;
}

/// Makes events until `end` is at hand; false when there are no more.
Result<bool> SequenceMatcher::extend_window(std::uint64_t end) {
  while (expected_.end() < end && expected_.bytes_from(cursor_) < settings_.window_bytes) {
    const Result<bool> more = more_();
    if (!more || !*more) return more;
  }
  return true;
}

/// The first event with this key that has not come yet. Without a key the window is made ready all the same.
Result<std::optional<std::uint64_t>> SequenceMatcher::find_open(std::optional<std::uint64_t> key) {
  std::optional<std::uint64_t> found;
  for (const std::size_t step : kSteps) {
    const std::uint64_t end = cursor_ + std::min(step, settings_.window);
    if (const Result<bool> more = extend_window(end); !more) return tl::make_unexpected(more.error());
    by_line_.cover_ahead(cursor_, std::min(end, expected_.end()),
                         [this](std::uint64_t p) { return key_of(expected_.at(p)); });
    if (key) found = find_known(*key);
    if (found || step == SIZE_MAX) break;
  }
  return found;
}

/// The same, without making or hashing anything.
std::optional<std::uint64_t> SequenceMatcher::find_known(std::uint64_t key) {
  std::optional<std::uint64_t> found;
  by_line_.each(key, [&](std::uint64_t p) {
    if (is_open(p) && (!found || p < *found)) found = p;
  });
  return found;
}

std::optional<std::uint64_t> SequenceMatcher::find_known_line(std::string_view line) {
  const std::optional<std::uint64_t> key = key_of_line(line);
  return key ? find_known(*key) : std::nullopt;
}

Done SequenceMatcher::step() {
  if (is_fast() && is_corrupt_one()) {
    count_present(expected_.at(cursor_).faults());
    take(cursor_, Came::guessed);
    return {};
  }
  if (!end_is_known_ && is_torn_end()) {
    use_line(lines_.line());
    return {};
  }
  const std::optional<std::uint64_t> key = key_of_line(lines_.line());
  auto open = find_open(key);
  if (!open) return tl::make_unexpected(open.error());
  if (!key) return unknown(std::string(lines_.line()));
  if (*open) {
    take_whole(**open);
    return {};
  }
  by_line_.cover_behind(expected_.begin(), cursor_,
                        [this](std::uint64_t p) { return key_of(expected_.at(p)); });
  if (const auto missing = find_known(*key)) {
    take_whole(*missing);
    return {};
  }
  std::optional<std::uint64_t> before;
  by_line_.each(*key, [&](std::uint64_t p) {
    if (p >= expected_.begin() && (!before || p > *before)) before = p;
  });
  if (before) {
    const ExpectedSequence::Event event = expected_.at(*before);
    duplicate(event.stream(), event.head(), entity_text(event.stream(), event.head().entity), before);
    use_line(lines_.line());
    return {};
  }
  return unknown(std::string(lines_.line()));
}

void SequenceMatcher::take_whole(std::uint64_t position) {
  if (lines_.sequence().has_keys() && position >= expected_.begin()) check_keys(expected_.at(position), 1);
  take(position, Came::whole);
}

/// The line is the event at `position`, which had not come.
void SequenceMatcher::take(std::uint64_t position, Came how) {
  if (position < cursor_) return come_late(position, how);
  if (position == cursor_ || !comes_back(position)) {
    leave_missing_before(position);
    const ExpectedSequence::Event event = expected_.at(position);
    count_arrival(event, how);
    if (how != Came::guessed) judge_order(event, position, lines_.line_number(), lines_.byte_number());
    remember_passed(event, 1);
    cursor_ = position + 1;
  } else {
    const ExpectedSequence::Event event = expected_.at(position);
    count_arrival(event, how);
    if (how != Came::guessed) judge_order(event, position, lines_.line_number(), lines_.byte_number());
    taken_.insert(position);
  }
  last_arrived_ = std::max(last_arrived_, position + 1);
  use_line(lines_.line());
}

/// Whether the lines go on with what lies before `position`: then this one only came early. Events that are
/// sent out of order on purpose tell nothing: a receiver may have put them where they belong.
bool SequenceMatcher::comes_back(std::uint64_t position) {
  constexpr std::uint8_t kMoved = kFaultLate | kFaultReorder | kFaultDuplicate;
  const auto& lines = lines_.lines(kAhead);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto other = find_known_line(lines[i]);
    if (!other || *other == position || *other < cursor_) continue;
    if ((expected_.at(*other).faults() & kMoved) == 0) return *other < position;
  }
  return (expected_.at(position).faults() & kMoved) != 0;
}

/// An event that was given up as missing.
void SequenceMatcher::come_late(std::uint64_t position, Came how) {
  Missing& missing = *find_missing(position);
  missing.came = true;
  --open_missing_;
  ++findings_.found;
  if (how == Came::whole) count_present(missing.faults);
  EventHead head;
  head.entity = missing.entity;
  head.owner = missing.owner;
  head.seq = missing.seq;
  if (how == Came::guessed)
    forget_missing_copy(missing);
  else
    judge_order(missing.stream, head, missing.faults, {missing.made, position}, lines_.line_number(),
                lines_.byte_number());
  use_line(lines_.line());
}

/// A run that was killed leaves the begin of a line at its end.
bool SequenceMatcher::is_torn_end() {
  const std::string_view line = lines_.line();
  if (line.empty() || line.back() == '\n' || cursor_ == expected_.end()) return false;
  if (expected_.at(cursor_).line().substr(0, line.size()) == line) return true;
  return is_unreadable(line);
}

/// Without bytes to compare with: the expected event was damaged on purpose, and the lines behind this one go
/// on with those behind it.
bool SequenceMatcher::is_corrupt_one() {
  const auto& lines = lines_.lines(kAhead);
  for (std::size_t i = 0; i <= kAhead && cursor_ + i < expected_.end(); ++i) {
    const ExpectedSequence::Event event = expected_.at(cursor_ + i);
    if (event.faults() & kFaultCorrupt) continue;
    return i > 0 && i < lines.size() && key_of_line(lines[i]) == key_of(event);
  }
  // The last one.
  return cursor_ + 1 == expected_.end() && lines.size() == 1;
}

/// A line whose bytes are nowhere.
Done SequenceMatcher::unknown(const std::string& line) {
  std::string_view text = line;
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  const std::optional<Identity> identity = identities_.read(text);
  const bool own = identity && identity->run.value_or(settings_.run) == settings_.run;
  if (const auto whole = own ? find_beyond_window(*identity, line) : std::nullopt) {
    take_whole(*whole);
    return {};
  }
  std::optional<std::uint64_t> position = place_by_neighbours(line, identity.has_value());
  if (!position && own) position = place_by_identity(*identity);
  if (position) {
    altered(*position, line);
    take(*position, own && is_named(*position, *identity) ? Came::altered : Came::guessed);
    return {};
  }
  if (own) {
    const Result<bool> again = catch_up(*identity);
    if (!again) return tl::make_unexpected(again.error());
    if (*again) return {};
  }
  unplaced(line, identity);
  use_line(lines_.line());
  return {};
}

/// If the lines behind it go on further ahead, it stands in the place of an event between: of those the one
/// that it is most like. `says_who`: it is whole and names an event, so it must be alike.
std::optional<std::uint64_t> SequenceMatcher::place_by_neighbours(const std::string& line, bool says_who) {
  const auto& lines = lines_.lines(kAhead);
  std::uint64_t end = cursor_;
  bool decided = false;
  for (std::size_t i = 1; i < lines.size() && !decided; ++i) {
    const auto other = find_known_line(lines[i]);
    if (!other || *other < cursor_) continue;
    end = *other;
    decided = true;
  }
  // Nothing that is known follows: at the end all that is expected may be meant, else the very next.
  const bool at_end = !decided && lines.size() <= kAhead;
  if (!decided) end = at_end ? expected_.end() : says_who ? cursor_ : cursor_ + 1;
  const std::size_t tolerance_pct = says_who ? 25 : decided || at_end ? 100 : 50;
  // Further ahead than the window its bytes have not been looked for.
  end = std::min({end, expected_.end(), cursor_ + std::min(kCandidates, settings_.window)});
  std::optional<std::uint64_t> best;
  std::size_t least = SIZE_MAX;
  for (std::uint64_t p = cursor_; p < end; ++p) {
    if (!is_open(p)) continue;
    const ExpectedSequence::Event event = expected_.at(p);
    if (is_fast() && says_who) continue;
    // Without bytes to compare with, it is the first.
    const std::size_t distance = is_fast() ? p - cursor_ : line_distance(event.line(), line);
    const std::size_t size = std::max(event.line().size(), line.size());
    if (!is_fast() && 100 * distance > tolerance_pct * size) continue;
    if (distance < least) {
      least = distance;
      best = p;
    }
  }
  return best;
}

void SequenceMatcher::cover_identities() {
  const auto key_at = [this](std::uint64_t p) {
    const ExpectedSequence::Event event = expected_.at(p);
    return identity_key(event.stream(), event.head().owner, event.head().seq);
  };
  by_identity_.cover_behind(expected_.begin(), cursor_, key_at);
  by_identity_.cover_ahead(cursor_, expected_.end(), key_at);
}

/// The event that the line says it is, if that has not come.
std::optional<std::uint64_t> SequenceMatcher::place_by_identity(const Identity& identity) {
  cover_identities();
  std::optional<std::uint64_t> found;
  by_identity_.each(identity_key(identity.stream, identity.owner, identity.seq), [&](std::uint64_t p) {
    if (p < cursor_ + settings_.window && is_open(p) && (!found || p < *found)) found = p;
  });
  return found;
}

/// The event that the line says it is, byte for byte, among those that were made already.
std::optional<std::uint64_t> SequenceMatcher::find_beyond_window(const Identity& identity,
                                                                 std::string_view line) {
  cover_identities();
  const std::optional<std::uint64_t> key = key_of_line(line);
  std::optional<std::uint64_t> found;
  by_identity_.each(identity_key(identity.stream, identity.owner, identity.seq), [&](std::uint64_t p) {
    if (p >= cursor_ && is_open(p) && (!found || p < *found) && key_of(expected_.at(p)) == key) found = p;
  });
  return found;
}

/// Whether the line's own words agree with its place.
bool SequenceMatcher::is_named(std::uint64_t position, const Identity& identity) {
  const auto is = [&](std::uint32_t stream, std::uint32_t owner, std::uint64_t seq) {
    return stream == identity.stream && owner == identity.owner && seq == identity.seq;
  };
  if (position < cursor_) {
    const Missing& missing = *find_missing(position);
    return is(missing.stream, missing.owner, missing.seq);
  }
  const ExpectedSequence::Event event = expected_.at(position);
  return is(event.stream(), event.head().owner, event.head().seq);
}

/// A line of this run from behind the window: if those that follow it are too, all of the window is missing.
Result<bool> SequenceMatcher::catch_up(const Identity& identity) {
  if (cursor_ == expected_.end() || has_passed(identity)) return false;
  std::size_t unknown = 0, all = 0;
  for (const std::string_view line : lines_.lines(kAhead)) {
    ++all;
    unknown += find_known_line(line) ? 0 : 1;
  }
  if (4 * unknown < 3 * all) return false;
  leave_missing_before(std::min(cursor_ + settings_.window, expected_.end()));
  expected_.forget_before(cursor_, settings_.history_bytes);
  const Result<bool> more = more_();
  if (!more) return more;
  return true;
}

}  // namespace racesim
