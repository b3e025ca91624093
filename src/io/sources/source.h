// Where events are read from. A source has lanes (a file, a partition, a connection) in which order is
// promised; it hands out blocks of whole records of one lane and says where the lane stands behind them. Who
// reads commits positions, together with what was made of the records.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/sources/record_block.h"
#include "io/wait_note.h"

namespace racesim {

/// What became of a record.
enum class Fate : std::uint8_t {
  stored,
  duplicate,  ///< the same row is there already
  replaced,   ///< another row with the same key was there and is gone (TableInfo::replaces)
  conflict,   ///< another row with the same key is there; this one is among the dead letters
  rejected,   ///< it is no row; among the dead letters, or refused with the request
  expired,    ///< older than what is kept
  blank,      ///< nothing: a blank line
};

/// Of a record that was not stored: which one and why.
struct RecordFate {
  std::uint32_t index = 0;
  Fate fate = Fate::rejected;
  std::string reason;
};

/// What became of a block, once that is durable.
struct BlockOutcome {
  std::uint64_t stored = 0, duplicates = 0, conflicts = 0, rejected = 0, expired = 0, blank = 0;
  std::vector<RecordFate> others;  ///< rejected and conflicting ones, ascending
  bool refused = false;  ///< one record was none, so nothing of the block was taken (--on-invalid reject)
};

/// A lane as a reader must know it.
struct LaneInfo {
  std::string name;    ///< for people: "f1-telemetry [2]", "out/events.ndjson"; empty: there is one
  std::string header;  ///< first line of a CSV file: its records are cells; empty: JSON
};

/// Decides where lanes begin; called from within pull(), tend() and restart() of a source, by their thread.
class LaneKeeper {
 public:
  virtual ~LaneKeeper() = default;
  /// What the store holds of each of these lanes; of one that nobody has read, none. A source asks this
  /// before it reads a lane: whatever was pulled of it before is committed or given up by then. It may also
  /// ask how far somebody else has come with a lane.
  virtual Result<std::vector<std::optional<LanePosition>>> positions(std::span<const LanePosition> lanes) = 0;
  /// These lanes are taken away: everything that was pulled is committed or rolled back when this returns.
  virtual Done release(std::span<const std::uint32_t> lanes) = 0;
};

enum class Pulled : std::uint8_t {
  records,
  nothing,  ///< not in that time; or a signal came
  ended,    ///< and never will
};

/// pull() and settled() of one source may be called by two threads, one each; all else by any.
class Source {
 public:
  virtual ~Source() = default;

  /// "kafka f1-telemetry at localhost:9092", "http://127.0.0.1:8000", "out/*.ndjson".
  virtual std::string name() const = 0;

  /// Connects, listens, opens. `keeper` outlives the source. Errors: runtime, usage (no such topic), busy
  /// (the port is taken).
  virtual Done open(LaneKeeper& keeper) = 0;

  /// The next block, of any lane; waits `wait_ms` at most. `to` is cleared first. An error is final.
  virtual Result<Pulled> pull(RecordBlock& to, int wait_ms) = 0;

  /// Called instead of pull(), by its thread and at least every second, while nothing more can be taken in.
  /// Lanes may be taken away and given meanwhile, so nobody holds a block that release() would wait for:
  /// make room first, then pull(). An error is final.
  virtual Done tend() { return {}; }

  /// Of a lane that a block has named.
  virtual const LaneInfo& lane(std::uint32_t number) const = 0;

  /// The block is committed, and this became of it: answers the request, tells the group. Or it failed for
  /// good: `outcome` has the error. Called once for each block, in the order of pull(). Of HTTP a request is
  /// one block.
  virtual void settled(const RecordBlock& block, const Result<BlockOutcome>& outcome) = 0;

  /// Somebody waits for each commit (HTTP): commit as soon as nothing more can be pulled at once.
  virtual bool is_awaited() const { return false; }
  /// Lanes have positions that a store should keep, and that a restart goes on from.
  virtual bool has_positions() const { return true; }
  /// The source may end by itself (files, stdin, --exit-at-end).
  virtual bool is_bounded() const = 0;

  /// Somebody else has moved a lane on (a process that was thought dead, or this one was): forgets all that
  /// was pulled and is not settled, asks the keeper for the positions again and goes on from there. By the
  /// thread that pulls. Errors: busy, of sources that cannot have two readers.
  virtual Done restart() = 0;

  /// Nothing new is taken in from now on; pull() gives what is already here, then ends. Any thread.
  virtual void stop() = 0;
  /// Records known to be there and not pulled yet; none: not known.
  virtual std::optional<std::uint64_t> lag() const { return std::nullopt; }
  /// What it waits for; any thread.
  virtual const WaitNote* wait() const { return nullptr; }
};

}  // namespace racesim
