// Compares the lines of one sequence with what was sent there. Equal runs are passed over at once; at a line
// that is not the expected one, ArrivalFinder says which event it is, OrderJudge whether it came in order,
// Account keeps the books. docs/verify.md explains the method.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/faults/faults.h"
#include "verify/arrivals/arrived_lines.h"
#include "verify/findings.h"
#include "verify/matching/account.h"
#include "verify/matching/arrival_finder.h"
#include "verify/matching/copies.h"
#include "verify/matching/expected.h"
#include "verify/matching/match_settings.h"
#include "verify/matching/open_events.h"
#include "verify/matching/order_judge.h"
#include "verify/matching/strays.h"
#include "verify/values/respeller.h"
#include "verify/values/same_values.h"

namespace racesim {

/// One thread. The references outlive the matcher.
class SequenceMatcher {
 public:
  using More = ArrivalFinder::More;

  /// `more` adds further events to `expected`; false at their end.
  SequenceMatcher(const MatchSettings& settings, const Faults& faults, ExpectedSequence& expected, More more,
                  ArrivedSequence& arrived, Strays& strays, Findings& findings);
  SequenceMatcher(const SequenceMatcher&) = delete;
  SequenceMatcher& operator=(const SequenceMatcher&) = delete;

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
  std::uint64_t lines_read() const { return lines_.line_number(); }
  /// By value: fields that lines had beyond their own.
  const ExtraFields* extra() const { return respeller_ ? &respeller_->extra() : nullptr; }
  /// Of the lines that arrived (for --fast with a digest).
  const LineDigest& digest() const { return digest_; }
  void keep_digest() { keeps_digest_ = true; }

 private:
  /// guessed: that the line is this event shows by its place only.
  enum class Came : std::uint8_t { whole, altered, guessed };

  Respeller* open_respeller();
  // Equal runs.
  void pass_equal();
  std::size_t pass_equal_bytes(const ExpectedSequence::Event& from, std::size_t most);
  std::size_t pass_equal_values(const ExpectedSequence::Event& from, std::size_t most);
  std::size_t pass_equal_identities(const ExpectedSequence::Event& from, std::size_t most);
  bool is_each_judged();
  void judge_line(const ExpectedSequence::Event& event, std::uint64_t position);
  void pass(const ExpectedSequence::Event& from, std::size_t count);
  void pass_taken();
  void check_keys(const ExpectedSequence::Event& from, std::size_t count);
  void judge_run(const ExpectedSequence::Event& from, std::size_t count);
  void judge_order(const ExpectedSequence::Event& event, std::uint64_t position, std::uint64_t line,
                   std::uint64_t byte);
  // One line that is not the expected one.
  Done step();
  bool is_torn_end();
  Done unknown(const std::string& line);
  Result<bool> catch_up(const Identity& identity);
  void unplaced(const std::string& line, const std::optional<Identity>& identity);
  // What it turns out to be.
  void take(std::uint64_t position, Came how);
  void take_whole(std::uint64_t position);
  void note_pair(std::uint32_t stream, const EventHead& head, std::uint8_t faults);
  void give_up(const MissingEvent& missing);
  void come_late(std::uint64_t position, Came how);
  void altered(std::uint64_t position, std::string_view line);
  void came_again_at(std::uint64_t position);
  void came_again(const CameAgain& arrival);
  void leave_missing_before(std::uint64_t position);
  void use_line(std::string_view line);
  // Strays.
  bool stray(const Identity& identity, std::string_view line, Finding counted);
  void recount_stray(std::uint64_t key, std::uint64_t line, Finding counted);
  Strays::iterator first_stray(std::uint64_t key);
  bool came_early(const MissingEvent& missing);
  bool comes_again(const ExpectedSequence::Event& event, std::uint64_t position);
  bool has_strayed(const MissingEvent& missing);
  void take_stray(const MissingEvent& missing, Strays::iterator stray);
  void settle_strays(std::uint64_t key, bool copy_may_miss, const SequenceMatcher* came_to);
  LineDifference how_it_strayed(const MissingEvent& missing, const Stray& stray) const;

  const MatchSettings& settings_;
  ExpectedSequence& expected_;
  More more_;
  std::optional<Respeller> respeller_;  ///< by value
  SameValues same_values_;
  ArrivedLines lines_;
  Strays& strays_;
  OpenEvents open_;
  ArrivalFinder finder_;
  Account account_;
  OrderJudge order_;
  LoneCopies lone_copies_;
  bool end_is_known_ = true;
  bool keeps_digest_ = false;
  LineDigest digest_;
  std::vector<std::unordered_map<std::uint32_t, std::string>> keys_;  ///< by stream and entity
};

}  // namespace racesim
