#include "sim/plays/entry.h"

#include "model/play.h"
#include "sim/plays/laws.h"
#include "sim/plays/plays.h"

namespace racesim::plays {
namespace {

Done check_law(std::string_view text) {
  if (const auto law = parse_popularity(text); !law) return tl::make_unexpected(law.error());
  return {};
}

std::vector<std::string> known_laws() {
  return {"zipf:s=1.0,q=10", "stretched", "uniform"};
}

const ContentOption kOptions[] = {
    {.name = "popularity",
     .metavar = "LAW",
     .kind = ValueKind::text,
     .fallback = "zipf:s=1.0,q=10",
     .help = "How popular songs are: zipf:s=S,q=Q, stretched, or uniform (all songs equal)",
     .suggest = &known_laws,
     .check = &check_law},
};

// Plays are numbered per quota cell, but told in the order of time.
constexpr std::string_view kSongInTime[] = {"song_id", "played_at"};
constexpr std::string_view kByTime[] = {"played_at"};
constexpr TableIndex kIndexes[] = {{"by_song", kSongInTime}, {"by_time", kByTime}};
constexpr std::string_view kListener[] = {"user_id"};
constexpr Reference kMasterReferences[] = {{"song_id", "songs", "song_id"},
                                           {"user_id", "users", "user_id"},
                                           {"location_id", "locations", "location_id"}};

constexpr std::string_view kTopic = "song-plays";

const RowForm kRows[] = {
    {.schema = &schema_info<PlayRow>,
     .event_id = "event_id",
     .entity = "user_id",
     .time = "played_at",
     .seq_in_time_order = false,
     .table = {.name = "plays",
               .key = {{}, "event_id"},
               .time = "played_at",
               .indexes = kIndexes,
               .references = kMasterReferences,
               .labels = kListener},
     .topic = kTopic},
};

constexpr ScenarioExample kExamples[] = {
    {"racesim run --scenario plays --historical --start-datetime 2024-01-01 --end-datetime 2024-02-01",
     "10,000 song plays of January 2024 on stdout"},
    {"racesim run --scenario plays --historical --start-datetime 2024-01-01 --end-datetime 2024-02-01 "
     "--posting-rate 500/s --api-endpoint http://localhost:8000/play",
     "the same to an HTTP server, 500 a second"},
    {"racesim run --scenario plays --live --volume 600/min | head -n 3",
     "song plays as they happen, ten a second"},
};

constexpr Question kQuestions[] = {
    {"top-songs", "The songs that were played most, with titles where master data is stored",
     "SELECT p.song_id, s.title, s.artist_name, p.plays, p.users, p.listened_s FROM "
     "(SELECT song_id, count(*) AS plays, count(DISTINCT user_id) AS users, "
     "CAST(sum(play_duration_ms) AS bigint) / 1000 AS listened_s FROM plays GROUP BY song_id) AS p "
     "LEFT JOIN songs s ON s.song_id = p.song_id ORDER BY p.plays DESC, p.song_id"},
};

constexpr std::string_view kMasterEntities[] = {"songs", "users", "locations"};
constexpr FormatOneMember kFormatOneMembers[] = {{"popularity", "popularity"}};

const PlaysContent& of_plays(const ScenarioContent& content) {
  return static_cast<const PlaysContent&>(content);
}

Result<std::shared_ptr<const ScenarioContent>> read(const ContentInput& input) {
  return read_content(input).map([](PlaysContent content) -> std::shared_ptr<const ScenarioContent> {
    return std::make_shared<PlaysContent>(std::move(content));
  });
}

Result<std::unique_ptr<Scenario>> make(const ScenarioContent& content, const Frame& frame) {
  return make_scenario(of_plays(content), frame);
}

}  // namespace

Result<PlaysContent> read_content(const ContentInput& input) {
  PlaysContent content;
  content.volume = input.volume->events;
  content.volume_per_minute = input.volume->per_minute;
  content.popularity = input.values.text("popularity");
  const auto law = parse_popularity(content.popularity);
  if (!law) return tl::make_unexpected(law.error());
  content.law = *law;
  return content;
}

std::string identity(const PlaysContent& content, const Frame& frame) {
  std::string text = "volume=" + std::to_string(content.volume) + (content.volume_per_minute ? "/min" : "") +
                     "|popularity=" + content.popularity;
  if (!content.volume_per_minute) text += "|end=" + std::to_string(*frame.end_ms);
  return text;
}

const ScenarioEntry& entry() {
  static const ScenarioEntry plays{
      .name = "plays",
      .summary = "people around the world listening to songs",
      .version = 1,
      .options = kOptions,
      .volume =
          {.is_content = true,
           .historical = {10'000, false},
           .live = {60, true},
           .help = "historical: exactly N events in the window; live, or written 60/min: the mean per minute",
           .fallback = "10000 historical, 60/min live"},
      .rows = kRows,
      .master_entities = kMasterEntities,
      .needs_master = true,
      .topic = kTopic,
      .slower_hint = "--volume",
      .examples = kExamples,
      .questions = kQuestions,
      .format_one = {.members = kFormatOneMembers, .streams = "telemetry", .columns = "racesim"},
      .read = &read,
      .make = &make,
      .laws = &make_laws,
      .identity = [](const ScenarioContent& content,
                     const Frame& frame) { return identity(of_plays(content), frame); },
      .event_rate =
          [](const ScenarioContent& content) { return static_cast<double>(of_plays(content).volume) / 60; },
      .describe = [](const ScenarioContent& content) { return "popularity " + of_plays(content).popularity; },
  };
  return plays;
}

}  // namespace racesim::plays
