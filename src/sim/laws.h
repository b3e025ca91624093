// Laws that every stream of a scenario keeps, judged on rows alone: nothing is made again. A scenario
// declares its own (ScenarioEntry::laws); verify/ runs them over what arrived.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/batch.h"
#include "model/master_tables.h"

namespace racesim {

/// What a law is broken by.
struct Breach {
  std::string field, expected, found;
};

/// Where a row stands among those of its owner.
struct RowPlace {
  std::string_view owner;  ///< tells the owners of all streams apart
  std::int64_t time_us = 0;
  bool follows = false;  ///< it is the owner's next one: none is missing between
};

/// One law. What it needs decides where it can be judged.
struct LawInfo {
  std::string_view subject;  ///< the rows that it is about: "telemetry", "laps"
  std::string_view text;     ///< "the lap time is the sum of its sectors"
  /// Why it cannot be judged where it cannot.
  std::string_view obstacle = "the columns do not tell";
};

/// How often a law was judged on the rows that came.
struct LawCount {
  LawInfo law;
  std::uint64_t judged = 0;
  /// Rows of its subject came. A law with such rows that was never judged could not be: the columns do not
  /// tell enough.
  bool had_rows = false;
};

/// The laws of one scenario, with what they remember of earlier rows. One thread.
class Laws {
 public:
  virtual ~Laws() = default;
  /// Judges row `i`, whose schema is one of the scenario's. Rows of one owner come in the order of arrival.
  virtual void check(const RowBatch& rows, std::size_t i, const RowPlace& place,
                     std::vector<Breach>& out) = 0;
  virtual std::vector<LawCount> counts() const = 0;
};

/// Counts judgements for an implementation of Laws: law `index` of a table.
class LawBook {
 public:
  explicit LawBook(std::span<const LawInfo> laws) : laws_(laws), judged_(laws.size(), 0) {}
  void saw(std::string_view subject);
  /// The law was judged, and holds unless the caller adds a breach.
  void judge(std::size_t index) { ++judged_[index]; }
  std::vector<LawCount> counts() const;

 private:
  std::span<const LawInfo> laws_;
  std::vector<std::uint64_t> judged_;
  std::vector<std::string_view> subjects_;
};

/// What laws may know beside the rows.
struct LawInput {
  MasterTables master;  ///< that events refer to; empty: not known
};

}  // namespace racesim
