// One play after another within a session: which song, how long, when the next one starts. Pure in (seed, cell,
// seq, time of the play).
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "sim/plays/catalog.h"

namespace racesim::plays {

struct Play {
  std::uint32_t song;
  std::uint32_t listened_ms;
  std::uint32_t step_ms;  ///< to the start of the next play of the session; not less than listened_ms
  std::uint32_t tie;      ///< random bits that order plays of one millisecond
};

/// Longest pause between two plays of a session.
inline constexpr std::uint32_t kLongestPauseMs = 120'000;

class PlayModel {
 public:
  /// `catalog` outlives the model. Days from `first_day` on are looked up in a table up to the last release.
  PlayModel(const Catalog& catalog, std::uint64_t seed, std::int64_t first_day);

  /// Songs that are out at `epoch_ms`, which is not before the model's first day.
  std::uint32_t released_at(std::int64_t epoch_ms) const {
    const auto day = static_cast<std::size_t>(epoch_ms / 86'400'000 - first_day_);
    return released_by_day_[day < released_by_day_.size() ? day : released_by_day_.size() - 1];
  }

  /// `most_ms`: the play and the pause behind it may take so long. `patience`: of the session.
  Play play(std::uint32_t cell, std::uint32_t seq, std::uint32_t listener, std::uint32_t released,
            float patience, std::int64_t most_ms) const;

 private:
  std::uint32_t choose_song(std::uint64_t bits, std::uint64_t more_bits, std::uint32_t listener,
                            std::uint32_t released) const;

  const Catalog* catalog_;
  StreamKey play_key_;
  StreamKey favourite_key_;
  std::int64_t first_day_;
  std::vector<std::uint32_t> released_by_day_;
};

}  // namespace racesim::plays
