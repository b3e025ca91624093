// A place in a chart of one window: a row of the aggregation "top-songs".
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/schema.h"

namespace racesim {

enum class TopSongType : std::uint8_t { top_songs };
template <>
struct EnumNames<TopSongType> {
  static constexpr std::array<std::string_view, 1> names{"top-songs"};
};

/// Whose plays count: all, those heard in one country, those of one genre.
enum class Chart : std::uint8_t { all, country, genre };
inline constexpr std::size_t kChartCount = 3;
template <>
struct EnumNames<Chart> {
  static constexpr std::array<std::string_view, kChartCount> names{"all", "country", "genre"};
};

/// Of (run, windowing, chart, chart_key, window_start) there is one row for each rank.
struct TopSongRow {
  TopSongType type;
  Hex32 run;  ///< 0: plays do not name theirs
  Text windowing;
  TimeMs window_start;
  TimeMs window_end;  ///< not in it
  Chart chart;
  Text chart_key;                     ///< "all"; a country's code; a genre; "unknown"
  std::uint32_t rank;                 ///< from 1: by plays, then listened_ms, then the lower song_id
  Maybe<std::int32_t> previous_rank;  ///< in the window that began one slide earlier; none: it was not played
  Uuid song_id;
  Text title;  ///< empty without master data, as the next two
  Text artist_name;
  Text genre;
  std::uint64_t plays;
  std::uint64_t unique_users;
  std::uint64_t listened_ms;
  bool is_final;  ///< nothing can change it any more
};
template <>
struct Schema<TopSongRow> {
  static constexpr std::string_view name = "top-songs";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("type", &TopSongRow::type), field("run", &TopSongRow::run),
      field("windowing", &TopSongRow::windowing), field("window_start", &TopSongRow::window_start),
      field("window_end", &TopSongRow::window_end), field("chart", &TopSongRow::chart),
      field("chart_key", &TopSongRow::chart_key), field("rank", &TopSongRow::rank),
      field("previous_rank", &TopSongRow::previous_rank), field("song_id", &TopSongRow::song_id),
      field("title", &TopSongRow::title), field("artist_name", &TopSongRow::artist_name),
      field("genre", &TopSongRow::genre), field("plays", &TopSongRow::plays),
      field("unique_users", &TopSongRow::unique_users),
      field("listened_ms", &TopSongRow::listened_ms, 0, "ms"), field("is_final", &TopSongRow::is_final));
};

}  // namespace racesim
