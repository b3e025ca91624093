// What clients may ask of runs: one function for each question, whoever asks (REST, GraphQL) and wherever the
// answer lies (the memory of this process, the store).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "serve/control/runs.h"
#include "serve/gateway/answer_basis.h"
#include "serve/gateway/stored_runs.h"
#include "serve/history/history.h"
#include "serve/live/live_feed.h"
#include "serve/processing/processing.h"

namespace racesim::serve {

/// Outlives who is given it.
struct GatewayParts {
  LiveFeed& feed;
  Runs& runs;
  const RunBook& book;
  const Processing& processing;
  const StoreKeeper* store;  ///< null: there is none
  Clock& clock;
};

/// A run that something is known of.
struct ListedRun {
  std::string run;  ///< 8 hex digits
  const ScenarioEntry* scenario = nullptr;
  std::optional<std::string> session,
      track;  ///< where the scenario has such options, and it is of this process
  std::optional<std::uint64_t> seed;
  std::optional<std::int64_t> started_us;  ///< event time of its begin, or of its first stored event
  std::optional<std::uint64_t> events;     ///< of one that has ended; see Resolvers::events_of()
  bool is_live = false;                    ///< it goes on
  std::optional<bool> is_stored;           ///< nothing: not asked yet; see Resolvers::is_stored()
};

/// What a list of runs is about: the scenarios whose runs have such results.
enum class Subject : std::uint8_t { any, cars, vehicles, songs };

struct ChartQuestion {
  std::string window = "1m";   ///< one of chart_windows()
  std::string country, genre;  ///< at most one; none: the chart of all songs
  std::size_t limit = 10;
};

struct SideQuestion {
  RowsQuestion rows;
  std::string stream;  ///< "race_control"
};

/// Of its name, 8 hex digits.
std::uint32_t run_number(const std::string& run);

/// For the question of one client. Blocks; one thread at a time. Errors are for clients: usage for what they
/// can mend.
class Resolvers {
 public:
  /// `history`: null without a store. `basis`: where what is read is noted; null: nowhere.
  Resolvers(const GatewayParts& parts, History* history, AnswerBasis* basis = nullptr)
      : parts_(parts),
        history_(history),
        basis_(basis),
        stored_runs_(std::make_shared<StoredRuns>(history)) {}
  /// The same, with what is read noted.
  Resolvers noting(AnswerBasis& basis) const { return {*this, basis}; }

  /// The newest first; of all scenarios of the subject, or of one.
  Result<std::vector<ListedRun>> runs(Subject subject, const ScenarioEntry* scenario,
                                      std::size_t limit) const;
  /// By its name, or "live": the run of now, or the last one. Nothing: there is no such run.
  Result<std::optional<ListedRun>> find_run(Subject subject, std::string_view name) const;
  /// The same, but an error (usage) where there is none.
  Result<ListedRun> run_named(Subject subject, std::string_view name) const;
  /// How many there are so far.
  std::optional<std::uint64_t> events_of(const ListedRun& run) const;
  /// What the store has of it; nothing: no events of it, or there is no store.
  Result<std::optional<StoredRun>> stored_run(const ListedRun& run) const;
  /// Has the store events of it?
  Result<bool> is_stored(const ListedRun& run) const;

  /// The newest row of each car at or before `to_us`, in the order of the classification, with driver_name.
  Result<HistoryRows> standings(const ListedRun& run, const RowsQuestion& question) const;
  /// By car and lap, with driver_name.
  Result<HistoryRows> laps(const ListedRun& run, const RowsQuestion& question) const;
  /// By time.
  Result<HistoryRows> violations(const ListedRun& run, const RowsQuestion& question) const;
  /// See History::telemetry(). Of a run that is not stored: as far back as memory goes.
  Result<HistoryRows> telemetry(const ListedRun& run, const TelemetryQuestion& question) const;
  /// Those of these fields that the run's main stream has.
  std::vector<std::string> known_fields(const ListedRun& run, const std::vector<std::string>& names) const;
  /// Rows of a stream beside the main one, by time.
  Result<HistoryRows> side_stream(const ListedRun& run, const SideQuestion& question) const;
  /// The chart of the last moments, by rank.
  Result<HistoryRows> top_songs(const ChartQuestion& question) const;
  /// What the run was told and, once it has ended, what it sent; null: that is not known.
  Result<std::shared_ptr<const Manifest>> manifest(const ListedRun& run) const;
  /// The events of a stored run, read again. None: they are too many, or do not name their run.
  Result<std::optional<StoredEvents>> stored_events(const ListedRun& run) const;
  /// Rows of master data that the run's events speak of: "drivers", "vehicles"; none where it is not known.
  HistoryRows master_rows(const ListedRun& run, std::string_view entity) const;

  /// The scenario that has what the subject is about; null: none has.
  const ScenarioEntry* scenario_of(Subject subject) const;
  /// Nobody counts what is read from it: the answer is not given again.
  const GatewayParts& parts() const {
    note_uncounted();
    return parts_;
  }
  /// The question is more than a question: its answer is not given again.
  void never_again() const { note_uncounted(); }

 private:
  Resolvers(const Resolvers& other, AnswerBasis& basis)
      : parts_(other.parts_), history_(other.history_), basis_(&basis), stored_runs_(other.stored_runs_) {}
  void note(const ChangeCount& source) const {
    if (basis_ != nullptr) basis_->add(source);
  }
  void note_uncounted() const {
    if (basis_ != nullptr) basis_->add_uncounted();
  }
  /// Of the store, which other processes change too; only where there is one.
  History& history() const {
    note_uncounted();
    return *history_;
  }
  StoredRuns& stored_runs() const {
    if (history_ != nullptr) note_uncounted();
    return *stored_runs_;
  }
  const EventRing& ring(const ListedRun& run) const;
  const RunBook& book() const;
  ListedRun listed(const BegunRun& begun) const;
  const ResultTable* table(const ListedRun& run, std::string_view name) const;
  static void note_stored(const StoredRun& stored, std::vector<ListedRun>& runs);
  Done note_manifests(std::vector<ListedRun>& runs) const;
  Result<HistoryRows> kept_results(const ListedRun& run, const ResultTable* live, const RowBatch& rows,
                                   const std::function<Result<HistoryRows>()>& ask) const;
  Result<HistoryRows> stored_chart(const ChartQuestion& question) const;
  Result<std::shared_ptr<const BegunRun>> begun_run(const ListedRun& run) const;
  void add_driver_names(const ListedRun& run, HistoryRows& rows) const;

  const GatewayParts parts_;
  History* const history_;
  AnswerBasis* const basis_;
  const std::shared_ptr<StoredRuns> stored_runs_;
  mutable std::optional<std::pair<std::string, std::optional<StoredRun>>>
      asked_;  // the run that the store was asked for last
};

}  // namespace racesim::serve
