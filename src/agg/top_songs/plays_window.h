// The plays of one window by chart and song.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agg/hash_index.h"
#include "agg/state.h"
#include "model/types.h"

namespace racesim::top_songs {

/// Of one song in one chart.
struct SongTally {
  std::uint32_t chart = 0;
  Uuid song;
  std::uint64_t plays = 0, listened_ms = 0, users = 0;
};

/// What a play adds to each of its charts.
struct Heard {
  Uuid song, user;
  std::uint32_t duration_ms = 0;
};

class PlaysWindow {
 public:
  explicit PlaysWindow(std::int64_t start_us = 0) : start_us_(start_us) {}

  std::int64_t start_us() const { return start_us_; }
  /// False: the play is there. Only the last window that covers a play notes it.
  bool note(const Uuid& event_id) { return events_.insert(event_id); }
  void add(std::uint32_t chart, const Heard& heard);

  const std::vector<SongTally>& songs() const { return songs_; }
  /// Indices of songs, by chart and then by rank. Made when it is asked for after a change.
  std::span<const std::uint32_t> ranking() const;
  /// From 1; 0: it was not played.
  std::uint32_t rank_of(std::uint32_t chart, const Uuid& song) const;

  /// A play has come to the chart since the last call of forget_changes().
  bool changed(std::uint32_t chart) const { return chart < changed_.size() && changed_[chart]; }
  bool changed() const { return !changed_.empty(); }
  void forget_changes() { changed_.clear(); }
  /// Only ranks are asked for any more.
  void close();

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  struct Listener {
    std::uint32_t song;  ///< index of the tally
    Uuid user;
  };
  std::uint32_t find_or_add(std::uint32_t chart, const Uuid& song);
  bool add_listener(std::uint32_t song, const Uuid& user);

  std::int64_t start_us_;
  std::vector<SongTally> songs_;
  HashIndex song_index_;
  std::vector<Listener> listeners_;
  HashIndex listener_index_;
  UuidSet events_;
  std::vector<bool> changed_;                           // by chart
  mutable std::vector<std::uint32_t> ranking_, ranks_;  // ranks_ is parallel to songs_; empty: to be made
};

}  // namespace racesim::top_songs
