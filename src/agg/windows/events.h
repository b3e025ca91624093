// What windows read from rows: whose they are, the number that tells them apart, and what they add.
#pragma once

#include <cstdint>
#include <span>

#include "agg/missing_fields.h"
#include "agg/windows/key.h"
#include "model/batch.h"
#include "model/fleet.h"
#include "model/play.h"
#include "model/race.h"

namespace racesim::windows {

class TelemetryEvents {
 public:
  TelemetryEvents(const RowBatch& rows, Keys& keys) : rows_(rows.rows<TelemetryRow>()), keys_(keys) {}

  static std::uint64_t needed_fields() {
    return fields_mask(schema_info<TelemetryRow>(), "car", "seq", "time", "speed_kmh", "engine_rpm");
  }
  std::uint32_t key(std::size_t i) const { return keys_.car(rows_[i].run.value, rows_[i].car); }
  std::uint64_t number(std::size_t i) const { return rows_[i].seq; }
  Sample sample(std::size_t i) const { return {rows_[i].speed_dkmh, rows_[i].engine_rpm, 0}; }

 private:
  std::span<const TelemetryRow> rows_;
  Keys& keys_;
};

class FleetEvents {
 public:
  FleetEvents(const RowBatch& rows, Keys& keys)
      : batch_(rows),
        rows_(rows.rows<FleetRow>()),
        keys_(keys),
        no_seq_(rows.missing.empty() ? 0 : fields_mask(rows.schema(), "seq")) {}

  static std::uint64_t needed_fields() {
    return fields_mask(schema_info<FleetRow>(), "vehicle_id", "timestamp", "speed_kmh", "engine_rpm");
  }
  std::uint32_t key(std::size_t i) const {
    return keys_.named(WindowStream::fleet, rows_[i].run.value, batch_.text(rows_[i].vehicle_id));
  }
  /// Packets without seq are told apart by their time, far from any seq.
  std::uint64_t number(std::size_t i) const {
    if (no_seq_ == 0 || (batch_.missing[i] & no_seq_) == 0) return rows_[i].seq;
    return static_cast<std::uint64_t>(rows_[i].timestamp.us) ^ kTimes;
  }
  Sample sample(std::size_t i) const { return {rows_[i].speed_dkmh, rows_[i].engine_rpm, 0}; }

 private:
  static constexpr std::uint64_t kTimes = std::uint64_t{1} << 63;
  const RowBatch& batch_;
  std::span<const FleetRow> rows_;
  Keys& keys_;
  const std::uint64_t no_seq_;
};

class PlayEvents {
 public:
  PlayEvents(const RowBatch& rows, Keys& keys)
      : rows_(rows.rows<PlayRow>()), key_(keys.named(WindowStream::plays, 0, "all")) {}

  static std::uint64_t needed_fields() {
    return fields_mask(schema_info<PlayRow>(), "event_id", "played_at", "play_duration_ms");
  }
  std::uint32_t key(std::size_t) const { return key_; }
  const Uuid& number(std::size_t i) const { return rows_[i].event_id; }
  Sample sample(std::size_t i) const { return {0, 0, rows_[i].play_duration_ms}; }

 private:
  std::span<const PlayRow> rows_;
  const std::uint32_t key_;
};

}  // namespace racesim::windows
