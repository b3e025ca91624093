// What was found: counts by kind, injected faults, examples. docs/verify.md says what each kind means.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "run/generate/run.h"
#include "sim/laws.h"
#include "verify/values/respeller.h"

namespace racesim {

/// Kinds of differences between what was sent and what arrived.
enum class Finding : std::uint8_t {
  lost,         ///< sent, did not arrive
  duplicated,   ///< arrived once more than it was sent
  altered,      ///< arrived with other bytes
  reordered,    ///< arrived behind a later event of its entity
  phantom,      ///< arrived and was never sent
  redelivered,  ///< arrived again as part of a run of events that came again in their order
  expired,      ///< gone from the topic by its retention before it was read
  late,         ///< sent late on purpose, left out by the receiver as its watermark allows
  invariant,    ///< breaks a law that every such stream keeps (--invariants)
  unreadable,   ///< --fast: a line from which it cannot read which event it is
  refused,      ///< arrived as it was sent, but is no row of the store: it is among the dead letters
};
inline constexpr std::size_t kFindingCount = 11;
inline constexpr std::array<std::string_view, kFindingCount> kFindingNames{
    "lost",    "duplicated", "altered",   "reordered",  "phantom", "redelivered",
    "expired", "late",       "invariant", "unreadable", "refused"};

struct FindingExample {
  Finding kind = Finding::lost;
  std::string stream, entity;
  std::string seq;  ///< empty: not known
  std::string place;
  std::string field, expected, found;
};

struct Findings {
  static constexpr std::size_t kMostExamples = 10;  ///< of each kind

  std::array<std::uint64_t, kFindingCount> counts{};
  std::uint64_t found = 0;            ///< sent events that arrived, altered or not
  FaultTotals injected;               ///< of the events that were sent
  FaultTotals injected_present;       ///< of them, those that arrived as they were sent
  std::uint64_t not_known = 0;        ///< behind the last that arrived, of a run whose end is not known
  std::uint64_t unread = 0;           ///< unreadable lines in the place of no event
  std::uint64_t maybe_unread = 0;     ///< events that did not come, unless they are among `unread`
  std::uint64_t of_other_parts = 0;   ///< lines of the same run that other parts (--shard) sent
  std::uint64_t of_unknown_runs = 0;  ///< rows whose event id no run made: left out
  std::uint64_t displaced = 0;  ///< of `found`: among the dead letters, as a damaged event has their place
  bool overflowed = false;      ///< more were missing at a time than are remembered
  ExtraFields extra;            ///< by value: fields that lines had beyond those of their stream
  bool only_spelled = false;    ///< an example of `altered` has the same values, otherwise spelled
  std::vector<FindingExample> examples;
  std::vector<LawCount> laws;  ///< --invariants: of rows that came; those judged 0 times could not be

  std::uint64_t& operator[](Finding kind) { return counts[static_cast<std::size_t>(kind)]; }
  std::uint64_t operator[](Finding kind) const { return counts[static_cast<std::size_t>(kind)]; }
  /// Whether an example of the kind is still wanted.
  bool wants(Finding kind) const;
  /// The events that had to arrive.
  std::uint64_t expected() const {
    return found + maybe_unread + (*this)[Finding::lost] + (*this)[Finding::late] +
           (*this)[Finding::expired] + (*this)[Finding::refused];
  }
};

}  // namespace racesim
