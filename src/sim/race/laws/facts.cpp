#include "sim/race/laws/facts.h"

#include "model/race_as.h"
#include "model/race_simple.h"

namespace racesim::race {
namespace {

constexpr SampleNames kOwnNames{"speed_kmh", "engine_rpm", "gear", "throttle_pct", "brake_pct", "x_m", "y_m"};
constexpr SampleNames kFastF1Names{"Speed", "RPM", "nGear", "Throttle", "Brake", "X", "Y"};
constexpr SampleNames kOpenF1Names{"speed", "rpm", "n_gear", "throttle", "brake", "x", "y"};
constexpr SampleNames kSimpleNames{"speed", "", "", "", "", "location.x_m", "location.y_m"};

template <class Row>
const Row* row_of(const RowBatch& rows, std::size_t i) {
  return &rows.schema() == &schema_info<Row>() ? &rows.rows<Row>()[i] : nullptr;
}

double seconds(std::int64_t ms) {
  return static_cast<double>(ms) / 1000;
}

template <class Int>
double seconds(Maybe<Int> ms) {
  return ms.has_value() ? seconds(std::int64_t{ms.value}) : kUnknown;
}

SampleFacts facts(const TelemetryRow& row) {
  SampleFacts s;
  s.names = &kOwnNames;
  s.time_us = row.time.ms * 1000;
  s.session = row.session;
  s.speed_kmh = row.speed_dkmh / 10.0;
  s.rpm = row.engine_rpm;
  s.gear = row.gear;
  s.throttle_pct = row.throttle_pct;
  s.brake_pct = row.brake_pct;
  s.x_m = row.x_cm / 100.0;
  s.y_m = row.y_cm / 100.0;
  s.lap = row.lap;
  s.sector = row.sector;
  s.lon_g = row.lon_cg / 100.0;
  s.lat_g = row.lat_cg / 100.0;
  s.fuel_kg = row.fuel_g / 1000.0;
  s.wear_pct = row.tyre_wear_dpct / 10.0;
  s.tyre_age_laps = row.tyre_age_laps;
  s.position = row.position;
  s.gap_s = seconds(row.gap_ms);
  s.status = row.status;
  return s;
}

/// What both of the other sets of names call alike.
template <class Row>
SampleFacts renamed_facts(const Row& row, const SampleNames& names) {
  SampleFacts s;
  s.names = &names;
  s.rpm = row.rpm;
  s.gear = row.gear;
  s.throttle_pct = row.throttle_pct;
  s.x_m = row.x_dm / 10.0;
  s.y_m = row.y_dm / 10.0;
  s.place_step_m = 0.1;
  return s;
}

SampleFacts facts(const FastF1TelemetryRow& row) {
  SampleFacts s = renamed_facts(row, kFastF1Names);
  s.time_us = row.date.ms * 1000;
  s.speed_kmh = row.speed_dkmh / 10.0;
  return s;
}

SampleFacts facts(const OpenF1CarDataRow& row) {
  SampleFacts s = renamed_facts(row, kOpenF1Names);
  s.time_us = row.date.us;
  s.session = row.session_key;
  s.speed_kmh = row.speed_kmh;
  s.speed_step_kmh = 1;
  s.brake_pct = row.brake;
  return s;
}

SampleFacts facts(const SimpleCarRow& row) {
  SampleFacts s;
  s.names = &kSimpleNames;
  s.time_us = row.time.ms * 1000;
  s.speed_kmh = row.speed_dkmh / 10.0;
  s.x_m = row.x_cm / 100.0;
  s.y_m = row.y_cm / 100.0;
  return s;
}

/// Of all three, or unknown.
template <class Row>
double sectors_s(const Row& row) {
  return seconds(row.sector1_ms) + seconds(row.sector2_ms) + seconds(row.sector3_ms);
}

LapFacts facts(const LapRow& row) {
  LapFacts l;
  l.lap_time_name = "lap_time_s";
  l.lap_name = "lap";
  l.session = row.session;
  l.lap = row.lap;
  l.lap_time_s = seconds(row.lap_time_ms);
  l.sectors_s = sectors_s(row);
  l.begin_s = seconds(row.start_time_ms);
  l.end_s = seconds(row.session_time_ms);
  l.gap_s = seconds(row.gap_ms);
  return l;
}

LapFacts facts(const FastF1LapRow& row) {
  LapFacts l;
  l.lap_time_name = "LapTime";
  l.lap_name = "LapNumber";
  l.lap = row.lap_number;
  l.lap_time_s = seconds(row.lap_time_ms);
  l.sectors_s = sectors_s(row);
  l.begin_s = seconds(row.lap_start_ms);
  l.end_s = seconds(row.time_ms);
  return l;
}

LapFacts facts(const OpenF1LapRow& row) {
  LapFacts l;
  l.lap_time_name = "lap_duration";
  l.lap_name = "lap_number";
  l.session = row.session_key;
  l.lap = row.lap_number;
  l.lap_time_s = seconds(row.lap_ms);
  l.sectors_s = sectors_s(row);
  l.begin_s = static_cast<double>(row.date_start.us) / 1e6;
  l.end_s = l.begin_s + l.lap_time_s;
  return l;
}

}  // namespace

std::optional<SampleFacts> sample_facts(const RowBatch& rows, std::size_t i) {
  if (const auto* row = row_of<TelemetryRow>(rows, i)) return facts(*row);
  if (const auto* row = row_of<FastF1TelemetryRow>(rows, i)) return facts(*row);
  if (const auto* row = row_of<OpenF1CarDataRow>(rows, i)) return facts(*row);
  if (const auto* row = row_of<SimpleCarRow>(rows, i)) return facts(*row);
  return std::nullopt;
}

std::optional<LapFacts> lap_facts(const RowBatch& rows, std::size_t i) {
  if (const auto* row = row_of<LapRow>(rows, i)) return facts(*row);
  if (const auto* row = row_of<FastF1LapRow>(rows, i)) return facts(*row);
  if (const auto* row = row_of<OpenF1LapRow>(rows, i)) return facts(*row);
  return std::nullopt;
}

std::optional<PassFacts> pass_facts(const RowBatch& rows, std::size_t i) {
  const auto* row = row_of<CheckpointPassRow>(rows, i);
  if (row == nullptr) return std::nullopt;
  return PassFacts{static_cast<double>(row->session), static_cast<double>(row->lap), row->s_mm / 1000.0,
                   seconds(row->gap_ms), row->speed_dkmh / 10.0};
}

}  // namespace racesim::race
