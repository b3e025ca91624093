// The first records of lanes, looked at before a replay begins: what a sink must know when it is opened.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/sources/source.h"
#include "run/replay/lanes.h"
#include "run/replay/record_scan.h"

namespace racesim {

/// A source whose first block was looked at; it is given out again by pull().
class PeekedSource final : public Source {
 public:
  explicit PeekedSource(std::unique_ptr<Source> inner) : inner_(std::move(inner)) {}

  /// The first block; empty where there is none. Waits for it until `interrupted`.
  Result<const RecordBlock*> first(const std::function<bool()>& interrupted);

  std::string name() const override { return inner_->name(); }
  Done open(LaneKeeper& keeper) override { return inner_->open(keeper); }
  Result<Pulled> pull(RecordBlock& to, int wait_ms) override;
  const LaneInfo& lane(std::uint32_t number) const override { return inner_->lane(number); }
  void settled(const RecordBlock& block, const Result<BlockOutcome>& outcome) override {
    inner_->settled(block, outcome);
  }
  bool has_positions() const override { return inner_->has_positions(); }
  bool is_bounded() const override { return inner_->is_bounded(); }
  Done restart() override { return inner_->restart(); }
  void stop() override { inner_->stop(); }

 private:
  const std::unique_ptr<Source> inner_;
  RecordBlock block_;
  bool has_block_ = false;
};

/// Looks at the first records of each lane, which are read again later; a lane without any goes. Returns the
/// header that all have, with a line end; empty: they are no CSV. Errors: usage for lanes with different
/// columns, else those of the sources.
Result<std::string> look_at_beginnings(const ReplayConfig& config, std::vector<RecordedLane>& lanes);

/// The topics that our own kinds of events have, of those that the recording holds: files are read through,
/// of a pipe it is every kind of the scenario that its first records are of. None: nothing tells. Behind
/// look_at_beginnings().
Result<std::vector<std::string>> topics_of(const ReplayConfig& config, std::vector<RecordedLane>& lanes);

}  // namespace racesim
