// What a lane gave, in a few bytes: whoever reads it again can tell whether it is the same.
#pragma once

#include <cstdint>
#include <memory>

#include "io/sources/record_block.h"
#include "run/replay/replay_config.h"

namespace racesim {

/// One thread.
class LaneDigest {
 public:
  LaneDigest();
  ~LaneDigest();
  LaneDigest(const LaneDigest&) = delete;
  LaneDigest& operator=(const LaneDigest&) = delete;

  /// The next records, up to `most` in all; those behind are left out.
  void add(const RecordBlock& block, std::uint64_t most = UINT64_MAX);
  /// The lane has no more.
  void end() { reading_.whole = true; }
  LaneReading reading() const;

 private:
  struct State;
  const std::unique_ptr<State> state_;
  LaneReading reading_;
};

}  // namespace racesim
