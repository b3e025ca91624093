#include "agg/top_songs/top_songs.h"

#include <algorithm>
#include <utility>

#include "agg/missing_fields.h"
#include "base/random.h"

namespace racesim::top_songs {
namespace {

bool begins_before(const PlaysWindow& window, std::int64_t start_us) {
  return window.start_us() < start_us;
}

}  // namespace

std::uint32_t Charts::number(Chart chart, std::string_view key) {
  const auto next = static_cast<std::uint32_t>(names_.size());
  const std::uint32_t found =
      index_.find_or_add(mix64(topic_hash(key) + static_cast<std::uint64_t>(chart)), next,
                         [&](std::uint32_t i) { return names_[i].chart == chart && names_[i].key == key; });
  if (found == next) names_.push_back({chart, std::string(key)});
  return found;
}

TopSongs::TopSongs(TopSongsOptions options, const AggregationFrame& frame)
    : options_(std::move(options)),
      shape_text_(options_.shape.text()),
      updates_(frame.emit == Emit::update),
      lateness_us_(frame.allowed_lateness_us),
      music_(frame.master) {}

void TopSongs::add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused) {
  const std::uint64_t needed = rows.missing.empty()
                                   ? 0
                                   : fields_mask(rows.schema(), "event_id", "song_id", "user_id",
                                                 "location_id", "played_at", "play_duration_ms");
  const auto plays = rows.rows<PlayRow>();
  for (std::uint32_t i = 0; i < plays.size(); ++i) {
    const bool usable = needed == 0 || (rows.missing[i] & needed) == 0;
    const std::optional<Refusal> why =
        usable ? add_play(plays[i], arrivals.time_us[i], arrivals.watermark_us[i]) : Refusal::unusable;
    if (why) refused.push_back({i, *why});
  }
}

std::optional<Refusal> TopSongs::add_play(const PlayRow& play, std::int64_t time_us,
                                          std::int64_t lane_watermark_us) {
  const WindowShape& shape = options_.shape;
  std::int64_t start_us = shape.last_start_us(time_us);
  if (const auto why = closed(start_us + shape.size_us, lane_watermark_us)) return why;
  if (!window_at(start_us).note(play.event_id)) return Refusal::duplicate;
  find_charts(play);
  const Heard heard{play.song_id, play.user_id, play.play_duration_ms};
  for (; start_us + shape.size_us > time_us; start_us -= shape.slide_us) {
    if (closed(start_us + shape.size_us, lane_watermark_us)) break;
    PlaysWindow& window = window_at(start_us);
    for (const std::uint32_t chart : charts_of_play_) window.add(chart, heard);
  }
  return std::nullopt;
}

std::optional<Refusal> TopSongs::closed(std::int64_t end_us, std::int64_t lane_watermark_us) const {
  if (end_us + lateness_us_ <= lane_watermark_us) return Refusal::late;
  if (end_us + lateness_us_ <= watermark_us_) return Refusal::late_idle;
  return std::nullopt;
}

PlaysWindow& TopSongs::window_at(std::int64_t start_us) {
  const auto at = std::lower_bound(open_.begin(), open_.end(), start_us, begins_before);
  if (at != open_.end() && at->start_us() == start_us) return *at;
  return *open_.emplace(at, start_us);
}

void TopSongs::find_charts(const PlayRow& play) {
  charts_of_play_.clear();
  for (const Chart chart : options_.charts) {
    std::string_view key = "all";
    if (chart == Chart::country) key = music_.country_of(play.location_id);
    if (chart == Chart::genre) key = music_.genre_of(play.song_id);
    charts_of_play_.push_back(charts_.number(chart, key));
  }
}

void TopSongs::advance(std::int64_t watermark_us, RowBatch& results) {
  watermark_us_ = std::max(watermark_us_, watermark_us);
  close_until(watermark_us_, results);
  if (updates_) give_changed(results);
}

void TopSongs::finish(RowBatch& results) {
  close_until(kEndOfTime_us, results);
}

void TopSongs::close_until(std::int64_t watermark_us, RowBatch& results) {
  while (!open_.empty() && open_.front().start_us() + options_.shape.size_us + lateness_us_ <= watermark_us) {
    append_charts(0, true, results);
    closed_ = std::move(open_.front());
    closed_->close();
    open_.pop_front();
  }
}

void TopSongs::give_changed(RowBatch& results) {
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (!open_[i].changed()) continue;
    append_charts(i, false, results);
    open_[i].forget_changes();
  }
}

const PlaysWindow* TopSongs::before(std::size_t index) const {
  const std::int64_t start_us = open_[index].start_us() - options_.shape.slide_us;
  if (index > 0) return open_[index - 1].start_us() == start_us ? &open_[index - 1] : nullptr;
  return closed_ && closed_->start_us() == start_us ? &*closed_ : nullptr;
}

/// All charts of a window that is final, else those with a change.
void TopSongs::append_charts(std::size_t index, bool is_final, RowBatch& results) const {
  const PlaysWindow& window = open_[index];
  const PlaysWindow* previous = before(index);
  // By name, which does not hang on what came first.
  const std::span<const std::uint32_t> ranking = window.ranking();
  std::vector<std::pair<std::uint32_t, std::size_t>> charts;  // number, first place in the ranking
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    const std::uint32_t chart = window.songs()[ranking[i]].chart;
    if (charts.empty() || charts.back().first != chart) charts.emplace_back(chart, i);
  }
  std::sort(charts.begin(), charts.end(), [&](const auto& a, const auto& b) {
    return charts_.names()[a.first] < charts_.names()[b.first];
  });
  for (const auto& [chart, first] : charts) {
    if (!is_final && !window.changed(chart)) continue;
    for (std::uint32_t rank = 1; rank <= options_.top; ++rank) {
      const std::size_t at = first + rank - 1;
      if (at == ranking.size() || window.songs()[ranking[at]].chart != chart) break;
      append_row(window, window.songs()[ranking[at]], rank, previous, is_final, results);
    }
  }
}

void TopSongs::append_row(const PlaysWindow& window, const SongTally& song, std::uint32_t rank,
                          const PlaysWindow* previous, bool is_final, RowBatch& results) const {
  const ChartName& chart = charts_.names()[song.chart];
  TopSongRow row{};
  row.windowing = results.add_text(shape_text_);
  row.window_start = {window.start_us() / 1000};
  row.window_end = {(window.start_us() + options_.shape.size_us) / 1000};
  row.chart = chart.chart;
  row.chart_key = results.add_text(chart.key);
  row.rank = rank;
  if (previous != nullptr)
    if (const std::uint32_t was = previous->rank_of(song.chart, song.song); was > 0)
      row.previous_rank = {static_cast<std::int32_t>(was)};
  row.song_id = song.song;
  if (const SongRow* known = music_.songs.find(song.song)) {
    row.title = results.add_text(music_.songs.text(known->title));
    row.artist_name = results.add_text(music_.songs.text(known->artist_name));
    row.genre = results.add_text(music_.songs.text(known->genre));
  }
  row.plays = song.plays;
  row.unique_users = song.users;
  row.listened_ms = song.listened_ms;
  row.is_final = is_final;
  results.resize(results.size() + 1);
  results.rows<TopSongRow>().back() = row;
}

void TopSongs::save(StateWriter& out) const {
  out.text(shape_text_);
  out.put(watermark_us_);
  out.put(static_cast<std::uint64_t>(charts_.names().size()));
  for (const ChartName& name : charts_.names()) {
    out.put(static_cast<std::uint8_t>(name.chart));
    out.text(name.key);
  }
  out.put(static_cast<std::uint8_t>(closed_.has_value()));
  if (closed_) closed_->save(out);
  out.put(static_cast<std::uint64_t>(open_.size()));
  for (const PlaysWindow& window : open_) window.save(out);
}

Done TopSongs::load(StateReader& in) {
  if (in.text() != shape_text_)
    return fail(ErrorKind::runtime, "the saved state is of other windows than " + shape_text_,
                "give the options that it was made with, or remove the checkpoint");
  watermark_us_ = in.get<std::int64_t>();
  const std::uint64_t charts = in.count(9);
  for (std::uint64_t i = 0; i < charts; ++i) {
    const auto chart = static_cast<Chart>(in.get<std::uint8_t>());
    charts_.number(chart, in.text());
  }
  if (in.get<std::uint8_t>() != 0) closed_.emplace().load(in);
  const std::uint64_t windows = in.count(32);
  for (std::uint64_t i = 0; i < windows; ++i) open_.emplace_back().load(in);
  return in.done();
}

}  // namespace racesim::top_songs
