// Which of the expected events a line is: by its bytes or its identity, by what it says it is, by the lines
// around it. It looks and remembers keys; what follows from it is the matcher's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "verify/arrivals/arrived_lines.h"
#include "verify/identity/fast_identity.h"
#include "verify/identity/identity.h"
#include "verify/matching/expected.h"
#include "verify/matching/line_index.h"
#include "verify/matching/match_settings.h"
#include "verify/matching/open_events.h"
#include "verify/matching/passed_numbers.h"

namespace racesim {

/// What a line is looked up by where it is compared byte by byte.
std::uint64_t key_of_bytes(std::string_view line);

/// One thread. The references outlive the finder.
class ArrivalFinder {
 public:
  using More = std::function<Result<bool>()>;
  using Place = std::optional<std::uint64_t>;  ///< a position of the sequence

  /// `more` adds further events to `expected`; false at their end.
  ArrivalFinder(const MatchSettings& settings, ExpectedSequence& expected, const OpenEvents& open,
                ArrivedLines& lines, More more);

  /// What bytes, or with --fast identities, are looked up by. None: --fast cannot read the line's.
  std::uint64_t key_of(const ExpectedSequence::Event& event) const;
  std::optional<std::uint64_t> key_of_line(std::string_view line) const;
  /// --fast: the line, with its line end, says that it is this event.
  bool is_event(std::string_view line, std::uint32_t stream, const EventHead& head) {
    return fast_.is(line, stream, head.owner, head.seq);
  }
  /// What the line, without its line end, says it is.
  std::optional<Identity> read(std::string_view line) const { return identities_.read(line); }

  /// The first event with this key that has not come, from the window on, which grows as far as it is
  /// allowed. Without a key the window is made ready all the same.
  Result<Place> find_open(std::optional<std::uint64_t> key);
  /// The same among the missing ones that are kept.
  Place find_missing(std::uint64_t key);
  /// The last event with this key that has come and is remembered.
  Place find_passed(std::uint64_t key) const;
  /// The event that the line says it is, byte for byte, among all that were made already.
  Place find_beyond_window(const Identity& identity, std::string_view line);
  /// Its copy (kFaultDuplicate) is at hand, or was and is remembered.
  bool knows_copy(const Identity& identity);
  /// It came before its turn, which it has not had yet.
  Place find_taken(const Identity& identity);

  /// For a line whose bytes are nowhere. If the lines behind it go on further ahead, it stands in the place
  /// of an event between: of those the one that it is most like. `says_who`: it is whole and names an event,
  /// so it must be alike.
  Place place_by_neighbours(const std::string& line, bool says_who);
  /// The event that it says it is, if that has not come.
  Place place_by_identity(const Identity& identity);
  /// Whether the line's own words agree with its place.
  bool is_named(std::uint64_t position, const Identity& identity) const;

  /// Whether the lines behind go on with what lies before `position`: then this one only came early.
  bool comes_back(std::uint64_t position);
  /// --fast: the expected event was damaged on purpose, and the lines go on with those behind it.
  bool is_damaged_one();
  /// The next lines are nearly all unknown: the window does not hold what arrives.
  bool is_out_of_window();
  /// Where a copy (kFaultDuplicate) of the event with this identity key is expected, if that is at hand.
  Place copy_at_hand(std::uint64_t identity_key);

  PassedNumbers& numbers() { return numbers_; }
  const PassedNumbers& numbers() const { return numbers_; }
  /// Now and then: forgets keys of events that nobody keeps.
  void tidy();

 private:
  Result<bool> extend_window(std::uint64_t end);
  Place find_known(std::uint64_t key) const;
  Place find_known_line(std::string_view line) const;
  void cover_identities();

  const MatchSettings& settings_;
  ExpectedSequence& expected_;
  const OpenEvents& open_;
  ArrivedLines& lines_;
  More more_;
  IdentityReader identities_;
  FastIdentity fast_;
  LineIndex by_line_, by_identity_;
  PassedNumbers numbers_;
};

}  // namespace racesim
