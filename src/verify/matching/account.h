// The books of one sequence: what was found is counted by kind, and the first few of each kind are named.
// Which event a line is, and whether it came in order, others say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/faults/faults.h"
#include "verify/arrivals/arrived_lines.h"
#include "verify/findings.h"
#include "verify/identity/identity.h"
#include "verify/matching/expected.h"
#include "verify/matching/match_settings.h"
#include "verify/matching/open_events.h"
#include "verify/matching/order_history.h"
#include "verify/matching/passed_numbers.h"

namespace racesim {

/// An arrival that was counted as duplicated and may be one of several that came again behind one another.
struct CameAgain {
  std::uint32_t stream = 0;
  EventHead head;
  std::string entity;
  std::optional<std::uint64_t> position;  ///< none: it came so long ago that only its number is known
  std::optional<std::uint64_t> stray;     ///< its identity key, if it may also have come early
};

/// Findings are shared by all sequences. Lines and places are those that the sequence stands at. One thread;
/// the references outlive the account.
class Account {
 public:
  Account(const MatchSettings& settings, const Faults& faults, ArrivedLines& lines, Respeller* respeller,
          Findings& findings);

  // What came as it was sent.
  void came(std::uint64_t count) { findings_.found += count; }
  void came_as_sent(std::uint8_t faults);
  /// The copy of an event came as sent, and the event, which `faults` were done to, did not: it is the event.
  void copy_stands_in(std::uint8_t faults);

  // What did not.
  void altered_header(std::string_view expected, std::string found);
  void altered_key(std::uint32_t stream, const EventHead& head, const std::string& expected,
                   std::string_view found);
  void altered(const ExpectedSequence::Event& event, std::string_view line);
  /// It came so late that its bytes are not kept.
  void altered(const MissingEvent& missing, std::string_view line);
  void reordered(const OrderHistory::Arrival& arrival);
  /// Never came. A receiver that takes out copies and refuses what is damaged does its work.
  /// What a store refused and kept is not missing.
  void missing(const MissingEvent& missing);
  void overflowed() { findings_.overflowed = true; }
  void end_not_known(std::uint64_t count) { findings_.not_known += count; }

  /// Returns the arrival that turns out to have begun a redelivery with this one, if it was counted as
  /// duplicated until now: whoever remembers it has to know.
  struct Again {
    Finding kind = Finding::duplicated;  ///< as which it is counted
    std::optional<CameAgain> began;
    std::uint64_t began_line = 0;
  };
  Again came_again(const CameAgain& arrival);

  /// A line in the place of no event. `why`: what was expected there.
  void phantom(const Identity& identity, std::string_view line, std::string why);
  void foreign(const Identity& identity);
  /// Nobody can tell which event it is: unreadable, or a phantom if it can be read.
  void unknown(std::string_view line);

  /// A line that was counted as `counted` turns out to be an event that came elsewhere or early. `same`: with
  /// its bytes. `key`: what differs, where it came to another sequence.
  void stray_found(Finding counted, const std::string& place, bool same, const MissingEvent& event,
                   const std::optional<LineDifference>& key);

  /// A line that was counted as a phantom is an event that came more than once.
  void stray_came_again(const std::string& place);

  /// --fast: all that is not as racesim writes it. By value: what cannot be taken apart into fields.
  bool is_unreadable(std::string_view line) const;
  /// What it is called in reports. The number may be anything, so nobody is asked for the entity.
  std::string owner_text(const Identity& identity) const;
  std::string entity_text(std::uint32_t stream, std::uint32_t entity) const;
  bool was_dropped(const Identity& identity) const;

 private:
  void unreadable(std::uint32_t stream, const EventHead& head, std::string_view line);
  std::string what_was_expected(std::string_view line);
  bool is_only_spelled(std::string_view expected, std::string_view line) const;
  bool is_late(const MissingEvent& missing) const;
  void refused(const MissingEvent& missing, std::int64_t id);
  void rename_last_duplicated();
  void example(Finding kind, std::uint32_t stream, const EventHead& head, const std::string& place,
               LineDifference difference = {});
  void example(Finding kind, std::string_view stream, const std::string& entity, const std::string& seq,
               const std::string& place, LineDifference difference);

  const MatchSettings& settings_;
  const Faults& faults_;
  ArrivedLines& lines_;
  Respeller* const respeller_;
  Findings& findings_;
  std::vector<std::uint64_t> stream_keys_;  ///< for Faults::event_key()

  /// The last that came again: the next one may show that a run of events does.
  struct LastAgain {
    CameAgain arrival;
    std::uint64_t line = 0;
    bool in_run = false;
    bool shown = false;  ///< as an example
  };
  std::optional<LastAgain> last_again_;
};

}  // namespace racesim
