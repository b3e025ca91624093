#include "agg/top_songs/entry.h"

#include <algorithm>

#include "agg/top_songs/top_songs.h"

namespace racesim::top_songs {
namespace {

constexpr std::string_view kCharts[] = {"all", "country", "genre"};

const ContentOption kOptions[] = {
    {.name = "window",
     .metavar = "DURATION",
     .kind = ValueKind::text,
     .fallback = "1h",
     .help = "Length of the windows, aligned to midnight UTC of 1970-01-01: 5s, 1m, 1d; 1ms to 366d",
     .check = &check_window_duration,
     .common = true},
    kSlideOption,
    {.name = "top",
     .metavar = "N",
     .kind = ValueKind::whole,
     .fallback = "10",
     .help = "How many songs a chart has, 1 to 100,000",
     .range = {1, 100'000}},
    {.name = "top-by",
     .metavar = "CHARTS",
     .kind = ValueKind::list,
     .fallback = "all",
     .help = "Charts, separated by commas: all, country (where it was heard), genre; the last two need "
             "master data",
     .choices = kCharts},
};

constexpr AggregationInput kInputs[] = {{&schema_info<PlayRow>, "played_at"}};
constexpr std::string_view kMasterEntities[] = {"songs", "locations"};

constexpr std::string_view kKeyScope[] = {"run", "windowing", "chart", "chart_key", "window_start"};
constexpr std::string_view kByTime[] = {"window_start"};
constexpr std::string_view kBySong[] = {"song_id", "window_start"};
constexpr TableIndex kIndexes[] = {{"by_time", kByTime}, {"by_song", kBySong}};

constexpr std::string_view kShown[] = {"window_start", "chart_key", "rank",         "previous_rank", "title",
                                       "artist_name",  "plays",     "unique_users", "listened_ms"};

constexpr Question kQuestions[] = {
    {"top-songs", "The charts of the last window, from racesim aggregate --by top-songs",
     "SELECT t.window_start, t.windowing, t.chart, t.chart_key, t.rank, t.previous_rank, t.song_id, t.title, "
     "t.artist_name, t.plays, t.unique_users, t.listened_ms FROM top_songs t JOIN "
     "(SELECT windowing, max(window_start) AS window_start FROM top_songs GROUP BY windowing) AS last "
     "ON last.windowing = t.windowing AND last.window_start = t.window_start "
     "ORDER BY t.windowing, t.chart, t.chart_key, t.rank"},
};

constexpr std::string_view kFromMaster[] = {"title", "artist_name", "genre"};

// A chart with fewer songs than --top does not show it, but then any number from that of its songs on is as
// good.
constexpr std::string_view kMadeBy[] = {"windowing", "chart"};
constexpr OptionsOfResults kOptionsOfResults{
    kMadeBy, [](std::span<const std::string> values, std::uint64_t most, OptionValues& options) {
      const bool is_chart = std::find(std::begin(kCharts), std::end(kCharts), values[1]) != std::end(kCharts);
      if (!is_chart || most == 0) return false;
      options.set("top", most);
      options.set("top-by", std::vector<std::string>{values[1]});
      return set_windowing(values[0], options);
    }};

Result<std::unique_ptr<Aggregation>> make(const OptionValues& values, const AggregationFrame& frame) {
  const Result<WindowShape> shape = read_aligned_windows(values);
  if (!shape) return tl::make_unexpected(shape.error());
  TopSongsOptions options;
  options.shape = *shape;
  options.top = static_cast<std::uint32_t>(values.whole("top"));
  options.charts.clear();
  for (std::size_t chart = 0; chart < kChartCount; ++chart) {
    const auto& wanted = values.list("top-by");
    if (std::find(wanted.begin(), wanted.end(), kCharts[chart]) == wanted.end()) continue;
    options.charts.push_back(static_cast<Chart>(chart));
    const std::string_view entity = chart == 1 ? "locations" : "songs";
    if (chart > 0 && frame.master.find(entity) == nullptr)
      return fail(ErrorKind::usage,
                  "--top-by: " + std::string(kCharts[chart]) + " needs the master data of " +
                      std::string(entity) + ", which is not there",
                  "name its folder: --master-data-dir DIR");
  }
  return std::unique_ptr<Aggregation>(std::make_unique<TopSongs>(std::move(options), frame));
}

constexpr AggregationExample kExamples[] = {
    {"racesim aggregate --from sqlite:racesim.db --by top-songs --window 1h --to sqlite:racesim.db",
     "the top songs of each hour, beside the plays they come from"},
};

}  // namespace

const AggregationEntry& entry() {
  static const AggregationEntry top_songs{
      .name = "top-songs",
      .summary =
          "the songs played most, everywhere, by country and by genre, with their rank in the window "
          "before",
      .version = 1,
      .options = kOptions,
      .inputs = kInputs,
      .result = &schema_info<TopSongRow>,
      .table = {.name = "top_songs",
                .key = {kKeyScope, "rank"},
                .time = "window_start",
                .indexes = kIndexes,
                .replaces = true},
      .master_entities = kMasterEntities,
      .from_master = kFromMaster,
      .options_of_results = &kOptionsOfResults,
      .questions = kQuestions,
      .shown = kShown,
      .examples = kExamples,
      .make = &make,
  };
  return top_songs;
}

}  // namespace racesim::top_songs
