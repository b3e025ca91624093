// The matcher at a line that is not the expected one: what follows from what it turns out to be.
#include <algorithm>
#include <utility>

#include "verify/matching/matcher.h"

namespace racesim {

Done SequenceMatcher::step() {
  const std::uint64_t cursor = open_.cursor();
  if (settings_.is_fast() && finder_.is_damaged_one()) {
    account_.came_as_sent(expected_.at(cursor).faults());
    take(cursor, Came::guessed);
    return {};
  }
  if (!end_is_known_ && is_torn_end()) {
    use_line(lines_.line());
    return {};
  }
  const std::optional<std::uint64_t> key = finder_.key_of_line(lines_.line());
  const auto open = finder_.find_open(key);
  if (!open) return tl::make_unexpected(open.error());
  if (!key) return unknown(std::string(lines_.line()));
  if (*open) {
    take_whole(**open);
    return {};
  }
  if (const auto missing = finder_.find_missing(*key)) {
    take_whole(*missing);
    return {};
  }
  if (const auto before = finder_.find_passed(*key)) {
    came_again_at(*before);
    return {};
  }
  return unknown(std::string(lines_.line()));
}

/// A run that was killed leaves the begin of a line at its end.
bool SequenceMatcher::is_torn_end() {
  const std::string_view line = lines_.line();
  if (line.empty() || line.back() == '\n' || open_.cursor() == expected_.end()) return false;
  return expected_.at(open_.cursor()).line().substr(0, line.size()) == line || account_.is_unreadable(line);
}

void SequenceMatcher::take_whole(std::uint64_t position) {
  if (lines_.sequence().has_keys() && position >= expected_.begin()) check_keys(expected_.at(position), 1);
  take(position, Came::whole);
}

/// The line is the event at `position`, which had not come.
void SequenceMatcher::take(std::uint64_t position, Came how) {
  if (position < open_.cursor()) return come_late(position, how);
  const bool in_turn = position == open_.cursor() || !finder_.comes_back(position);
  if (in_turn) leave_missing_before(position);
  const ExpectedSequence::Event event = expected_.at(position);
  account_.came(1);
  if (how == Came::whole) account_.came_as_sent(event.faults());
  note_pair(event.stream(), event.head(), event.faults());
  if (how != Came::guessed) judge_order(event, position, lines_.line_number(), lines_.byte_number());
  if (in_turn) {
    finder_.numbers().pass_run(event, 1);
    open_.pass(1);
  } else {
    open_.take_ahead(position);
  }
  use_line(lines_.line());
}

/// An event that was given up as missing.
void SequenceMatcher::come_late(std::uint64_t position, Came how) {
  const MissingEvent missing = *open_.find(position);
  open_.came_late(position);
  account_.came(1);
  if (how == Came::whole) account_.came_as_sent(missing.faults);
  note_pair(missing.stream, missing.head(), missing.faults);
  if (how == Came::guessed)
    order_.is_given_up(missing);
  else
    order_.came(missing.stream, missing.head(), missing.faults, {missing.made, position},
                lines_.line_number(), lines_.byte_number());
  use_line(lines_.line());
}

/// The cursor goes on: what it passes has not come.
void SequenceMatcher::leave_missing_before(std::uint64_t position) {
  while (open_.cursor() < position) {
    pass_taken();
    if (open_.cursor() >= position) break;
    const ExpectedSequence::Event event = expected_.at(open_.cursor());
    const EventHead& head = event.head();
    finder_.numbers().pass(event.stream(), head, event.faults());
    MissingEvent missing;
    missing.position = open_.cursor();
    missing.ordinal = event.ordinal();
    missing.made = event.made();
    missing.seq = head.seq;
    missing.key = finder_.key_of(event);
    missing.line = lines_.line_number();
    missing.byte = lines_.byte_number();
    missing.stream = event.stream();
    missing.entity = head.entity;
    missing.owner = head.owner;
    missing.faults = event.faults();
    missing.expired =
        settings_.expiry != nullptr && settings_.expiry->is_expired(event.stream(), event.line());
    if ((missing.faults & kFaultDuplicate) != 0)
      lone_copies_.copy_is_missing(identity_key(missing.stream, missing.owner, missing.seq));
    const bool remember = strays_.empty() || !came_early(missing);
    open_.leave(missing, remember);
    if (remember) order_.is_missing(missing);
  }
  while (const auto oldest = open_.take_oldest_beyond(settings_.most_missing)) {
    if (!oldest->expired) account_.overflowed();
    order_.is_given_up(*oldest);
    if (!has_strayed(*oldest)) give_up(*oldest);
  }
}

/// It came, or its copy: of those that were sent twice it is noted which one did.
void SequenceMatcher::note_pair(std::uint32_t stream, const EventHead& head, std::uint8_t faults) {
  const bool is_copy = (faults & kFaultDuplicate) != 0;
  if (!is_copy && !order_.has_copy(stream, head)) return;
  const std::uint64_t key = identity_key(stream, head.owner, head.seq);
  if (is_copy)
    lone_copies_.copy_came(key);
  else
    lone_copies_.event_came(key);
}

/// It will not come any more. What removes copies may have kept the copy.
void SequenceMatcher::give_up(const MissingEvent& missing) {
  const bool is_copy = (missing.faults & kFaultDuplicate) != 0;
  if (!is_copy && lone_copies_.take_for(identity_key(missing.stream, missing.owner, missing.seq)))
    account_.copy_stands_in(missing.faults);
  else
    account_.missing(missing);
}

/// A line whose bytes are nowhere.
Done SequenceMatcher::unknown(const std::string& line) {
  std::string_view text = line;
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  const std::optional<Identity> identity = finder_.read(text);
  const bool own = identity && identity->run.value_or(settings_.run) == settings_.run;
  if (const auto whole = own ? finder_.find_beyond_window(*identity, line) : std::nullopt) {
    take_whole(*whole);
    return {};
  }
  std::optional<std::uint64_t> position = finder_.place_by_neighbours(line, identity.has_value());
  if (!position && own) position = finder_.place_by_identity(*identity);
  if (position) {
    altered(*position, line);
    take(*position, own && finder_.is_named(*position, *identity) ? Came::altered : Came::guessed);
    return {};
  }
  if (own) {
    const Result<bool> again = catch_up(*identity);
    if (!again) return tl::make_unexpected(again.error());
    if (*again) return {};
  }
  if (const auto taken = own ? finder_.find_taken(*identity) : std::nullopt) {
    came_again_at(*taken);
    return {};
  }
  unplaced(line, identity);
  use_line(lines_.line());
  return {};
}

void SequenceMatcher::altered(std::uint64_t position, std::string_view line) {
  if (position >= expected_.begin())
    account_.altered(expected_.at(position), line);
  else
    account_.altered(*open_.find(position), line);
}

/// A line of this run from behind the window: if those that follow it are too, all of the window is missing.
Result<bool> SequenceMatcher::catch_up(const Identity& identity) {
  if (open_.cursor() == expected_.end() || finder_.numbers().has_passed(identity)) return false;
  if (!finder_.is_out_of_window()) return false;
  leave_missing_before(std::min(open_.cursor() + settings_.window, expected_.end()));
  expected_.forget_before(open_.cursor(), settings_.history_bytes);
  const Result<bool> more = more_();
  if (!more) return more;
  return true;
}

/// A line that is in the place of no event, and whose bytes are not remembered.
void SequenceMatcher::unplaced(const std::string& line, const std::optional<Identity>& identity) {
  if (!identity) return account_.unknown(line);
  if (identity->run.value_or(settings_.run) != settings_.run) return account_.foreign(*identity);
  const std::uint64_t key = identity_key(identity->stream, identity->owner, identity->seq);
  if (!finder_.numbers().has_passed(*identity)) {
    const bool waits = stray(*identity, line, Finding::phantom);
    return account_.phantom(*identity, line, waits ? "nothing at this place" : "no such event was sent");
  }
  if (account_.was_dropped(*identity)) return account_.phantom(*identity, line, "left out on purpose");
  if (settings_.shed != nullptr && settings_.shed->count(key) > 0)
    return account_.phantom(*identity, line, "shed by --on-overload drop");
  CameAgain arrival{identity->stream, {}, account_.owner_text(*identity), std::nullopt, std::nullopt};
  arrival.head.owner = identity->owner;
  arrival.head.seq = identity->seq;
  // Its bytes are not remembered, or not made yet: that shows when its turn comes.
  if (!finder_.numbers().have_all_passed(*identity) && stray(*identity, line, Finding::duplicated))
    arrival.stray = key;
  came_again(arrival);
}

/// The line is an event that has come and is at hand. If it was sent twice on purpose, it may be the copy,
/// from further ahead than lines are looked for.
void SequenceMatcher::came_again_at(std::uint64_t position) {
  const ExpectedSequence::Event event = expected_.at(position);
  const EventHead& head = event.head();
  const Identity identity{event.stream(), head.owner, head.seq, std::nullopt};
  CameAgain arrival{event.stream(), head, account_.entity_text(event.stream(), head.entity), position, {}};
  if (order_.has_copy(event.stream(), head)) {
    const std::string line(lines_.line());
    if (const auto copy = finder_.find_beyond_window(identity, line)) return take_whole(*copy);
    if (!finder_.knows_copy(identity) && stray(identity, line, Finding::duplicated))
      arrival.stray = identity_key(identity.stream, identity.owner, identity.seq);
  }
  came_again(arrival);
  use_line(lines_.line());
}

/// An event that has come before.
void SequenceMatcher::came_again(const CameAgain& arrival) {
  const Account::Again again = account_.came_again(arrival);
  if (again.began && again.began->stray) recount_stray(*again.began->stray, again.began_line, again.kind);
  if (arrival.stray) recount_stray(*arrival.stray, lines_.line_number(), again.kind);
}

}  // namespace racesim
