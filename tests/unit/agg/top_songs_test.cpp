// Goal: charts hold exactly the plays that the watermark of each play's lane lets in, ranked without a doubt,
// with the rank in the window before and exact listeners. Method: random plays (late, repeated, of songs that
// master data does not know), a plain reference over maps and sets.
#include "agg/top_songs/top_songs.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "agg/top_songs/entry.h"
#include "support/rounds.h"
#include "unit/agg/driven.h"

namespace racesim {
namespace {

using driven::Event;

constexpr std::int64_t kSecond_us = 1'000'000;
constexpr std::uint16_t kKnownSongs = 8, kKnownPlaces = 5;

std::string genre_of_song(std::uint16_t song) {
  return song < kKnownSongs ? (song % 2 == 0 ? "Rock" : "Jazz") : "unknown";
}
std::string country_of_place(std::uint16_t place) {
  return place < kKnownPlaces ? (place % 3 == 0 ? "PL" : "GB") : "unknown";
}

/// Of the songs and places below the limits above.
struct MusicWorld {
  MusicWorld() {
    for (std::uint16_t i = 0; i < kKnownSongs; ++i) {
      SongRow row{};
      row.song_id = driven::song_id(i);
      row.title = songs.add_text("Title " + std::to_string(i));
      row.artist_name = songs.add_text("Artist " + std::to_string(i));
      row.genre = songs.add_text(genre_of_song(i));
      songs.resize(i + 1u);
      songs.rows<SongRow>()[i] = row;
    }
    for (std::uint16_t i = 0; i < kKnownPlaces; ++i) {
      LocationRow row{};
      row.location_id = driven::location_id(i);
      row.country_code = locations.add_text(country_of_place(i));
      locations.resize(i + 1u);
      locations.rows<LocationRow>()[i] = row;
    }
    tables.add("songs", songs);
    tables.add("locations", locations);
  }
  RowBatch songs{schema_info<SongRow>()}, locations{schema_info<LocationRow>()};
  MasterTables tables;
};

std::vector<Event> random_plays(std::mt19937& random) {
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  const std::uint32_t lanes = 1 + below(3);
  std::vector<Event> events;
  std::int64_t now_us = -20 * kSecond_us;
  for (std::uint16_t i = 0; i < 400; ++i) {
    now_us += below(500) * 1000 + (below(60) == 0 ? 30 * kSecond_us : 0);
    Event event;
    event.kind = driven::Kind::play;
    event.lane = below(lanes);
    event.id = i;
    event.song = static_cast<std::uint16_t>(below(below(2) == 0 ? 4 : kKnownSongs + 3));
    event.user = static_cast<std::uint16_t>(below(6));
    event.location = static_cast<std::uint16_t>(below(kKnownPlaces + 1));
    event.time_us = now_us - (below(5) == 0 ? below(30'000) : below(500)) * 1000;
    event.listened_ms = below(3) * 60'000;
    events.push_back(event);
    if (below(10) == 0) events.push_back(events[events.size() - 1 - below(5) % events.size()]);
  }
  return events;
}

struct SongCount {
  std::uint64_t plays = 0, listened_ms = 0;
  std::set<std::uint16_t> users;
};
/// By end, start, chart, its key, song.
using ChartId = std::pair<int, std::string>;
using Counted = std::map<std::int64_t, std::map<ChartId, std::map<std::uint16_t, SongCount>>>;

Counted count_plays(const WindowShape& shape, std::int64_t delay_us, std::int64_t lateness_us,
                    const std::vector<Event>& events, std::vector<bool>& late) {
  Counted counted;
  const std::vector<std::int64_t> watermark_us = driven::watermarks(events, delay_us);
  std::set<std::uint16_t> seen;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i];
    std::vector<std::int64_t> starts;
    for (std::int64_t start_us = -1000 * shape.slide_us; start_us <= event.time_us;
         start_us += shape.slide_us)
      if (event.time_us < start_us + shape.size_us &&
          start_us + shape.size_us + lateness_us > watermark_us[i])
        starts.push_back(start_us);
    late.push_back(starts.empty());
    if (starts.empty() || !seen.insert(event.id).second) continue;
    for (const std::int64_t start_us : starts)
      for (const ChartId& chart : {ChartId{0, "all"}, ChartId{1, country_of_place(event.location)},
                                   ChartId{2, genre_of_song(event.song)}}) {
        SongCount& count = counted[start_us][chart][event.song];
        ++count.plays;
        count.listened_ms += event.listened_ms;
        count.users.insert(event.user);
      }
  }
  return counted;
}

std::vector<std::uint16_t> ranked(const std::map<std::uint16_t, SongCount>& songs) {
  std::vector<std::uint16_t> order;
  for (const auto& [song, count] : songs) order.push_back(song);  // ids ascend with the numbers
  std::stable_sort(order.begin(), order.end(), [&](std::uint16_t a, std::uint16_t b) {
    return std::pair(songs.at(a).plays, songs.at(a).listened_ms) >
           std::pair(songs.at(b).plays, songs.at(b).listened_ms);
  });
  return order;
}

std::vector<std::string> expected_charts(const WindowShape& shape, const Counted& counted, std::size_t top) {
  std::vector<std::string> texts;
  for (const auto& [start_us, charts] : counted)
    for (const auto& [chart, songs] : charts) {
      const std::vector<std::uint16_t> order = ranked(songs);
      std::vector<std::uint16_t> before;
      if (const auto window = counted.find(start_us - shape.slide_us); window != counted.end())
        if (const auto same = window->second.find(chart); same != window->second.end())
          before = ranked(same->second);
      for (std::size_t rank = 0; rank < std::min(top, order.size()); ++rank) {
        const std::uint16_t song = order[rank];
        const auto was = std::find(before.begin(), before.end(), song);
        texts.push_back(fmt::format(
            "{} [{},{}) {} {} #{}, was {} {} '{}' {} {} {}", shape.text(), start_us / 1000,
            (start_us + shape.size_us) / 1000, chart.first, chart.second, rank + 1,
            was == before.end() ? "-" : std::to_string(was - before.begin() + 1), song,
            song < kKnownSongs ? fmt::format("Title {0} Artist {0} {1}", song, genre_of_song(song)) : "  ",
            songs.at(song).plays, songs.at(song).users.size(), songs.at(song).listened_ms));
      }
    }
  return texts;
}

std::string chart_text(const RowBatch& batch, const TopSongRow& row) {
  return fmt::format("{} [{},{}) {} {} #{}, was {} {} '{} {} {}' {} {} {}", batch.text(row.windowing),
                     row.window_start.ms, row.window_end.ms, static_cast<int>(row.chart),
                     batch.text(row.chart_key), row.rank,
                     row.previous_rank.has_value() ? std::to_string(row.previous_rank.value) : "-",
                     row.song_id.bytes[15], batch.text(row.title), batch.text(row.artist_name),
                     batch.text(row.genre), row.plays, row.unique_users, row.listened_ms);
}

void expect_charts(const WindowShape& shape, unsigned seed) {
  std::mt19937 random(seed);
  const std::vector<Event> events = random_plays(random);
  const std::int64_t delay_us = (seed % 3) * 3 * kSecond_us;
  const MusicWorld world;
  AggregationFrame frame;
  frame.emit = seed % 2 == 0 ? Emit::update : Emit::final;
  frame.watermark_delay_us = delay_us;
  frame.allowed_lateness_us = seed % 5 == 0 ? 4 * kSecond_us : 0;
  frame.master = world.tables;
  std::vector<bool> late;
  const Counted counted = count_plays(shape, delay_us, frame.allowed_lateness_us, events, late);
  const std::vector<std::string> expected = expected_charts(shape, counted, 3);

  top_songs::TopSongsOptions options;
  options.shape = shape;
  options.top = 3;
  options.charts = {Chart::all, Chart::country, Chart::genre};
  const driven::Outcome outcome = driven::drive(
      {top_songs::entry(), [&] { return std::make_unique<top_songs::TopSongs>(options, frame); }, delay_us,
       seed % 4 < 2},
      events, random);
  for (std::size_t i = 0; i < events.size(); ++i)
    ASSERT_EQ(outcome.refusals[i] == static_cast<int>(Refusal::late), late[i]) << "play " << i;
  EXPECT_GT(outcome.counts.duplicates, 0u);

  std::vector<std::string> finals;
  std::map<std::string, std::string> last_by_key;
  for (const RowBatch& batch : outcome.results)
    for (const TopSongRow& row : batch.rows<TopSongRow>()) {
      const std::string text = chart_text(batch, row);
      last_by_key[text.substr(0, text.find(" was"))] = text;
      if (row.is_final) finals.push_back(text);
      EXPECT_TRUE(row.is_final || frame.emit == Emit::update);
    }
  ASSERT_EQ(finals, expected) << "seed " << seed;
  EXPECT_EQ(last_by_key.size(), expected.size());
  for (const std::string& text : expected) EXPECT_EQ(last_by_key[text.substr(0, text.find(" was"))], text);
}

TEST(TopSongs, TumblingChartsAreThoseOfTheReference) {
  for (unsigned seed = 1; seed <= test::rounds(40) && !HasFatalFailure(); ++seed)
    expect_charts({10 * kSecond_us, 10 * kSecond_us, 0}, seed);
}

TEST(TopSongs, SlidingChartsAreThoseOfTheReference) {
  for (unsigned seed = 1; seed <= test::rounds(40) && !HasFatalFailure(); ++seed)
    expect_charts({10 * kSecond_us, 4 * kSecond_us, 0}, seed);
}

TEST(TopSongs, ChartsThatNeedMasterDataSayWhich) {
  OptionValues values(top_songs::entry().options);
  values.set("top-by", std::vector<std::string>{"country"});
  const auto made = top_songs::entry().make(values, {});
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().what.find("--top-by: country"), std::string::npos) << made.error().what;
  EXPECT_NE(made.error().what.find("locations"), std::string::npos) << made.error().what;
}

}  // namespace
}  // namespace racesim
