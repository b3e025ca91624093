// Rows of telemetry of whatever cars, as samples of each car in their order: what all aggregations of timing
// begin with.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "agg/aggregation.h"
#include "agg/ordered/in_order.h"
#include "agg/ordered/key_index.h"
#include "agg/timing/sample.h"
#include "model/batch.h"

namespace racesim {

/// A car that has been silent for so long is forgotten; sessions of a run lie hours apart.
inline constexpr std::int64_t kGone_us = 86'400'000'000;
/// Who is gone need not be known sooner.
inline constexpr std::int64_t kLookForGone_us = 600'000'000;

/// Whose samples they are. Cars whose samples name no run, or have no seq, are others.
struct CarKey {
  std::uint32_t run = 0;
  std::uint16_t car = 0;
  bool has_seq = true;
};

/// One thread. A `Fold` has
///   void begin_car(slot, CarKey)       a car that is new; slots are dense and used again
///   void fold(slot, Sample, missing)   the car's next sample, `missing` before it
class CarRows {
 public:
  explicit CarRows(std::int64_t allowed_lateness_us) : order_(allowed_lateness_us) {}

  template <class Fold>
  void add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused, Fold& into) {
    const auto telemetry = rows.rows<TelemetryRow>();
    const auto take = [&](std::uint32_t slot, const Sample& sample, std::uint64_t missing) {
      into.fold(slot, sample, missing);
    };
    for (std::uint32_t i = 0; i < telemetry.size(); ++i) {
      const TelemetryRow& row = telemetry[i];
      const std::uint64_t lacks = rows.missing.empty() ? 0 : rows.missing[i];
      if ((lacks & kTimingFields) != 0) {
        refused.push_back({i, Refusal::unusable});
        continue;
      }
      const CarKey key{row.run.value, row.car, (lacks & kOrderFields) == 0};
      const std::uint32_t slot = slot_of(key, into);
      const RowArrival arrival{arrivals.time_us[i], arrivals.watermark_us[i], row.seq, arrivals.lane,
                               key.has_seq};
      const Sample sample = sample_of(row, lacks, driver_of(slot, rows.text(row.driver)));
      if (const auto why = order_.add(slot, arrival, sample, take)) refused.push_back({i, *why});
    }
  }
  template <class Fold>
  void advance(std::int64_t watermark_us, Fold& into) {
    order_.advance(watermark_us, [&](std::uint32_t slot, const Sample& sample, std::uint64_t missing) {
      into.fold(slot, sample, missing);
    });
  }

  /// Slots are below this; some may be free.
  std::uint32_t size() const { return cars_.size(); }
  bool used(std::uint32_t slot) const { return cars_.used(slot); }
  void forget(std::uint32_t slot) {
    cars_.remove(slot);
    order_.forget(slot);
  }
  /// Samples of the car wait for their turn.
  bool waits(std::uint32_t slot) const { return order_.waits(slot); }
  std::string_view driver(std::uint32_t number) const { return names_.name(number); }

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  static std::uint64_t packed(const CarKey& key) {
    return std::uint64_t{key.run} << 32 | std::uint64_t{key.car} << 1 | (key.has_seq ? 1 : 0);
  }
  static CarKey unpacked(std::uint64_t key) {
    return {static_cast<std::uint32_t>(key >> 32), static_cast<std::uint16_t>(key >> 1), (key & 1) != 0};
  }

  template <class Fold>
  std::uint32_t slot_of(const CarKey& key, Fold& into) {
    const std::uint32_t slot = cars_.find(packed(key));
    if (slot != KeyIndex::kNone) [[likely]]
      return slot;
    const std::uint32_t added = cars_.add(packed(key));
    if (added >= drivers_.size()) drivers_.resize(added + 1);
    drivers_[added] = 0;
    into.begin_car(added, key);
    return added;
  }
  std::uint32_t driver_of(std::uint32_t slot, std::string_view name) {
    if (names_.name(drivers_[slot]) != name) drivers_[slot] = names_.number(name);
    return drivers_[slot];
  }

  KeyIndex cars_;
  InOrder<Sample> order_;
  DriverNames names_;
  std::vector<std::uint32_t> drivers_;  ///< the last one seen, by slot
};

/// A result whose driver is a number of CarRows.
template <class Row>
struct NamedRow {
  Row row;
  std::uint32_t driver;
};

/// Moves them behind the results, each under its driver's name.
template <class Row>
void put_named(std::vector<NamedRow<Row>>& ready, const CarRows& cars, RowBatch& results) {
  const std::size_t before = results.size();
  results.resize(before + ready.size());
  for (std::size_t i = 0; i < ready.size(); ++i) {
    Row& row = results.rows<Row>()[before + i];
    row = ready[i].row;
    row.driver = results.add_text(cars.driver(ready[i].driver));
  }
  ready.clear();
}

}  // namespace racesim
