// Laps, standings, violations and charts of the service's runs, stored in the transactions of the events that
// they are made of.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agg/engine.h"
#include "base/error.h"
#include "run/ingest/beside_rows.h"
#include "serve/control/run_book.h"
#include "serve/keeping/run_ledger.h"
#include "serve/processing/run_views.h"

namespace racesim::serve {

/// The source of blocks that hold a run's events; their lane is the run. A block that ends a lane ends the
/// run.
inline constexpr std::string_view kRunSource = "run";

/// Tables that a store needs for them.
std::vector<StoreTable> result_tables();

/// Everything that a run's events have changed goes out with their commit, so that whenever the process ends
/// the store holds the results of the events that it holds, as far as they are due; what is open at a run's
/// end goes out with that. One thread.
class RunResults final : public BesideRows {
 public:
  /// `warn` is told why a run has no results. All outlive it.
  RunResults(const RunBook& book, RunLedger& ledger, std::function<void(const Error&)> warn)
      : book_(book), ledger_(ledger), warn_(std::move(warn)) {}

  Done write(Store& store, std::span<const std::unique_ptr<Work>> works) override;
  void committed() override;

 private:
  struct OpenRun {
    std::uint32_t run = 0;
    const ScenarioEntry* scenario = nullptr;
    std::shared_ptr<const MasterData> master;  // the aggregations refer to it
    std::vector<RunView> views;
    std::optional<AggregationEngine> engine;  // none: it has no results
    std::vector<RowBatch> results;            // that are not durable yet
    ResultInput input;
    bool has_ended = false;
  };

  OpenRun& run_of(const std::string& lane);
  void begin(OpenRun& run);
  void feed(const Work& work);
  void add_rows(OpenRun& run, const Work& work);
  static void end(OpenRun& run);
  Done put_results(Store& store);
  Done put_manifests(Store& store);

  const RunBook& book_;
  RunLedger& ledger_;
  const std::function<void(const Error&)> warn_;
  std::map<std::string, OpenRun, std::less<>> runs_;  // by lane
  std::size_t fed_ = 0;        // works that the engines have taken and nobody committed
  std::size_t manifests_ = 0;  // of the ledger, written and not committed
  std::vector<ArrivedRows> arrived_;
  std::vector<std::vector<Refused>> refused_;
};

}  // namespace racesim::serve
