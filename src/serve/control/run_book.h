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

namespace racesim::serve {

struct BegunRun {
  std::uint32_t run = 0;
  /// With the moment at which it started.
  ContentOptions content;
  /// Names of drivers, songs, … by the entities that the scenario reads; those that are built in where it
  /// read no folder. Empty where there is nothing to read them from.
  std::shared_ptr<const MasterData> master;
};

/// Any thread.
class RunBook {
 public:
  static constexpr std::size_t kRunsMost = 100;  ///< the oldest is forgotten

  /// One that was begun before under the same name is forgotten.
  void add(BegunRun run);
  /// The newest first.
  std::vector<BegunRun> runs() const;
  std::optional<BegunRun> find(std::uint32_t run) const;

 private:
  mutable std::mutex mutex_;
  std::deque<BegunRun> runs_;  // the newest first
};

/// What a run with this content reads, or has built in. Errors: those of load_master().
Result<std::shared_ptr<const MasterData>> master_of(const ContentOptions& content);

}  // namespace racesim::serve
