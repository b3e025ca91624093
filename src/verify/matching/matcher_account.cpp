// The matcher's books: what is missing, came twice, came altered, was never sent.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "run/run_id.h"
#include "sim/registry.h"
#include "verify/matching/matcher.h"

namespace racesim {
namespace {

std::string_view without_line_end(std::string_view line) {
  return line.substr(0, line.find('\n'));
}

}  // namespace

bool Findings::wants(Finding kind) const {
  const auto same = [kind](const FindingExample& e) { return e.kind == kind; };
  return static_cast<std::size_t>(std::count_if(examples.begin(), examples.end(), same)) < kMostExamples;
}

void SequenceMatcher::count_present(std::uint8_t faults) {
  FaultTotals& present = findings_.injected_present;
  if (faults & kFaultDuplicate) {
    ++present.duplicate;
    return;
  }
  present.late += (faults & kFaultLate) != 0;
  present.reorder += (faults & kFaultReorder) != 0;
  present.corrupt += (faults & kFaultCorrupt) != 0;
}

void SequenceMatcher::count_arrival(const ExpectedSequence::Event& event, Came how) {
  tags_ = event.batch().streams;
  ++findings_.found;
  if (how == Came::whole) count_present(event.faults());
}

/// The cursor goes on: what it passes has not come.
void SequenceMatcher::leave_missing_before(std::uint64_t position) {
  for (; cursor_ < position; ++cursor_) {
    pass_taken();
    if (cursor_ >= position) break;
    const ExpectedSequence::Event event = expected_.at(cursor_);
    tags_ = event.batch().streams;
    const EventHead& head = event.head();
    pass_number(event.stream(), head, event.faults());
    Missing missing;
    missing.position = cursor_;
    missing.ordinal = event.ordinal();
    missing.made = event.made();
    missing.seq = head.seq;
    missing.key = key_of(event);
    missing.line = lines_.line_number();
    missing.byte = lines_.byte_number();
    missing.stream = event.stream();
    missing.entity = head.entity;
    missing.owner = head.owner;
    missing.faults = event.faults();
    if (!strays_.empty() && came_early(missing)) continue;
    missing_.push_back(missing);
    note_missing_copy(missing);
    ++open_missing_;
  }
  while (missing_.size() > settings_.most_missing || (!missing_.empty() && missing_.front().came)) {
    const Missing& oldest = missing_.front();
    if (!oldest.came) {
      findings_.overflowed = true;
      --open_missing_;
      forget_missing_copy(oldest);
      settle(oldest);
    }
    missing_.pop_front();
  }
}

std::int64_t SequenceMatcher::delay_ns(const Missing& missing) const {
  EventHead head;
  head.owner = missing.owner;
  head.seq = missing.seq;
  return faults_.delay_ns(Faults::event_key(stream_keys_[missing.stream], head));
}

/// It came to this sequence before it was made again.
bool SequenceMatcher::came_early(const Missing& missing) {
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
bool SequenceMatcher::has_strayed(const Missing& missing) {
  const auto stray = strays_.find(identity_key(missing.stream, missing.owner, missing.seq));
  if (stray == strays_.end()) return false;
  take_stray(missing, stray);
  return true;
}

/// The line is this event. Without keys there is one sequence, in which it only came early.
void SequenceMatcher::take_stray(const Missing& missing, Strays::iterator found) {
  const Stray stray = found->second;
  strays_.erase(found);
  --findings_[stray.counted];
  ++findings_.found;
  if (stray.came_to == this)
    judge_early(missing, stray);
  else
    --stray.came_to->strays_of_here_;
  const std::string place = stray.came_to->lines_.sequence().place(stray.line, stray.byte);
  std::vector<FindingExample>& examples = findings_.examples;
  const auto example = std::find_if(examples.begin(), examples.end(), [&](const FindingExample& e) {
    return e.kind == stray.counted && e.place == place;
  });
  const bool same = is_fast() ? stray.key.has_value() : stray.key == missing.key;
  if (same) count_present(missing.faults);
  const bool shown = example != examples.end();
  if (same && stray.came_to == this) {
    if (shown) examples.erase(example);
    return;
  }
  const Finding kind = same || !is_fast() ? Finding::altered : Finding::unreadable;
  ++findings_[kind];
  if (!shown) return;
  example->kind = kind;
  if (stray.came_to == this) return;
  example->field = "key";
  example->expected = entity_text(missing.stream, missing.entity);
  example->found = "another key or partition";
}

/// It did not come in its sequence while it could.
void SequenceMatcher::settle(const Missing& missing) {
  if (has_strayed(missing)) return;
  // A receiver that takes out copies and refuses what is damaged does its work.
  if (missing.faults & (kFaultDuplicate | kFaultCorrupt)) return;
  Finding kind = Finding::lost;
  if ((missing.faults & kFaultLate) && settings_.watermark_ns && delay_ns(missing) > *settings_.watermark_ns)
    kind = Finding::late;
  // It may be one of the lines that could not be read.
  if (kind == Finding::lost && findings_.maybe_unread < findings_.unread) {
    ++findings_.maybe_unread;
    return;
  }
  ++findings_[kind];
  EventHead head;
  head.entity = missing.entity;
  head.owner = missing.owner;
  head.seq = missing.seq;
  example(kind, missing.stream, head, "before " + lines_.sequence().place(missing.line, missing.byte));
}

void SequenceMatcher::altered(std::uint64_t position, std::string_view line) {
  if (position < expected_.begin()) {
    const Missing& missing = *find_missing(position);
    EventHead head;
    head.entity = missing.entity;
    head.seq = missing.seq;
    if (is_unreadable(line)) return unreadable(missing.stream, head, line);
    ++findings_[Finding::altered];
    return example(Finding::altered, missing.stream, head, lines_.place(),
                   {"line", "(came late: not kept)", printable(line)});
  }
  const ExpectedSequence::Event event = expected_.at(position);
  if (is_fast() && (event.faults() & kFaultCorrupt)) return count_present(event.faults());
  if (is_unreadable(line)) return unreadable(event.stream(), event.head(), line);
  ++findings_[Finding::altered];
  if (!findings_.wants(Finding::altered)) return;
  findings_.only_spelled |= is_only_spelled(event.line(), line);
  example(Finding::altered, event.stream(), event.head(), lines_.place(),
          compare_lines(event.line(), line, settings_.csv, *settings_.streams[event.stream()].schema));
}

/// The line has the same values: --by-value is the advice.
bool SequenceMatcher::is_only_spelled(std::string_view expected, std::string_view line) const {
  if (settings_.comparison != Comparison::full) return false;
  Respeller respeller(settings_.streams, settings_.csv);
  std::string spelled;
  return respeller.spell(line, spelled) && spelled == expected;
}

/// --fast: all that is not as racesim writes it. By value: what cannot be taken apart into fields.
bool SequenceMatcher::is_unreadable(std::string_view line) const {
  return is_fast() || (respeller_ && respeller_->is_unreadable(line));
}

std::string SequenceMatcher::what_was_expected(std::string_view line) {
  if (is_fast()) return "a line as racesim writes it";
  std::string unused;
  respeller_->spell(line, unused);
  return "an event (" + respeller_->why_not() + ")";
}

/// The line is an event's, as its place or a closer look tells.
void SequenceMatcher::unreadable(std::uint32_t stream, const EventHead& head, std::string_view line) {
  ++findings_[Finding::unreadable];
  if (!findings_.wants(Finding::unreadable)) return;
  example(Finding::unreadable, stream, head, lines_.place(),
          {"line", what_was_expected(line), printable(without_line_end(line))});
}

/// An event that has come before. Events that came one behind the other and come again so are a redelivery,
/// as after a restart that went back.
void SequenceMatcher::duplicate(std::uint32_t stream, const EventHead& head, const std::string& entity,
                                std::optional<std::uint64_t> position, std::optional<std::uint64_t> stray) {
  LastDuplicate& last = last_duplicate_;
  const bool same_owner = last.stream == stream && last.owner == head.owner;
  const bool ascending =
      position && last.position ? *position > *last.position : !same_owner || head.seq > last.seq;
  const bool follows = last.line + 1 == lines_.line_number() && ascending;
  if (follows && !last.in_run) {
    --findings_[Finding::duplicated];
    ++findings_[Finding::redelivered];
    if (last.shown) rename_last_duplicated();
    if (last.stray) recount_stray(*last.stray, last.line, Finding::redelivered);
  }
  const Finding kind = follows ? Finding::redelivered : Finding::duplicated;
  ++findings_[kind];
  const bool shown = findings_.wants(kind);
  example(kind, settings_.streams[stream].name, entity, std::to_string(head.seq), lines_.place(), {});
  if (stray) recount_stray(*stray, lines_.line_number(), kind);
  last = {lines_.line_number(), stream, head.owner, head.seq, position, stray, follows, shown};
}

void SequenceMatcher::rename_last_duplicated() {
  std::vector<FindingExample>& examples = findings_.examples;
  const auto last = std::find_if(examples.rbegin(), examples.rend(),
                                 [](const FindingExample& e) { return e.kind == Finding::duplicated; });
  if (last == examples.rend()) return;
  if (findings_.wants(Finding::redelivered))
    last->kind = Finding::redelivered;
  else
    examples.erase(std::next(last).base());
}

/// A line that is in the place of no event, and whose bytes are not remembered.
void SequenceMatcher::unplaced(const std::string& line, const std::optional<Identity>& identity) {
  const std::string shown = printable(std::string_view(line).substr(0, line.find('\n')));
  if (!identity && is_unreadable(line)) {
    ++findings_[Finding::unreadable];
    ++findings_.unread;
    if (!findings_.wants(Finding::unreadable)) return;
    return example(Finding::unreadable, "", "", "", lines_.place(), {"line", what_was_expected(line), shown});
  }
  if (!identity) {
    ++findings_[Finding::phantom];
    return example(Finding::phantom, "", "", "", lines_.place(), {"line", "no event of this run", shown});
  }
  EventHead head;
  head.owner = identity->owner;
  head.seq = identity->seq;
  // The number may be anything, so that nobody is asked what it is called.
  const RowForm* form = find_row_form(*settings_.streams[identity->stream].schema);
  const bool is_entity = form == nullptr || form->owner == form->entity;
  const std::string entity = fmt::format("{}{}", is_entity ? "" : "owner ", identity->owner);
  LineDifference why{"line", "", shown};
  if (identity->run.value_or(settings_.run) != settings_.run)
    why = {"run", run_text(settings_.run), run_text(*identity->run)};
  else if (!has_passed(*identity))
    why.expected =
        stray(*identity, line, Finding::phantom) ? "nothing at this place" : "no such event was sent";
  else if (faults_.decide(Faults::event_key(stream_keys_[identity->stream], head)).drop)
    why.expected = "left out on purpose";
  else if (settings_.shed != nullptr &&
           settings_.shed->count(identity_key(identity->stream, identity->owner, identity->seq)) > 0)
    why.expected = "shed by --on-overload drop";
  else if (!have_all_passed(*identity) && stray(*identity, line, Finding::duplicated))
    // Its bytes are not remembered, or not made yet: that shows when its turn comes.
    return duplicate(identity->stream, head, entity, std::nullopt,
                     identity_key(identity->stream, identity->owner, identity->seq));
  else
    return duplicate(identity->stream, head, entity, std::nullopt);
  ++findings_[Finding::phantom];
  example(Finding::phantom, settings_.streams[identity->stream].name, entity, std::to_string(head.seq),
          lines_.place(), std::move(why));
}

/// Remembers it for the account; false: there is no room.
bool SequenceMatcher::stray(const Identity& identity, const std::string& line, Finding counted) {
  if (strays_.size() >= kMostStrays) return false;
  strays_.emplace(identity_key(identity.stream, identity.owner, identity.seq),
                  Stray{key_of_line(line), this, lines_.line_number(), lines_.byte_number(), counted});
  ++strays_of_here_;
  return true;
}

void SequenceMatcher::recount_stray(std::uint64_t key, std::uint64_t line, Finding counted) {
  const auto [first, last] = strays_.equal_range(key);
  for (auto stray = first; stray != last; ++stray)
    if (stray->second.came_to == this && stray->second.line == line) stray->second.counted = counted;
}

std::string SequenceMatcher::entity_text(std::uint32_t stream, std::uint32_t entity) const {
  std::string text;
  if (tags_) (*tags_)[stream].append_key(entity, text);
  return text;
}

void SequenceMatcher::example(Finding kind, std::uint32_t stream, const EventHead& head,
                              const std::string& place, LineDifference difference) {
  if (!findings_.wants(kind)) return;
  example(kind, settings_.streams[stream].name, entity_text(stream, head.entity), std::to_string(head.seq),
          place, std::move(difference));
}

void SequenceMatcher::example(Finding kind, std::string_view stream, const std::string& entity,
                              const std::string& seq, const std::string& place, LineDifference difference) {
  if (!findings_.wants(kind)) return;
  findings_.examples.push_back({kind, std::string(stream), entity, seq, place, std::move(difference.field),
                                std::move(difference.expected), std::move(difference.found)});
}

}  // namespace racesim
