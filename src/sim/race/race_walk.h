// Renders the race: rows of telemetry and of the other streams, slice by slice, from the plans of its
// sessions.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sim/race/calendar.h"
#include "sim/race/row_names.h"
#include "sim/scenario.h"

namespace racesim::race {

/// What all walks of a race share; immutable.
struct RaceContext {
  std::uint32_t run = 0;
  std::int64_t start_ms = 0;            ///< epoch; nothing is sent of what lies before
  std::int64_t origin_ms = 0;           ///< epoch, not behind start_ms; the first session's begin
  std::int64_t end_ms = INT64_MAX;      ///< epoch, exclusive
  std::uint64_t sessions = UINT64_MAX;  ///< of them at most so many
  int slice_shift = 13;                 ///< a slice is 2^shift ms
  SampleRate rate;
  RowNames names = RowNames::racesim;
  /// Index into the scenario's streams by Stream; -1: not wanted.
  std::array<int, kStreamCount> stream_index{0, -1, -1, -1};
  const Track* track = nullptr;
  const Calendar* calendar = nullptr;
  const std::vector<std::string>* drivers = nullptr;  ///< by car
  const std::vector<std::string>* teams = nullptr;    ///< by car
  double trap_m = 0;                                  ///< where the speed trap stands
};

class RaceWalk final : public Walk {
 public:
  /// Shard c is car c; messages of race control belong to shard 0.
  RaceWalk(const RaceContext& context, ShardRange cars);
  ~RaceWalk() override;
  void fill(std::uint64_t index, RowConsumer& out) override;

 private:
  class Painter;
  struct Scratch;

  std::unique_ptr<Scratch> take_scratch();
  void give_back(std::unique_ptr<Scratch> scratch);

  const RaceContext context_;
  const ShardRange cars_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;
};

}  // namespace racesim::race
