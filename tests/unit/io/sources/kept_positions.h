// What a store does for a source: keeps positions, hands them out, refuses what does not follow.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "io/sources/source.h"

namespace racesim {

class KeptPositions final : public LaneKeeper {
 public:
  Result<std::vector<std::optional<LanePosition>>> positions(std::span<const LanePosition> lanes) override {
    std::vector<std::optional<LanePosition>> known;
    for (const LanePosition& lane : lanes) {
      const auto found = kept.find({lane.source, lane.lane});
      known.push_back(found == kept.end() ? std::nullopt : std::optional(found->second));
    }
    return known;
  }
  Done release(std::span<const std::uint32_t>) override { return {}; }

  void commit(const RecordBlock& block) {
    LanePosition& position = kept[{block.after.source, block.after.lane}];
    EXPECT_EQ(position.next, block.before.next);
    EXPECT_EQ(block.before.consumed + block.size(), block.after.consumed);
    position = block.after;
  }

  std::map<std::pair<std::string, std::string>, LanePosition> kept;
};

}  // namespace racesim
