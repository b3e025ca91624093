// The sector lines of each run, which all its cars narrow.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "agg/state.h"
#include "agg/timing/sector_lines.h"

namespace racesim {

using SectorLines = std::array<SectorLine, 2>;

/// Slots stay as they are while anyone uses them.
class RunLines {
 public:
  /// The slot of a run; each call wants a release().
  std::uint32_t use(std::uint32_t run) {
    std::uint32_t free = static_cast<std::uint32_t>(runs_.size());
    for (std::uint32_t slot = 0; slot < runs_.size(); ++slot) {
      if (runs_[slot].users > 0 && runs_[slot].run == run) {
        ++runs_[slot].users;
        return slot;
      }
      if (runs_[slot].users == 0 && free == runs_.size()) free = slot;
    }
    if (free == runs_.size()) runs_.emplace_back();
    runs_[free] = {{}, run, 1};
    return free;
  }
  void release(std::uint32_t slot) { --runs_[slot].users; }

  void narrow(std::uint32_t slot, int line, const Crossing& crossing) {
    if (runs_[slot].lines[static_cast<std::size_t>(line)].narrow(crossing)) changed_ = true;
  }
  const SectorLines& of(std::uint32_t slot) const { return runs_[slot].lines; }
  /// Whether any line has become narrower since the last call.
  bool take_changed() {
    const bool changed = changed_;
    changed_ = false;
    return changed;
  }

  void save(StateWriter& out) const { put_list(runs_, out); }
  void load(StateReader& in) { get_list(runs_, in); }

 private:
  struct Run {
    SectorLines lines{};
    std::uint32_t run = 0;
    std::uint32_t users = 0;
  };
  std::vector<Run> runs_;
  bool changed_ = false;
};

}  // namespace racesim
