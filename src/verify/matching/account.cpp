#include "verify/matching/account.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "run/run_id.h"
#include "sim/registry.h"

namespace racesim {
namespace {

std::string_view shown_part(std::string_view line) {
  return line.substr(0, line.find('\n'));
}

}  // namespace

bool Findings::wants(Finding kind) const {
  const auto same = [kind](const FindingExample& e) { return e.kind == kind; };
  return static_cast<std::size_t>(std::count_if(examples.begin(), examples.end(), same)) < kMostExamples;
}

Account::Account(const MatchSettings& settings, const Faults& faults, ArrivedLines& lines,
                 Respeller* respeller, Findings& findings)
    : settings_(settings), faults_(faults), lines_(lines), respeller_(respeller), findings_(findings) {
  for (const StreamInfo& stream : settings.streams) stream_keys_.push_back(topic_hash(stream.name));
}

void Account::came_as_sent(std::uint8_t faults) {
  FaultTotals& present = findings_.injected_present;
  if (faults & kFaultDuplicate) {
    ++present.duplicate;
    return;
  }
  present.late += (faults & kFaultLate) != 0;
  present.reorder += (faults & kFaultReorder) != 0;
  present.corrupt += (faults & kFaultCorrupt) != 0;
}

void Account::copy_stands_in(std::uint8_t faults) {
  --findings_.injected_present.duplicate;
  came_as_sent(faults);
}

void Account::altered_header(std::string_view expected, std::string found) {
  ++findings_[Finding::altered];
  example(Finding::altered, "", "", "", lines_.place(),
          {"header", printable(shown_part(expected)), std::move(found)});
}

void Account::altered_key(std::uint32_t stream, const EventHead& head, const std::string& expected,
                          std::string_view found) {
  ++findings_[Finding::altered];
  example(Finding::altered, stream, head, lines_.place(), {"key", printable(expected), printable(found)});
}

void Account::altered(const MissingEvent& missing, std::string_view line) {
  if (is_unreadable(line)) return unreadable(missing.stream, missing.head(), line);
  ++findings_[Finding::altered];
  example(Finding::altered, missing.stream, missing.head(), lines_.place(),
          {"line", "(arrived late: not kept)", printable(shown_part(line))});
}

void Account::altered(const ExpectedSequence::Event& event, std::string_view line) {
  if (settings_.is_fast() && (event.faults() & kFaultCorrupt)) return came_as_sent(event.faults());
  if (is_unreadable(line)) return unreadable(event.stream(), event.head(), line);
  ++findings_[Finding::altered];
  if (!findings_.wants(Finding::altered)) return;
  findings_.only_spelled |= is_only_spelled(event.line(), line);
  example(Finding::altered, event.stream(), event.head(), lines_.place(),
          compare_lines(event.line(), line, settings_.form, *settings_.streams[event.stream()].schema));
}

/// The line has the same values: --by-value is the advice.
bool Account::is_only_spelled(std::string_view expected, std::string_view line) const {
  if (settings_.comparison != Comparison::full || settings_.form == LineForm::line_protocol) return false;
  if (settings_.streams.front().schema->row_size == 0) return false;  // a replay: its lines are no rows
  Respeller respeller(settings_.streams, settings_.is_csv());
  std::string spelled;
  return respeller.spell(line, spelled) && spelled == expected;
}

bool Account::is_unreadable(std::string_view line) const {
  return settings_.is_fast() || (respeller_ != nullptr && respeller_->is_unreadable(line));
}

std::string Account::what_was_expected(std::string_view line) {
  if (settings_.is_fast()) return "a line as racesim writes it";
  std::string unused;
  respeller_->spell(line, unused);
  return "an event (" + respeller_->why_not() + ")";
}

/// The line is an event's, as its place or a closer look tells.
void Account::unreadable(std::uint32_t stream, const EventHead& head, std::string_view line) {
  ++findings_[Finding::unreadable];
  if (!findings_.wants(Finding::unreadable)) return;
  example(Finding::unreadable, stream, head, lines_.place(),
          {"line", what_was_expected(line), printable(shown_part(line))});
}

void Account::reordered(const OrderHistory::Arrival& arrival) {
  ++findings_[Finding::reordered];
  if (findings_.wants(Finding::reordered))
    example(Finding::reordered, arrival.stream, arrival.head,
            lines_.sequence().place(arrival.line, arrival.byte));
}

bool Account::is_late(const MissingEvent& missing) const {
  if ((missing.faults & kFaultLate) == 0 || !settings_.watermark_ns) return false;
  return faults_.delay_ns(Faults::event_key(stream_keys_[missing.stream], missing.head())) >
         *settings_.watermark_ns;
}

void Account::missing(const MissingEvent& missing) {
  if (missing.faults & kFaultDuplicate) return;
  if (settings_.refused != nullptr)
    if (const auto id = settings_.refused->take(missing.key)) return refused(missing, *id);
  if (missing.faults & kFaultCorrupt) return;
  const Finding kind = missing.expired ? Finding::expired : is_late(missing) ? Finding::late : Finding::lost;
  // It may be one of the lines that could not be read.
  if (kind == Finding::lost && findings_.maybe_unread < findings_.unread) {
    ++findings_.maybe_unread;
    return;
  }
  ++findings_[kind];
  if (findings_.wants(kind))
    example(kind, missing.stream, missing.head(),
            "before " + lines_.sequence().place(missing.line, missing.byte));
}

/// A store does right to refuse what is damaged, and what comes under an id that something damaged took
/// before.
void Account::refused(const MissingEvent& missing, std::int64_t id) {
  if (missing.faults & kFaultCorrupt) return came_as_sent(missing.faults);
  const std::uint64_t key = identity_key(missing.stream, missing.owner, missing.seq);
  if (settings_.claimed != nullptr && settings_.claimed->count(key) > 0) {
    ++findings_.displaced;
    return came(1);
  }
  ++findings_[Finding::refused];
  if (findings_.wants(Finding::refused))
    example(Finding::refused, missing.stream, missing.head(), fmt::format("dead_letter id {}", id),
            {"reason", "a row", printable(settings_.refused->reason_of(id))});
}

/// Events that came one behind the other and come again so are a redelivery, as after a restart that went
/// back.
Account::Again Account::came_again(const CameAgain& arrival) {
  Again again;
  bool follows = false;
  if (last_again_) {
    const CameAgain& last = last_again_->arrival;
    const bool same_owner = last.stream == arrival.stream && last.head.owner == arrival.head.owner;
    const bool ascending = arrival.position && last.position
                               ? *arrival.position > *last.position
                               : !same_owner || arrival.head.seq > last.head.seq;
    follows = last_again_->line + 1 == lines_.line_number() && ascending;
  }
  if (follows && !last_again_->in_run) {
    --findings_[Finding::duplicated];
    ++findings_[Finding::redelivered];
    if (last_again_->shown) rename_last_duplicated();
    again.began = last_again_->arrival;
    again.began_line = last_again_->line;
  }
  again.kind = follows ? Finding::redelivered : Finding::duplicated;
  ++findings_[again.kind];
  const bool shown = findings_.wants(again.kind);
  example(again.kind, settings_.streams[arrival.stream].name, arrival.entity,
          std::to_string(arrival.head.seq), lines_.place(), {});
  last_again_ = LastAgain{arrival, lines_.line_number(), follows, shown};
  return again;
}

void Account::rename_last_duplicated() {
  std::vector<FindingExample>& examples = findings_.examples;
  const auto last = std::find_if(examples.rbegin(), examples.rend(),
                                 [](const FindingExample& e) { return e.kind == Finding::duplicated; });
  if (last == examples.rend()) return;
  if (findings_.wants(Finding::redelivered))
    last->kind = Finding::redelivered;
  else
    examples.erase(std::next(last).base());
}

void Account::unknown(std::string_view line) {
  const std::string shown = printable(shown_part(line));
  if (is_unreadable(line)) {
    ++findings_[Finding::unreadable];
    ++findings_.unread;
    if (!findings_.wants(Finding::unreadable)) return;
    return example(Finding::unreadable, "", "", "", lines_.place(), {"line", what_was_expected(line), shown});
  }
  ++findings_[Finding::phantom];
  example(Finding::phantom, "", "", "", lines_.place(), {"line", "no event of this run", shown});
}

void Account::foreign(const Identity& identity) {
  ++findings_[Finding::phantom];
  example(Finding::phantom, settings_.streams[identity.stream].name, owner_text(identity),
          std::to_string(identity.seq), lines_.place(),
          {"run", run_text(settings_.run), run_text(*identity.run)});
}

void Account::phantom(const Identity& identity, std::string_view line, std::string why) {
  ++findings_[Finding::phantom];
  example(Finding::phantom, settings_.streams[identity.stream].name, owner_text(identity),
          std::to_string(identity.seq), lines_.place(),
          {"line", std::move(why), printable(shown_part(line))});
}

std::string Account::owner_text(const Identity& identity) const {
  const RowForm* form = find_row_form(*settings_.streams[identity.stream].schema);
  const bool is_entity = form == nullptr || form->owner == form->entity;
  return fmt::format("{}{}", is_entity ? "" : "owner ", identity.owner);
}

bool Account::was_dropped(const Identity& identity) const {
  EventHead head;
  head.owner = identity.owner;
  head.seq = identity.seq;
  return faults_.decide(Faults::event_key(stream_keys_[identity.stream], head)).drop;
}

void Account::stray_found(Finding counted, const std::string& place, bool same, const MissingEvent& event,
                          const std::optional<LineDifference>& key) {
  --findings_[counted];
  ++findings_.found;
  if (same) came_as_sent(event.faults);
  std::vector<FindingExample>& examples = findings_.examples;
  const auto example = std::find_if(examples.begin(), examples.end(), [&](const FindingExample& e) {
    return e.kind == counted && e.place == place;
  });
  const bool shown = example != examples.end();
  if (same && !key) {
    if (shown) examples.erase(example);
    return;
  }
  const Finding kind = same || !settings_.is_fast() ? Finding::altered : Finding::unreadable;
  ++findings_[kind];
  if (!shown) return;
  example->kind = kind;
  if (!key) return;
  example->entity = entity_text(event.stream, event.entity);
  example->field = key->field;
  example->expected = key->expected;
  example->found = key->found;
}

void Account::stray_came_again(const std::string& place) {
  --findings_[Finding::phantom];
  ++findings_[Finding::duplicated];
  std::vector<FindingExample>& examples = findings_.examples;
  const auto example = std::find_if(examples.begin(), examples.end(), [&](const FindingExample& e) {
    return e.kind == Finding::phantom && e.place == place;
  });
  if (example == examples.end()) return;
  if (!findings_.wants(Finding::duplicated)) {
    examples.erase(example);
    return;
  }
  example->kind = Finding::duplicated;
  example->field.clear();
  example->expected.clear();
  example->found.clear();
}

std::string Account::entity_text(std::uint32_t stream, std::uint32_t entity) const {
  std::string text;
  settings_.owners->append_key(stream, entity, text);
  return text;
}

void Account::example(Finding kind, std::uint32_t stream, const EventHead& head, const std::string& place,
                      LineDifference difference) {
  if (!findings_.wants(kind)) return;
  example(kind, settings_.streams[stream].name, entity_text(stream, head.entity), std::to_string(head.seq),
          place, std::move(difference));
}

void Account::example(Finding kind, std::string_view stream, const std::string& entity,
                      const std::string& seq, const std::string& place, LineDifference difference) {
  if (!findings_.wants(kind)) return;
  findings_.examples.push_back({kind, std::string(stream), entity, seq, place, std::move(difference.field),
                                std::move(difference.expected), std::move(difference.found)});
}

}  // namespace racesim
