// Compares the lines of one sequence with what was sent there. Equal runs of bytes are passed over at once;
// where they part, hashes of the lines ahead, of those missing and of the last ones passed tell what
// happened. docs/verify.md explains the method.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sim/faults/faults.h"
#include "verify/arrivals/arrived_lines.h"
#include "verify/comparison.h"
#include "verify/findings.h"
#include "verify/identity/fast_identity.h"
#include "verify/identity/identity.h"
#include "verify/matching/copies.h"
#include "verify/matching/expected.h"
#include "verify/matching/line_index.h"
#include "verify/matching/order_check.h"
#include "verify/matching/order_history.h"
#include "verify/values/respeller.h"
#include "verify/values/same_values.h"

namespace racesim {

class SequenceMatcher;

/// A line of this run that no sequence expected when it came. It may turn out to be what is missing: in
/// another sequence, or much later in the same.
struct Stray {
  std::optional<std::uint64_t> key;  ///< of its bytes; none: --fast cannot read it
  SequenceMatcher* came_to = nullptr;
  std::uint64_t line = 0, byte = 0;
  Finding counted = Finding::phantom;  ///< for the time being
};
/// By identity key.
using Strays = std::unordered_multimap<std::uint64_t, Stray>;
inline constexpr std::size_t kMostStrays = std::size_t{1} << 18;

struct MatchSettings {
  Comparison comparison = Comparison::full;
  bool csv = false;
  std::uint32_t run = 0;
  std::size_t window = 65'536;               ///< events that are looked ahead
  std::size_t window_bytes = 24u << 20;      ///< at most about so many bytes of them
  std::size_t history_bytes = 8u << 20;      ///< of events passed that are remembered by their bytes
  std::size_t most_missing = 1u << 18;       ///< events that may still come; of more the oldest are lost
  std::optional<std::int64_t> watermark_ns;  ///< a missing event that was sent later than that is late
  std::span<const StreamInfo> streams;
  const Owners* owners = nullptr;
  const std::unordered_set<std::uint64_t>* shed = nullptr;  ///< identity keys of events that were left out
  LeaveOut leave_out;                                       ///< lines that are somebody else's
};

/// One thread. The references outlive the matcher.
class SequenceMatcher {
 public:
  using More = std::function<Result<bool>()>;

  /// `more` adds further events to `expected`; false at their end.
  SequenceMatcher(const MatchSettings& settings, const Faults& faults, ExpectedSequence& expected, More more,
                  ArrivedSequence& arrived, Strays& strays, Findings& findings);

  /// Takes a header that files of some formats begin with.
  void pass_header(std::string_view header);
  /// Goes on until the expected events at hand or the lines are used up. Behind the last line all expected
  /// events are missing, unless `end_is_known` is false.
  Done match(bool end_is_known);
  /// Behind the last expected event: what still arrives.
  Done finish(bool end_is_known);
  /// Behind finish() of all sequences: the account of what is missing.
  void settle_all(const SentRange& range);

  bool arrived_ended() { return !lines_.fill(); }
  std::uint64_t left_out() const { return lines_.left_out(); }
  /// By value: fields that lines had beyond their own.
  const ExtraFields* extra() const { return respeller_ ? &respeller_->extra() : nullptr; }
  /// Of the lines that arrived (for --fast with a digest).
  const LineDigest& digest() const { return digest_; }
  void keep_digest() { keeps_digest_ = true; }

 private:
  struct Missing {
    std::uint64_t position = 0, ordinal = 0, made = 0, seq = 0;
    std::uint64_t key = 0;             ///< of its line
    std::uint64_t line = 0, byte = 0;  ///< that came in its place
    std::uint32_t stream = 0, entity = 0, owner = 0;
    std::uint8_t faults = 0;
    bool came = false;
  };
  /// guessed: that the line is this event shows by its place only.
  enum class Came : std::uint8_t { whole, altered, guessed };

  // Equal runs.
  Respeller* open_respeller();
  void pass_equal();
  std::size_t pass_equal_bytes(const ExpectedSequence::Event& from, std::size_t most);
  std::size_t pass_equal_values(const ExpectedSequence::Event& from, std::size_t most);
  std::size_t pass_equal_identities(const ExpectedSequence::Event& from, std::size_t most);
  void pass(const ExpectedSequence::Event& from, std::size_t count);
  void pass_taken();
  void check_keys(const ExpectedSequence::Event& from, std::size_t count);
  // One line that is not the expected one.
  Done step();
  Result<std::optional<std::uint64_t>> find_open(std::optional<std::uint64_t> key);
  std::optional<std::uint64_t> find_known(std::uint64_t key);
  std::optional<std::uint64_t> find_known_line(std::string_view line);
  Done unknown(const std::string& line);
  std::optional<std::uint64_t> place_by_neighbours(const std::string& line, bool says_who);
  bool is_corrupt_one();
  bool is_torn_end();
  std::optional<std::uint64_t> place_by_identity(const Identity& identity);
  std::optional<std::uint64_t> find_beyond_window(const Identity& identity, std::string_view line);
  bool is_named(std::uint64_t position, const Identity& identity);
  void cover_identities();
  Result<bool> catch_up(const Identity& identity);
  void unplaced(const std::string& line, const std::optional<Identity>& identity);
  // What an event or line turns out to be.
  void take(std::uint64_t position, Came how);
  void take_whole(std::uint64_t position);
  bool comes_back(std::uint64_t position);
  void count_arrival(const ExpectedSequence::Event& event, Came how);
  void count_present(std::uint8_t faults);
  void leave_missing_before(std::uint64_t position);
  void come_late(std::uint64_t position, Came how);
  void rename_last_duplicated();
  void duplicate(std::uint32_t stream, const EventHead& head, const std::string& entity,
                 std::optional<std::uint64_t> position, std::optional<std::uint64_t> stray = {});
  void altered(std::uint64_t position, std::string_view line);
  void unreadable(std::uint32_t stream, const EventHead& head, std::string_view line);
  void settle(const Missing& missing);
  bool has_strayed(const Missing& missing);
  bool came_early(const Missing& missing);
  void take_stray(const Missing& missing, Strays::iterator stray);
  bool stray(const Identity& identity, const std::string& line, Finding counted);
  void recount_stray(std::uint64_t key, std::uint64_t line, Finding counted);
  void use_line(std::string_view line);
  void example(Finding kind, std::uint32_t stream, const EventHead& head, const std::string& place,
               LineDifference difference = {});
  void example(Finding kind, std::string_view stream, const std::string& entity, const std::string& seq,
               const std::string& place, LineDifference difference);
  std::string entity_text(std::uint32_t stream, std::uint32_t entity) const;
  // Knowledge of positions.
  bool is_open(std::uint64_t position);
  Missing* find_missing(std::uint64_t position);
  Result<bool> extend_window(std::uint64_t end);
  std::uint64_t key_of(const ExpectedSequence::Event& event) const;
  std::optional<std::uint64_t> key_of_line(std::string_view line) const;
  void pass_number(std::uint32_t stream, const EventHead& head, std::uint8_t faults);
  bool has_passed(const Identity& identity) const;
  bool have_all_passed(const Identity& identity) const;
  void remember_passed(const ExpectedSequence::Event& from, std::size_t count);
  // Order.
  bool is_order_open() const;
  void judge_run(const ExpectedSequence::Event& from, std::size_t count);
  void judge_order(const ExpectedSequence::Event& event, std::uint64_t position, std::uint64_t line,
                   std::uint64_t byte);
  void judge_order(std::uint32_t stream, const EventHead& head, std::uint8_t faults, OrderPlace place,
                   std::uint64_t line, std::uint64_t byte);
  bool may_be_copy(std::uint32_t stream, const EventHead& head, OrderPlace place);
  bool has_copy(std::uint32_t stream, const EventHead& head) const;
  void note_missing_copy(const Missing& missing);
  void forget_missing_copy(const Missing& missing);
  void reordered(const OrderHistory::Arrival& arrival);
  void judge_early(const Missing& missing, const Stray& stray);
  std::int64_t delay_ns(const Missing& missing) const;

  bool is_fast() const { return settings_.comparison == Comparison::fast; }
  bool is_unreadable(std::string_view line) const;
  bool is_only_spelled(std::string_view expected, std::string_view line) const;
  std::string what_was_expected(std::string_view line);

  const MatchSettings& settings_;
  const Faults& faults_;
  ExpectedSequence& expected_;
  More more_;
  std::optional<Respeller> respeller_;  ///< by value
  SameValues same_values_;
  ArrivedLines lines_;
  Strays& strays_;
  Findings& findings_;
  IdentityReader identities_;
  FastIdentity fast_;
  std::vector<std::uint64_t> stream_keys_;  ///< for Faults::event_key()

  std::uint64_t cursor_ = 0;       ///< the next expected position
  std::set<std::uint64_t> taken_;  ///< positions of events that came before their turn
  std::deque<Missing> missing_;    ///< by position
  std::size_t open_missing_ = 0;
  LineIndex by_line_, by_identity_;
  /// The numbers of an owner that have been passed. They need not come in their order.
  struct Numbers {
    std::uint64_t behind = 0;  ///< the highest of them
    std::uint64_t count = 0;
  };
  std::vector<std::vector<Numbers>> numbers_;  ///< by stream and owner
  OrderCheck order_;
  MissingCopies copies_;
  OrderHistory history_;            ///< while strays_of_here_ is not 0
  std::size_t strays_of_here_ = 0;  ///< that came to this sequence and have no place yet
  std::shared_ptr<const std::vector<StreamTag>> tags_;
  std::uint64_t last_arrived_ = 0;  ///< one behind the highest position that came

  // The last duplicate: the next one may show that a run of events comes again.
  struct LastDuplicate {
    std::uint64_t line = UINT64_MAX - 1;
    std::uint32_t stream = 0, owner = 0;
    std::uint64_t seq = 0;
    std::optional<std::uint64_t> position;  ///< none: it came so long ago that only its number is known
    std::optional<std::uint64_t> stray;     ///< identity key, if it may also have come early
    bool in_run = false;
    bool shown = false;  ///< as an example
  } last_duplicate_;

  bool end_is_known_ = true;
  bool keeps_digest_ = false;
  LineDigest digest_;
  std::vector<std::unordered_map<std::uint32_t, std::string>> keys_;  ///< by stream and entity
};

}  // namespace racesim
