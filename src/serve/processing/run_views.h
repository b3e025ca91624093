// Which aggregations are made beside the runs of a scenario, with which options: live results and those that
// are stored are made alike.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agg/engine.h"
#include "sim/entry.h"

namespace racesim::serve {

/// Results are made with the watermark so far behind the newest event.
inline constexpr std::int64_t kViewWatermark_us = 10'000'000;
/// What the open windows of one length of chart may hold.
inline constexpr std::uint64_t kChartedRowsMost = 320'000;

struct RunView {
  std::string name;  ///< of the aggregation; of charts with the window: "top-songs 5m"
  const AggregationEntry* entry = nullptr;
  OptionValues values{};
  std::int64_t window_us = 0;  ///< of charts; 0: it is none
  /// Set by the aggregation that is made of it: its windows held too many rows, and nothing more comes.
  std::shared_ptr<std::atomic<bool>> suspended = std::make_shared<std::atomic<bool>>(false);
};

/// In the order of the aggregations; empty: no aggregation takes its events.
std::vector<RunView> views_of(const ScenarioEntry& scenario);

/// "1m" → "1m/30s": how rows of such a chart name their windows. Empty: there is no such chart.
std::string chart_windowing(const std::string& window);
/// "1m", "5m", "1h".
std::vector<std::string> chart_windows();

struct ViewRules {
  Emit emit = Emit::update;
  Emit emit_charts = Emit::update;
  std::int64_t watermark_delay_us = kViewWatermark_us;
  std::uint64_t charted_rows_most = kChartedRowsMost;
};

/// The parts are in the order of the views. `master` outlives it. Errors: those of the aggregations.
Result<AggregationEngine> make_view_engine(const std::vector<RunView>& views, const MasterTables& master,
                                           const ViewRules& rules);

}  // namespace racesim::serve
