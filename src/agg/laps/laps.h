// Laps of cars from their telemetry: when they passed the timing line and the sector lines, and what they did
// between. A lap is whole if both its ends were seen; lap 1 of a race begins at lights out, which telemetry
// does not show: 5 s after the session's begin (docs/race.md, "Calendar"), for a car that was seen on the
// grid. A lap from the box in qualifying and practice begins in no place that samples show.
//
// Times are the simulator's to the millisecond: lap times with 10 samples a second or more, of which
// single ones may be missing; sector times likewise, once the run's cars have passed the line often enough to
// tell where it lies (timing/sector_lines.h). A lap waits for that. What is not known
// by the end of the input is missing.
#pragma once

#include <cstdint>
#include <vector>

#include "agg/aggregation.h"
#include "agg/laps/lap_sums.h"
#include "agg/timing/car_rows.h"
#include "agg/timing/run_lines.h"

namespace racesim {

/// Results are LapMetricsRow. With Emit::update a lap is also given out at the end of each of its sectors, as
/// far as it has come.
class Laps final : public Aggregation {
 public:
  Laps(Emit emit, std::int64_t allowed_lateness_us) : emit_(emit), rows_(allowed_lateness_us) {}

  void add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused) override;
  void advance(std::int64_t watermark_us, RowBatch& results) override;
  void finish(RowBatch& results) override;
  void save(StateWriter& out) const override;
  Done load(StateReader& in) override;

  /// For CarRows.
  void begin_car(std::uint32_t slot, const CarKey& key);
  void fold(std::uint32_t slot, const Sample& sample, std::uint64_t missing);

 private:
  struct Car {
    CarTrace trace;
    LapSums lap;  ///< that is driven, if it has samples
    std::uint32_t run = 0, lines = 0;
    std::uint16_t number = 0;
  };
  /// Without padding.
  struct Closed {
    LapSums lap;
    std::uint32_t lines = 0;
    std::uint32_t unused = 0;
  };
  using Ready = NamedRow<LapMetricsRow>;

  void follow(Car& car, const Sample& sample, std::uint64_t missing);
  void pass_sector(Car& car, const Step& step, std::uint64_t missing);
  void pass_line(Car& car, const Step& step, std::uint64_t missing, const Sample& sample);
  void open(Car& car, const Sample& sample);
  void close(Car& car);
  void give(const LapSums& lap, std::uint32_t lines);
  void settle(std::size_t oldest);
  void forget_gone(std::int64_t watermark_us);

  const Emit emit_;
  CarRows rows_;
  RunLines lines_;
  std::vector<Car> cars_;        // by slot
  std::vector<Closed> waiting_;  // for lines
  std::vector<Ready> ready_;     // until the next advance()
  std::int64_t looked_us_ = kNoWatermark_us;
};

}  // namespace racesim
