// What a transaction adds to the tables `runs` and `retention`, and which rows are too old to keep.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/sources/source.h"
#include "io/stores/postgres_tables.h"
#include "model/batch.h"

namespace racesim::postgres {

/// Of one run: rows that are new, and their event times.
struct RunTally {
  std::uint64_t events = 0;
  std::optional<std::int64_t> first_us, last_us;
};

/// Of one table, in microseconds of event time.
struct Ages {
  std::optional<std::int64_t> newest_us;
  std::optional<std::int64_t> expired_before_us;  ///< rows before were removed or refused
  void add(const Ages& more);
  bool operator==(const Ages&) const = default;
};

/// Event time of a row; none: its table has none.
std::optional<std::int64_t> event_time_us(const TablePlan& plan, const RowBatch& rows, std::size_t row);
/// Name of the run that the row is of; empty: it tells none.
std::string run_of(const TablePlan& plan, const RowBatch& rows, std::size_t row);

/// One transaction's part. Cleared with it.
class Tallies {
 public:
  /// Counts the events whose fate is stored.
  void add(const TablePlan& plan, const RowBatch& rows, std::span<const Fate> fates);
  void note(std::string_view table, const Ages& ages);
  Ages ages(std::string_view table) const;
  void clear();

  /// Writes it down; empty: there is nothing. Always in the same order, so that two writers cannot lock each
  /// other out.
  std::string sql() const;

 private:
  std::map<std::pair<std::string, std::string>, RunTally> runs_;  // (run, scenario)
  std::map<std::string, Ages, std::less<>> ages_;                 // by table
};

}  // namespace racesim::postgres
