#include "agg/windows/entry.h"

#include "agg/windows/windows.h"
#include "model/fleet.h"
#include "model/play.h"
#include "model/race.h"

namespace racesim::windows {
namespace {

const ContentOption kOptions[] = {
    {.name = "window",
     .metavar = "DURATION",
     .kind = ValueKind::text,
     .fallback = "5s",
     .help = "Length of the windows, aligned to midnight UTC of 1970-01-01: 5s, 1m, 1d; 1ms to 366d",
     .check = &check_window_duration,
     .common = true},
    kSlideOption,
    {.name = "gap",
     .metavar = "DURATION",
     .kind = ValueKind::text,
     .fallback = kNoDuration,
     .help = "Session windows instead: one goes on until nothing of its key comes for so long",
     .check = &check_optional_duration},
};

constexpr AggregationInput kInputs[] = {{&schema_info<TelemetryRow>, "time"},
                                        {&schema_info<FleetRow>, "timestamp"},
                                        {&schema_info<PlayRow>, "played_at"}};

constexpr std::string_view kKeyScope[] = {"run", "stream", "key", "windowing"};
constexpr std::string_view kByTime[] = {"window_start"};
constexpr TableIndex kIndexes[] = {{"by_time", kByTime}};

constexpr std::string_view kShown[] = {"key",           "window_start",  "window_end",     "samples",
                                       "avg_speed_kmh", "max_speed_kmh", "avg_engine_rpm", "listened_ms",
                                       "late",          "dropped_late"};

constexpr AggregationExample kExamples[] = {
    {"racesim run --scenario fleet --historical --start-datetime 2026-07-05T08:00Z --end-datetime "
     "2026-07-05T09:00Z -q | racesim aggregate --by window --window 1m",
     "each vehicle's average speed by the minute"},
};

constexpr std::string_view kMadeBy[] = {"windowing"};
constexpr OptionsOfResults kOptionsOfResults{
    kMadeBy, [](std::span<const std::string> values, std::uint64_t, OptionValues& options) {
      return set_windowing(values[0], options);
    }};

}  // namespace

const AggregationEntry& entry() {
  static const AggregationEntry windows{
      .name = "window",
      .summary =
          "speed, engine and counts of every car or vehicle, or listening of all plays, by tumbling, "
          "sliding or session windows",
      .version = 1,
      .options = kOptions,
      .inputs = kInputs,
      .result = &schema_info<WindowRow>,
      .table = {.name = "windows",
                .key = {kKeyScope, "window_start"},
                .time = "window_start",
                .indexes = kIndexes,
                .replaces = true},
      .options_of_results = &kOptionsOfResults,
      .shown = kShown,
      .examples = kExamples,
      .make = [](const OptionValues& options,
                 const AggregationFrame& frame) -> Result<std::unique_ptr<Aggregation>> {
        const Result<WindowShape> shape = read_windows(options);
        if (!shape) return tl::make_unexpected(shape.error());
        return std::unique_ptr<Aggregation>(std::make_unique<Windows>(*shape, frame));
      },
  };
  return windows;
}

}  // namespace racesim::windows
