#include "verify/matching/arrival_finder.h"

#define XXH_INLINE_ALL
#include <xxhash.h>
#include <algorithm>
#include <array>
#include <utility>

namespace racesim {
namespace {

/// Lines behind the present one that are looked at.
constexpr std::size_t kAhead = 8;
/// An unknown line is compared with so many expected events at its place.
constexpr std::size_t kCandidates = 16;
/// The window grows in steps: most events that came early are near. The last one is all of it.
constexpr std::array<std::size_t, 2> kFirstSteps{64, 4096};
/// Fewer keys than these are not worth being gone over.
constexpr std::size_t kLeastTidied = 65'536;

}  // namespace

std::uint64_t key_of_bytes(std::string_view line) {
  return XXH3_64bits(line.data(), line.size());
}

ArrivalFinder::ArrivalFinder(const MatchSettings& settings, ExpectedSequence& expected,
                             const OpenEvents& open, ArrivedLines& lines, More more)
    : settings_(settings),
      expected_(expected),
      open_(open),
      lines_(lines),
      more_(std::move(more)),
      identities_(settings.streams, *settings.owners, settings.form),
      fast_(settings.streams, *settings.owners, settings.form, settings.run),
      numbers_(settings.streams.size()) {}

std::uint64_t ArrivalFinder::key_of(const ExpectedSequence::Event& event) const {
  if (settings_.is_fast()) return identity_key(event.stream(), event.head().owner, event.head().seq);
  return key_of_bytes(event.line());
}

std::optional<std::uint64_t> ArrivalFinder::key_of_line(std::string_view line) const {
  if (!settings_.is_fast()) return key_of_bytes(line);
  const std::optional<Identity> identity = fast_.identity(line);
  if (!identity) return std::nullopt;
  return identity_key(identity->stream, identity->owner, identity->seq);
}

/// Makes events until `end` is at hand; false when there are no more.
Result<bool> ArrivalFinder::extend_window(std::uint64_t end) {
  while (expected_.end() < end && expected_.bytes_from(open_.cursor()) < settings_.window_bytes) {
    const Result<bool> more = more_();
    if (!more || !*more) return more;
  }
  return true;
}

Result<ArrivalFinder::Place> ArrivalFinder::find_open(std::optional<std::uint64_t> key) {
  Place found;
  const std::uint64_t cursor = open_.cursor();
  for (std::size_t step = 0; step <= kFirstSteps.size() && !found; ++step) {
    const std::size_t reach = step < kFirstSteps.size() ? kFirstSteps[step] : settings_.window;
    const std::uint64_t end = cursor + std::min(reach, settings_.window);
    if (const Result<bool> more = extend_window(end); !more) return tl::make_unexpected(more.error());
    by_line_.cover_ahead(cursor, std::min(end, expected_.end()),
                         [this](std::uint64_t p) { return key_of(expected_.at(p)); });
    if (key) found = find_known(*key);
  }
  return found;
}

/// Without making or hashing anything.
ArrivalFinder::Place ArrivalFinder::find_known(std::uint64_t key) const {
  Place found;
  by_line_.each(key, [&](std::uint64_t p) {
    if (open_.is_open(p) && (!found || p < *found)) found = p;
  });
  return found;
}

ArrivalFinder::Place ArrivalFinder::find_known_line(std::string_view line) const {
  const std::optional<std::uint64_t> key = key_of_line(line);
  return key ? find_known(*key) : std::nullopt;
}

ArrivalFinder::Place ArrivalFinder::find_missing(std::uint64_t key) {
  by_line_.cover_behind(expected_.begin(), open_.cursor(),
                        [this](std::uint64_t p) { return key_of(expected_.at(p)); });
  return find_known(key);
}

ArrivalFinder::Place ArrivalFinder::find_passed(std::uint64_t key) const {
  Place before;
  by_line_.each(key, [&](std::uint64_t p) {
    if (p >= expected_.begin() && (!before || p > *before)) before = p;
  });
  return before;
}

/// Events that are sent out of order on purpose tell nothing: a receiver may have put them where they belong.
bool ArrivalFinder::comes_back(std::uint64_t position) {
  constexpr std::uint8_t kMoved = kFaultLate | kFaultReorder | kFaultDuplicate;
  const auto& lines = lines_.lines(kAhead);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto other = find_known_line(lines[i]);
    if (!other || *other == position || *other < open_.cursor()) continue;
    if ((expected_.at(*other).faults() & kMoved) == 0) return *other < position;
  }
  return (expected_.at(position).faults() & kMoved) != 0;
}

bool ArrivalFinder::is_damaged_one() {
  const std::uint64_t cursor = open_.cursor();
  const auto& lines = lines_.lines(kAhead);
  for (std::size_t i = 0; i <= kAhead && cursor + i < expected_.end(); ++i) {
    const ExpectedSequence::Event event = expected_.at(cursor + i);
    if (event.faults() & kFaultCorrupt) continue;
    return i > 0 && i < lines.size() && key_of_line(lines[i]) == key_of(event);
  }
  // The last one.
  return cursor + 1 == expected_.end() && lines.size() == 1;
}

ArrivalFinder::Place ArrivalFinder::place_by_neighbours(const std::string& line, bool says_who) {
  const std::uint64_t cursor = open_.cursor();
  const auto& lines = lines_.lines(kAhead);
  Place next;
  for (std::size_t i = 1; i < lines.size() && !next; ++i) {
    const auto other = find_known_line(lines[i]);
    if (other && *other >= cursor) next = other;
  }
  // Nothing that is known follows: at the end all that is expected may be meant, else the very next.
  const bool at_end = !next && lines.size() <= kAhead;
  std::uint64_t end = next ? *next : at_end ? expected_.end() : says_who ? cursor : cursor + 1;
  const std::size_t tolerance_pct = says_who ? 25 : next || at_end ? 100 : 50;
  // Further ahead than the window its bytes have not been looked for.
  end = std::min({end, expected_.end(), cursor + std::min(kCandidates, settings_.window)});
  Place best;
  std::size_t least = SIZE_MAX;
  for (std::uint64_t p = cursor; p < end; ++p) {
    if (!open_.is_open(p)) continue;
    const ExpectedSequence::Event event = expected_.at(p);
    if (settings_.is_fast() && says_who) continue;
    // Without bytes to compare with, it is the first.
    const std::size_t distance = settings_.is_fast() ? p - cursor : line_distance(event.line(), line);
    const std::size_t size = std::max(event.line().size(), line.size());
    if (!settings_.is_fast() && 100 * distance > tolerance_pct * size) continue;
    if (distance < least) {
      least = distance;
      best = p;
    }
  }
  return best;
}

void ArrivalFinder::cover_identities() {
  const auto key_at = [this](std::uint64_t p) {
    const ExpectedSequence::Event event = expected_.at(p);
    return identity_key(event.stream(), event.head().owner, event.head().seq);
  };
  by_identity_.cover_behind(expected_.begin(), open_.cursor(), key_at);
  by_identity_.cover_ahead(open_.cursor(), expected_.end(), key_at);
}

ArrivalFinder::Place ArrivalFinder::place_by_identity(const Identity& identity) {
  cover_identities();
  Place found;
  by_identity_.each(identity_key(identity.stream, identity.owner, identity.seq), [&](std::uint64_t p) {
    if (p < open_.cursor() + settings_.window && open_.is_open(p) && (!found || p < *found)) found = p;
  });
  return found;
}

ArrivalFinder::Place ArrivalFinder::find_beyond_window(const Identity& identity, std::string_view line) {
  cover_identities();
  const std::optional<std::uint64_t> key = key_of_line(line);
  Place found;
  by_identity_.each(identity_key(identity.stream, identity.owner, identity.seq), [&](std::uint64_t p) {
    if (p >= open_.cursor() && open_.is_open(p) && (!found || p < *found) && key_of(expected_.at(p)) == key)
      found = p;
  });
  return found;
}

ArrivalFinder::Place ArrivalFinder::find_taken(const Identity& identity) {
  cover_identities();
  Place taken;
  by_identity_.each(identity_key(identity.stream, identity.owner, identity.seq), [&](std::uint64_t p) {
    if (p >= open_.cursor() && !open_.is_open(p)) taken = p;
  });
  return taken;
}

bool ArrivalFinder::knows_copy(const Identity& identity) {
  cover_identities();
  bool known = false;
  by_identity_.each(identity_key(identity.stream, identity.owner, identity.seq), [&](std::uint64_t p) {
    known |= p >= expected_.begin() && (expected_.at(p).faults() & kFaultDuplicate) != 0;
  });
  return known;
}

bool ArrivalFinder::is_named(std::uint64_t position, const Identity& identity) const {
  const auto is = [&](std::uint32_t stream, std::uint32_t owner, std::uint64_t seq) {
    return stream == identity.stream && owner == identity.owner && seq == identity.seq;
  };
  if (const MissingEvent* const missing = open_.find(position))
    return is(missing->stream, missing->owner, missing->seq);
  const ExpectedSequence::Event event = expected_.at(position);
  return is(event.stream(), event.head().owner, event.head().seq);
}

bool ArrivalFinder::is_out_of_window() {
  std::size_t unknown = 0, all = 0;
  for (const std::string_view line : lines_.lines(kAhead)) {
    ++all;
    unknown += find_known_line(line) ? 0 : 1;
  }
  return 4 * unknown >= 3 * all;
}

ArrivalFinder::Place ArrivalFinder::copy_at_hand(std::uint64_t identity_key) {
  cover_identities();
  Place sent;
  by_identity_.each(identity_key, [&](std::uint64_t p) {
    if (p >= open_.cursor() && (expected_.at(p).faults() & kFaultDuplicate)) sent = p;
  });
  return sent;
}

void ArrivalFinder::tidy() {
  const auto wanted = [this](std::uint64_t p) { return p >= expected_.begin() || open_.find(p) != nullptr; };
  const std::size_t most = 2 * (expected_.end() - expected_.begin() + open_.missing_size()) + kLeastTidied;
  by_line_.tidy(most, wanted);
  by_identity_.tidy(most, wanted);
}

}  // namespace racesim
