#include "agg/top_songs/plays_window.h"

#include <algorithm>
#include <numeric>

#include "base/random.h"

namespace racesim::top_songs {

void PlaysWindow::add(std::uint32_t chart, const Heard& heard) {
  const std::uint32_t at = find_or_add(chart, heard.song);
  SongTally& tally = songs_[at];
  ++tally.plays;
  tally.listened_ms += heard.duration_ms;
  if (add_listener(at, heard.user)) ++tally.users;
  if (changed_.size() <= chart) changed_.resize(chart + 1);
  changed_[chart] = true;
  ranks_.clear();
}

std::uint32_t PlaysWindow::find_or_add(std::uint32_t chart, const Uuid& song) {
  const auto next = static_cast<std::uint32_t>(songs_.size());
  const std::uint32_t found = song_index_.find_or_add(
      mix64(hash_of(song) + chart), next,
      [&](std::uint32_t i) { return songs_[i].chart == chart && songs_[i].song == song; });
  if (found == next) {
    songs_.emplace_back();
    songs_.back().chart = chart;
    songs_.back().song = song;
  }
  return found;
}

bool PlaysWindow::add_listener(std::uint32_t song, const Uuid& user) {
  const auto next = static_cast<std::uint32_t>(listeners_.size());
  const std::uint32_t found = listener_index_.find_or_add(
      mix64(hash_of(user) + song), next,
      [&](std::uint32_t i) { return listeners_[i].song == song && listeners_[i].user == user; });
  if (found != next) return false;
  listeners_.push_back({song, user});
  return true;
}

std::span<const std::uint32_t> PlaysWindow::ranking() const {
  if (ranks_.size() == songs_.size()) return ranking_;
  ranking_.resize(songs_.size());
  std::iota(ranking_.begin(), ranking_.end(), 0u);
  std::sort(ranking_.begin(), ranking_.end(), [&](std::uint32_t a, std::uint32_t b) {
    const SongTally &x = songs_[a], &y = songs_[b];
    if (x.chart != y.chart) return x.chart < y.chart;
    if (x.plays != y.plays) return x.plays > y.plays;
    if (x.listened_ms != y.listened_ms) return x.listened_ms > y.listened_ms;
    return x.song < y.song;
  });
  ranks_.resize(songs_.size());
  std::uint32_t rank = 0;
  for (std::size_t i = 0; i < ranking_.size(); ++i) {
    const bool first = i == 0 || songs_[ranking_[i]].chart != songs_[ranking_[i - 1]].chart;
    rank = first ? 1 : rank + 1;
    ranks_[ranking_[i]] = rank;
  }
  return ranking_;
}

std::uint32_t PlaysWindow::rank_of(std::uint32_t chart, const Uuid& song) const {
  ranking();
  const std::uint32_t found = song_index_.find(mix64(hash_of(song) + chart), [&](std::uint32_t i) {
    return songs_[i].chart == chart && songs_[i].song == song;
  });
  return found == HashIndex::kNone ? 0 : ranks_[found];
}

void PlaysWindow::close() {
  listeners_ = {};
  listener_index_ = {};
  events_ = {};
  changed_ = {};
}

void PlaysWindow::save(StateWriter& out) const {
  out.put(start_us_);
  out.put(static_cast<std::uint64_t>(songs_.size()));
  for (const SongTally& song : songs_) {
    out.put(song.chart);
    out.put(song.song.bytes);
    out.put(song.plays);
    out.put(song.listened_ms);
    out.put(song.users);
  }
  out.put(static_cast<std::uint64_t>(listeners_.size()));
  for (const Listener& listener : listeners_) {
    out.put(listener.song);
    out.put(listener.user.bytes);
  }
  out.put(static_cast<std::uint64_t>(events_.ids().size()));
  for (const Uuid& id : events_.ids()) out.put(id.bytes);
}

void PlaysWindow::load(StateReader& in) {
  start_us_ = in.get<std::int64_t>();
  const std::uint64_t songs = in.count(44);
  for (std::uint64_t i = 0; i < songs; ++i) {
    const auto chart = in.get<std::uint32_t>();
    SongTally& song = songs_[find_or_add(chart, in.get<Uuid>())];
    song.plays = in.get<std::uint64_t>();
    song.listened_ms = in.get<std::uint64_t>();
    song.users = in.get<std::uint64_t>();
  }
  const std::uint64_t listeners = in.count(20);
  for (std::uint64_t i = 0; i < listeners; ++i) {
    const auto song = in.get<std::uint32_t>();
    add_listener(song, in.get<Uuid>());
  }
  const std::uint64_t events = in.count(16);
  for (std::uint64_t i = 0; i < events; ++i) note(in.get<Uuid>());
}

}  // namespace racesim::top_songs
