#include "serve/processing/run_views.h"

#include <algorithm>
#include <utility>

#include "agg/window_shape.h"
#include "serve/processing/bounded_aggregation.h"

namespace racesim::serve {
namespace {

/// Windows in which top songs are counted. They slide, so that one that is nearly whole is always open.
struct ChartWindow {
  const char* window;
  const char* slide;
  std::int64_t length_s;
};
constexpr ChartWindow kChartWindows[] = {{"1m", "30s", 60}, {"5m", "150s", 300}, {"1h", "30m", 3600}};
constexpr std::uint64_t kChartRows = 20;

/// Windows by the clock have no end here, and no page asks for them.
constexpr std::string_view kLeftOut = "window";

bool takes_rows_of(const AggregationEntry& entry, const ScenarioEntry& scenario) {
  return std::any_of(entry.inputs.begin(), entry.inputs.end(), [&](const AggregationInput& input) {
    return std::any_of(scenario.rows.begin(), scenario.rows.end(),
                       [&](const RowForm& form) { return &form.schema() == &input.schema(); });
  });
}

bool has_option(const AggregationEntry& entry, std::string_view name) {
  return std::any_of(entry.options.begin(), entry.options.end(),
                     [&](const ContentOption& option) { return option.name == name; });
}

void add_charts(const AggregationEntry& entry, std::vector<RunView>& views) {
  for (const ChartWindow& chart : kChartWindows) {
    RunView view{std::string(entry.name) + " " + chart.window, &entry, OptionValues(entry.options),
                 chart.length_s * 1'000'000};
    view.values.set("window", std::string(chart.window));
    view.values.set("slide", std::string(chart.slide));
    view.values.set("top", kChartRows);
    views.push_back(std::move(view));
  }
}

}  // namespace

std::vector<RunView> views_of(const ScenarioEntry& scenario) {
  std::vector<RunView> views;
  for (const AggregationEntry* entry : aggregations()) {
    if (entry->name == kLeftOut || !takes_rows_of(*entry, scenario)) continue;
    if (has_option(*entry, "top-by"))
      add_charts(*entry, views);
    else
      views.push_back({std::string(entry->name), entry, OptionValues(entry->options)});
  }
  return views;
}

std::vector<std::string> chart_windows() {
  std::vector<std::string> names;
  for (const ChartWindow& chart : kChartWindows) names.emplace_back(chart.window);
  return names;
}

std::string chart_windowing(const std::string& window) {
  for (const ChartWindow& chart : kChartWindows) {
    if (window != chart.window) continue;
    WindowShape shape;
    shape.size_us = chart.length_s * 1'000'000;
    shape.slide_us = shape.size_us / 2;
    return shape.text();
  }
  return {};
}

Result<AggregationEngine> make_view_engine(const std::vector<RunView>& views, const MasterTables& master,
                                           const ViewRules& rules) {
  AggregationFrame frame;
  frame.watermark_delay_us = rules.watermark_delay_us;
  frame.master = master;
  std::vector<AggregationEngine::Part> parts;
  for (const RunView& view : views) {
    const AggregationEntry& entry = *view.entry;
    OptionValues values = view.values;
    const bool has_master = std::all_of(entry.master_entities.begin(), entry.master_entities.end(),
                                        [&](std::string_view name) { return master.find(name) != nullptr; });
    if (has_option(entry, "top-by") && has_master)
      values.set("top-by", std::vector<std::string>{"all", "country", "genre"});
    frame.emit = view.window_us > 0 ? rules.emit_charts : rules.emit;
    Result<std::unique_ptr<Aggregation>> made = entry.make(values, frame);
    if (!made) return tl::make_unexpected(made.error());
    *view.suspended = false;
    if (view.window_us > 0)
      *made = std::make_unique<BoundedAggregation>(std::move(*made), view.window_us, rules.charted_rows_most,
                                                   view.suspended);
    parts.push_back({&entry, std::move(*made)});
  }
  return AggregationEngine(std::move(parts), EngineOptions{rules.watermark_delay_us});
}

}  // namespace racesim::serve
