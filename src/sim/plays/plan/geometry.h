// How time and listeners are cut into cells. A cell is a span of time × a class of a shard's listeners; only
// that class may start sessions in it, and a session ends before its class's turn comes again: so sessions of
// one listener never overlap, and no cell needs to know another.
#pragma once

#include <cstdint>

#include "sim/plays/content.h"
#include "sim/plays/plan/audience.h"

namespace racesim::plays {

struct Geometry {
  bool endless = false;         ///< volume per minute: cells go on for ever, also before the start
  std::int64_t span_ms = 0;     ///< of the window, 0 when it has no end
  std::int64_t cell_ms = 0;     ///< length of a cell; with a closed window the mean, ends are rounded down
  std::int64_t cell_count = 0;  ///< time cells of a closed window
  std::uint32_t classes = 1;    ///< turns; cell_count is a multiple
  std::uint32_t shards = 1;
  int slice_shift = 0;  ///< a slice is 2^shift milliseconds

  /// Start of time cell `cell` in ms since the run's start. A closed window repeats: cell -1 is the last one,
  /// a period earlier.
  std::int64_t cell_begin(std::int64_t cell) const {
    // An endless run starts in the middle of a cell, where it is like any other moment.
    if (endless) return cell * cell_ms - cell_ms / 2;
    return static_cast<std::int64_t>(static_cast<__int128>(span_ms) * cell / cell_count) -
           (cell < 0 && static_cast<__int128>(span_ms) * cell % cell_count != 0 ? 1 : 0);
  }
  /// How much later than its cells a listener's own ones begin, from half a cell before to half a cell after:
  /// so that nothing happens to all listeners at one moment.
  std::int64_t phase_ms(std::uint32_t phase) const {
    return static_cast<std::int64_t>(static_cast<__int128>(cell_ms) * phase >> 32) - cell_ms / 2;
  }
  /// When the first listener may start a session in the cell, and when the last one's class has its next
  /// turn.
  std::int64_t first_start(std::int64_t cell) const { return cell_begin(cell) - cell_ms / 2; }
  std::int64_t last_limit(std::int64_t cell) const { return cell_begin(cell + classes) + cell_ms / 2; }
  std::uint32_t class_of(std::int64_t cell) const {
    const std::int64_t turn = cell % classes;
    return static_cast<std::uint32_t>(turn < 0 ? turn + classes : turn);
  }
};

/// Picks cells of five hundred plays or more, of three hours or more where memory allows, and classes whose
/// turns leave three hours for the longest session where there are listeners enough.
Geometry make_geometry(const PlaysContent& content, const Frame& frame, const Audience& audience);

/// Most plays per millisecond, on average, for which a slice's lines fit into one batch of 4 GiB: a slice is
/// a millisecond at least, its plays may be several times the mean, and a line has some 300 bytes.
inline constexpr std::uint64_t kMostPlaysPerMs = 1'000'000;

/// Mean plays per session, as the lengths in cell_plan.cpp have it.
inline constexpr double kMeanSessionPlays = 9.6;

}  // namespace racesim::plays
