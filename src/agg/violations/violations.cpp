#include "agg/violations/violations.h"

#include <algorithm>

#include "agg/missing_fields.h"
#include "model/vehicle.h"

namespace racesim::violations {

Violations::Violations(const AggregationFrame& frame) : lateness_us_(frame.allowed_lateness_us) {
  const RowBatch* vehicles = frame.master.find("vehicles");
  if (vehicles == nullptr) return;
  for (const VehicleRow& vehicle : vehicles->rows<VehicleRow>())
    redlines_rpm_.emplace(vehicles->text(vehicle.vehicle_id), vehicle.redline_rpm);
}

void Violations::add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused) {
  std::uint64_t needed = 0, no_seq = 0;
  if (!rows.missing.empty()) {
    needed =
        fields_mask(rows.schema(), "vehicle_id", "timestamp", "location.lat", "location.lon", "speed_kmh",
                    "engine_rpm", "road_type", "speed_limit_kmh", "speeding", "rpm_over_redline");
    no_seq = fields_mask(rows.schema(), "seq");
  }
  const auto packets = rows.rows<FleetRow>();
  for (std::uint32_t i = 0; i < packets.size(); ++i) {
    const std::uint64_t missing = rows.missing.empty() ? 0 : rows.missing[i];
    if ((missing & needed) != 0) {
      refused.push_back({i, Refusal::unusable});
      continue;
    }
    const FleetRow& packet = packets[i];
    if (!packet.speeding && !packet.rpm_over_redline) continue;
    if (!add_packet(packet, rows.text(packet.vehicle_id), (missing & no_seq) == 0, arrivals.watermark_us[i]))
      refused.push_back({i, Refusal::duplicate});
  }
}

bool Violations::add_packet(const FleetRow& packet, std::string_view vehicle_id, bool has_seq,
                            std::int64_t lane_watermark_us) {
  constexpr std::uint64_t kTimes = std::uint64_t{1} << 63;  // far from any seq
  const std::int64_t time_us = packet.timestamp.us;
  const bool remembered =
      RecentPackets::span_end_us(time_us) + lateness_us_ > std::max(lane_watermark_us, watermark_us_);
  const std::uint64_t number = has_seq ? packet.seq : static_cast<std::uint64_t>(time_us) ^ kTimes;
  if (remembered && !recent_.insert(time_us, {packet.run.value, vehicle_id, number})) return false;
  if (packet.speeding) append(packet, vehicle_id, has_seq, ViolationKind::speeding);
  if (packet.rpm_over_redline) append(packet, vehicle_id, has_seq, ViolationKind::rpm_over_redline);
  return true;
}

void Violations::append(const FleetRow& packet, std::string_view vehicle_id, bool has_seq,
                        ViolationKind kind) {
  ViolationRow row{};
  row.run = packet.run;
  row.vehicle_id = found_.add_text(vehicle_id);
  row.time = packet.timestamp;
  row.kind = kind;
  if (kind == ViolationKind::speeding) {
    row.value_d = packet.speed_dkmh;
    row.limit_d = {packet.speed_limit_kmh * 10};
  } else {
    row.value_d = packet.engine_rpm * 10;
    row.limit_d = redline_drpm(vehicle_id);
  }
  row.latitude_udeg = packet.latitude_udeg;
  row.longitude_udeg = packet.longitude_udeg;
  row.road_type = packet.road_type;
  if (has_seq) row.seq = {static_cast<std::int64_t>(packet.seq)};
  found_.resize(found_.size() + 1);
  found_.rows<ViolationRow>().back() = row;
}

Maybe<std::int32_t> Violations::redline_drpm(std::string_view vehicle_id) const {
  const auto found = redlines_rpm_.find(vehicle_id);
  return found == redlines_rpm_.end() ? Maybe<std::int32_t>{} : Maybe<std::int32_t>{found->second * 10};
}

void Violations::advance(std::int64_t watermark_us, RowBatch& results) {
  watermark_us_ = std::max(watermark_us_, watermark_us);
  if (watermark_us_ != kNoWatermark_us) recent_.forget_until(watermark_us_ - lateness_us_);
  finish(results);
}

void Violations::finish(RowBatch& results) {
  for (ViolationRow row : found_.rows<ViolationRow>()) {
    row.vehicle_id = results.add_text(found_.text(row.vehicle_id));
    results.resize(results.size() + 1);
    results.rows<ViolationRow>().back() = row;
  }
  found_.clear();
}

void Violations::save(StateWriter& out) const {
  out.put(watermark_us_);
  recent_.save(out);
}

Done Violations::load(StateReader& in) {
  watermark_us_ = in.get<std::int64_t>();
  recent_.load(in);
  return in.done();
}

}  // namespace racesim::violations
