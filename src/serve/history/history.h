// What the service's store holds of runs, now and from before: rows as they are, or by buckets of time.
//
//   History history(options);               // connects with the first question
//   Result<HistoryRows> laps = history.laps({.run = "a1b2c3d4", .whose = "HAL"});
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/stores/registry.h"
#include "serve/history/history_rows.h"
#include "serve/history/stored_events.h"

namespace racesim::serve {

struct HistoryOptions {
  const StoreInfo* store = nullptr;  ///< one with `make_history`
  StoreOptions options;              ///< target and password
  std::int64_t limit_ms = 10'000;    ///< of one question, however many calls it takes
};

/// A run that is stored.
struct StoredRun {
  std::string run{};       ///< 8 hex digits
  std::string scenario{};  ///< its name
  std::uint64_t events = 0;
  std::optional<std::int64_t> first_us, last_us;  ///< event times since 1970
};

struct TelemetryQuestion {
  std::string scenario{};                 ///< whose main table is read
  std::string run{};                      ///< 8 hex digits
  std::string whose{};                    ///< driver or vehicle_id; empty: all
  std::optional<std::int64_t> lap{};      ///< only samples of this lap; only where rows have one
  std::optional<std::int64_t> from_us{};  ///< event time, in it
  std::optional<std::int64_t> to_us{};    ///< not in it
  std::vector<std::string> fields{};      ///< paths; empty: all
  std::int64_t every_us = 0;              ///< one item per bucket of so long, aligned to 1970; 0: each row
  bool spread = false;                    ///< with the least and the greatest value of each bucket
  std::size_t limit = 20'000;             ///< items; a page may hold a few more, of the same moment
};

struct RowsQuestion {
  std::string run{};                      ///< 8 hex digits
  std::string whose{};                    ///< driver or vehicle_id; empty: all
  std::optional<std::int64_t> from_us{};  ///< event time, in it
  std::optional<std::int64_t> to_us{};    ///< not in it
  std::size_t limit = 20'000;             ///< the first ones in their order
};

struct TopSongsQuestion {
  std::string windowing = "1m";
  std::string country{}, genre{};  ///< at most one; none: the chart of everything
  std::size_t limit = 100;
};

/// All calls block, those between two begin_question() together at most `limit_ms`, and only read. One
/// thread, but give_up(). Errors: usage for what the caller can mend (no such run, no such field: with what
/// there is); runtime, busy for the store. Times are texts as events show them.
class History {
 public:
  explicit History(HistoryOptions options);
  ~History();
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  /// The newest first, by their last event; of all scenarios where `scenario` is empty.
  Result<std::vector<StoredRun>> runs(const std::string& scenario, std::size_t limit);
  Result<std::optional<StoredRun>> find_run(const std::string& run);
  /// The manifests that a service has stored of these runs, as texts by the run's name.
  Result<std::map<std::string, std::string>> manifests(std::span<const std::string> runs);

  /// By event time, then by whose they are. Without `every_us` the chosen fields with `event_time` and driver
  /// or vehicle in front. With it, for each whom and bucket that has rows: event_time (the bucket's begin)
  /// and of each chosen field that is a number the value of the bucket's last row, and with `spread`
  /// FIELD_min and FIELD_max. No spike is lost: FIELD_max is the greatest value of all rows in the bucket.
  Result<HistoryRows> telemetry(const TelemetryQuestion& question);
  /// See read_stored_events(); over a connection of its own.
  Result<std::optional<StoredEvents>> stored_events(const ScenarioEntry& scenario, std::uint32_t run) const;

  /// Rows of an event table beside the main one ("laps", "race_control", "results"), by time.
  Result<HistoryRows> side_stream(const std::string& table, const RowsQuestion& question);
  /// Results of aggregations, if the store holds any (racesim aggregate --to): no rows if it does not.
  Result<HistoryRows> laps(const RowsQuestion& question);        ///< by car and lap
  Result<HistoryRows> violations(const RowsQuestion& question);  ///< by time
  /// The newest row of each car, in the order of the classification; those at or before `to_us`.
  Result<HistoryRows> standings(const RowsQuestion& question);
  /// The newest window, by rank; of windows that overlap the one that began first, which is nearly whole.
  Result<HistoryRows> top_songs(const TopSongsQuestion& question);

  /// The calls from now on are for another question, which nobody has given up.
  void begin_question();
  /// The call under way ends soon, with an error, and all further ones up to begin_question() fail at once.
  /// Any thread.
  void give_up();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace racesim::serve
