// Which events a sink has already, when a process goes on with a dead one's run: found by making the events
// behind the last checkpoint once more and looking for them in what was read back.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/dead_letter.h"
#include "io/resumable.h"
#include "run/generate/event_feed.h"
#include "run/record/checkpoint.h"
#include "run/resume/progress_log.h"

namespace racesim {

/// Of one sink. A value; made before the run goes on.
struct AlreadyThere {
  std::uint64_t below = 0;    ///< the sink is done with all sends before this ordinal
  std::vector<bool> there;    ///< for those from `below` on; behind its end nothing is there
  std::uint64_t found = 0;    ///< how many of `there` are set
  std::uint64_t refused = 0;  ///< of them, missing there although later ones are: given up before the kill
  /// Partitions that were changed meanwhile: where they were read from, and what was found there instead.
  std::vector<StreamPosition> read_anew{};
  std::vector<std::string> changes{};

  bool has(std::uint64_t ordinal) const {
    return ordinal < below || (ordinal - below < there.size() && there[ordinal - below]);
  }
  std::uint64_t end() const { return below + there.size(); }
  std::uint64_t first_missing() const {
    return below + static_cast<std::uint64_t>(std::find(there.begin(), there.end(), false) - there.begin());
  }
};

/// As far as the checkpoint itself knows it.
AlreadyThere already_there_by(const SinkCheckpoint& known);

/// Makes the sends again that lie behind `known`, with the feed that `feed_at` gives for an ordinal: one that
/// begins there or before, and whose places are noted. Of partitions that were changed all sends since the
/// run's begin are looked for. Events that the receiver had refused before the kill
/// go to the dead-letter file, once. `place` goes on behind what was recognised. Errors: those of
/// read_back(); usage if a file holds what this run does not write.
Result<AlreadyThere> find_already_there(
    const SinkCheckpoint& known, Resumable& place,
    const std::function<std::unique_ptr<EventFeed>(std::uint64_t ordinal)>& feed_at, PlaceLog& places,
    DeadLetter& dead_letter);

}  // namespace racesim
