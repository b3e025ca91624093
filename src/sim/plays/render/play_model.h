// One play after another within a session: which song, how long, when the next one starts. Pure in (seed,
// cell, seq, time of the play).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "sim/plays/draws.h"
#include "sim/plays/plan/catalog.h"

namespace racesim::plays {

/// Which plays of a session are asked for.
struct PlayQuery {
  std::uint32_t cell;
  std::uint32_t seq;    ///< of the first
  std::uint32_t count;  ///< at least one
  std::uint32_t listener;
  std::uint32_t released;  ///< songs that are out at the time of all of them
  float patience;          ///< of the session
};

struct Play {
  std::uint32_t song;
  std::uint32_t wanted_ms;  ///< how long it is listened to, if there is time
  std::uint32_t pause_ms;   ///< before the next play of the session
  std::uint32_t tie;        ///< random bits that order plays of one millisecond
};

/// Plays column by column, as loops over them like it.
class PlayBlock {
 public:
  static constexpr std::size_t kMost = 64;
  Play operator[](std::size_t i) const { return {song_[i], wanted_ms_[i], pause_ms_[i], tie_[i]}; }

 private:
  friend class PlayModel;
  std::uint32_t song_[kMost];
  std::uint32_t wanted_ms_[kMost];
  std::uint32_t pause_ms_[kMost];
  std::uint32_t tie_[kMost];
};

/// Longest pause between two plays of a session.
inline constexpr std::uint32_t kLongestPauseMs = 120'000;

/// Mean time that a play takes with the pause behind it, for songs of this mean length; a little more than
/// measured over the shipped songs (0.59 of the song, 6 s).
constexpr std::uint32_t usual_play_ms(double mean_song_ms) {
  return static_cast<std::uint32_t>(0.6 * mean_song_ms) + 6'500;
}

class PlayModel {
 public:
  /// `catalog` outlives the model. Days from `first_day` on are looked up in a table up to the last release.
  PlayModel(const Catalog& catalog, std::uint64_t seed, std::int64_t first_day);

  /// Songs that are out at `epoch_ms`, which is not before the model's first day.
  std::uint32_t released_at(std::int64_t epoch_ms) const {
    if (released_by_day_.size() == 1) return released_by_day_[0];
    const auto day = static_cast<std::size_t>(epoch_ms / kDayMs - first_day_);
    return released_by_day_[day < released_by_day_.size() ? day : released_by_day_.size() - 1];
  }

  /// Answers the queries one after the other; together they ask for at most PlayBlock::kMost. Many at once,
  /// step by step: one play alone is a long chain of dependent operations, many side by side keep the
  /// processor busy.
  void draw_plays(std::span<const PlayQuery> queries, PlayBlock& out) const;

 private:
  const Catalog* catalog_;
  std::uint64_t plays_;       ///< base of the draws of plays
  std::uint64_t favourites_;  ///< and of favourites
  std::int64_t first_day_;
  std::vector<std::uint32_t> released_by_day_;
};

}  // namespace racesim::plays
