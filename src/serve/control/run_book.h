// The runs that this process has begun: what was asked for, and the master data that their events speak of.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "run/config.h"
#include "run/master/load.h"
#include "run/record/manifest.h"
#include "serve/change_count.h"

namespace racesim::serve {

struct BegunRun {
  std::uint32_t run = 0;
  /// With the moment at which it started.
  ContentOptions content;
  /// Names of drivers, songs, …: what the scenario reads, or has built in where it reads no folder. Null if
  /// it could not be read again.
  std::shared_ptr<const MasterData> master;
  std::shared_ptr<const Manifest> manifest;  ///< with totals once it has ended
};

/// Any thread.
class RunBook {
 public:
  static constexpr std::size_t kRunsMost = 100;  ///< the oldest is forgotten

  /// One that was begun before under the same name is forgotten.
  void add(BegunRun run);
  void note_end(std::uint32_t run, Manifest manifest);
  /// The newest first.
  std::vector<BegunRun> runs() const;
  std::optional<BegunRun> find(std::uint32_t run) const;
  /// Of all of it.
  const ChangeCount& changes() const { return changes_; }

 private:
  mutable std::mutex mutex_;
  std::deque<BegunRun> runs_;  // the newest first
  ChangeCount changes_;
};

/// What a run with this content reads, or has built in, of the entities that results and lists refer to.
/// Errors: those of load_master().
Result<std::shared_ptr<const MasterData>> master_of(const ContentOptions& content);

}  // namespace racesim::serve
