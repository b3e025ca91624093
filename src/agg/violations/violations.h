// Violations, as their packets come. A violation is never too late to be told. A packet that comes again is
// told apart for as long as the watermark, of its own lane and of all, has not passed its minute; later it
// makes the same row once more, with the same key.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agg/aggregation.h"
#include "agg/entry.h"
#include "agg/violations/recent_packets.h"
#include "model/aggregates/violation.h"

namespace racesim::violations {

class Violations final : public Aggregation {
 public:
  explicit Violations(const AggregationFrame& frame);

  void add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused) override;
  void advance(std::int64_t watermark_us, RowBatch& results) override;
  void finish(RowBatch& results) override;
  void save(StateWriter& out) const override;
  Done load(StateReader& in) override;

 private:
  /// False: it came before.
  bool add_packet(const FleetRow& packet, std::string_view vehicle_id, bool has_seq,
                  std::int64_t lane_watermark_us);
  void append(const FleetRow& packet, std::string_view vehicle_id, bool has_seq, ViolationKind kind);
  Maybe<std::int32_t> redline_drpm(std::string_view vehicle_id) const;

  const std::int64_t lateness_us_;
  std::unordered_map<std::string_view, std::uint16_t> redlines_rpm_;  // names lie in the master data
  std::int64_t watermark_us_ = kNoWatermark_us;
  RecentPackets recent_;
  RowBatch found_{schema_info<ViolationRow>()};  // since the last advance()
};

}  // namespace racesim::violations
