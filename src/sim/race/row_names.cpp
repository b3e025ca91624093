#include "sim/race/row_names.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/check.h"
#include "model/race_as.h"

namespace racesim::race {
namespace {

constexpr std::uint8_t kDrsOn = 12;
constexpr std::uint8_t kBrakeOn = 100;

/// Centimetres as decimetres, halves away from zero.
std::int32_t decimetres(std::int32_t cm) {
  return (cm + (cm < 0 ? -5 : 5)) / 10;
}

std::uint16_t whole_kmh(std::uint16_t dkmh) {
  return static_cast<std::uint16_t>((dkmh + 5) / 10);
}

/// Decimetres up; 0 where the track has no heights, which both sources have columns for all the same.
std::int32_t height_dm(Maybe<std::int32_t> z_cm) {
  return z_cm.has_value() ? decimetres(z_cm.value) : 0;
}

/// The moment by so much earlier; none where one of them is not known.
Maybe<std::int64_t> before(Maybe<std::int64_t> moment_ms, Maybe<std::int32_t> span_ms) {
  if (!moment_ms.has_value() || !span_ms.has_value()) return {};
  return {moment_ms.value - span_ms.value};
}

/// What both call alike.
template <class To>
void rename_shared(const TelemetryRow& from, To& to) {
  to.rpm = from.engine_rpm;
  to.gear = from.gear;
  to.throttle_pct = from.throttle_pct;
  to.drs = from.drs ? kDrsOn : 0;
  to.x_dm = decimetres(from.x_cm);
  to.y_dm = decimetres(from.y_cm);
  to.z_dm = height_dm(from.z_cm);
}

template <class To>
void rename_shared(const LapRow& from, To& to) {
  to.lap_number = from.lap;
  to.sector1_ms = from.sector1_ms;
  to.sector2_ms = from.sector2_ms;
  to.sector3_ms = from.sector3_ms;
}

void rename(const TelemetryRow& from, FastF1TelemetryRow& to) {
  rename_shared(from, to);
  to.date = from.time;
  to.session_time_ms = to.time_ms = from.session_time_ms;
  to.status = from.status == CarStatus::pit || from.status == CarStatus::out ? FastF1Status::off_track
                                                                             : FastF1Status::on_track;
  to.speed_dkmh = from.speed_dkmh;
  to.brake = from.brake_pct > 0;
  to.distance_mm = from.lap_distance_mm;
  to.source = FastF1Source::car;
}

void rename(const TelemetryRow& from, OpenF1CarDataRow& to) {
  rename_shared(from, to);
  to.driver_number = from.car;
  to.date.us = from.time.ms * 1000;
  to.speed_kmh = whole_kmh(from.speed_dkmh);
  to.brake = from.brake_pct > 0 ? kBrakeOn : 0;
  to.meeting_key = from.run.value;
  to.session_key = from.session;
}

void rename(const LapRow& from, FastF1LapRow& to) {
  rename_shared(from, to);
  to.time_ms = from.session_time_ms;
  to.driver = from.driver;
  to.lap_time_ms = from.lap_time_ms;
  to.stint = from.stint;
  to.pit_out_ms = from.pit_out_ms;
  to.pit_in_ms = from.pit_in_ms;
  to.sector3_session_ms = {from.session_time_ms};
  to.sector2_session_ms = before(to.sector3_session_ms, from.sector3_ms);
  to.sector1_session_ms = before(to.sector2_session_ms, from.sector2_ms);
  to.speed_i1_dkmh = from.speed_s1_dkmh;
  to.speed_i2_dkmh = from.speed_s2_dkmh;
  to.speed_fl_dkmh = from.speed_line_dkmh;
  to.speed_st_dkmh = from.speed_trap_dkmh;
  to.is_personal_best = from.is_best;
  to.compound = from.tyre;
  to.tyre_life_laps = from.tyre_age_laps;
  to.fresh_tyre = true;
  to.team = from.team;
  to.lap_start_ms = from.start_time_ms;
  to.lap_start_date.ms = from.time.ms - (from.session_time_ms - from.start_time_ms);
  to.track_status = from.track_status;
  to.position = from.position;
  to.deleted = from.deleted;
  to.deleted_reason = from.deleted_reason;
  to.generated = false;
  to.is_accurate = from.is_accurate;
}

void rename(const LapRow& from, OpenF1LapRow& to) {
  rename_shared(from, to);
  to.driver_number = from.car;
  to.date_start.us = (from.time.ms - (from.session_time_ms - from.start_time_ms)) * 1000;
  to.lap_ms = from.lap_time_ms;
  to.i1_speed_kmh = whole_kmh(from.speed_s1_dkmh);
  to.i2_speed_kmh = whole_kmh(from.speed_s2_dkmh);
  to.st_speed_kmh = whole_kmh(from.speed_trap_dkmh);
  to.is_pit_out_lap = from.pit_out;
  to.meeting_key = from.run.value;
  to.session_key = from.session;
}

/// The texts of start numbers in one batch, each written once.
class NumberTexts {
 public:
  Text of(std::uint16_t car, RowBatch& batch) {
    const auto known =
        std::find_if(texts_.begin(), texts_.end(), [&](const auto& t) { return t.first == car; });
    if (known != texts_.end()) return known->second;
    return texts_.emplace_back(car, batch.add_text(std::to_string(car))).second;
  }

 private:
  std::vector<std::pair<std::uint16_t, Text>> texts_;  ///< of some twenty cars
};

template <class From, class To>
bool rename_all(const RowBatch& from, RowBatch& to) {
  if (&from.schema() != &schema_info<From>() || &to.schema() != &schema_info<To>()) return false;
  to.resize(from.size());
  const auto rows = from.rows<From>();
  const auto renamed = to.rows<To>();
  NumberTexts numbers;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rename(rows[i], renamed[i]);
    if constexpr (std::is_same_v<decltype(To::driver_number), Text>)
      renamed[i].driver_number = numbers.of(rows[i].car, to);
  }
  return true;
}

}  // namespace

std::optional<RowNames> row_names(std::string_view name) {
  for (std::size_t i = 0; i < kRowNames.size(); ++i)
    if (kRowNames[i] == name) return static_cast<RowNames>(i);
  return std::nullopt;
}

const SchemaInfo* schema_of(Stream stream, RowNames names) {
  const std::array<std::array<const SchemaInfo*, kRowNames.size()>, kStreamCount> schemas{{
      {&schema_info<TelemetryRow>(), &schema_info<FastF1TelemetryRow>(), &schema_info<OpenF1CarDataRow>()},
      {&schema_info<CheckpointPassRow>(), nullptr, nullptr},
      {&schema_info<LapRow>(), &schema_info<FastF1LapRow>(), &schema_info<OpenF1LapRow>()},
      {&schema_info<RaceControlRow>(), nullptr, nullptr},
      {&schema_info<ResultRow>(), nullptr, nullptr},
  }};
  return schemas[static_cast<std::size_t>(stream)][static_cast<std::size_t>(names)];
}

void rename_rows(const RowBatch& from, RowBatch& to) {
  to.heads = from.heads;
  to.arena = from.arena;
  to.apart = from.apart;
  const bool done = rename_all<TelemetryRow, FastF1TelemetryRow>(from, to) ||
                    rename_all<TelemetryRow, OpenF1CarDataRow>(from, to) ||
                    rename_all<LapRow, FastF1LapRow>(from, to) || rename_all<LapRow, OpenF1LapRow>(from, to);
  RACESIM_CHECK(done);
}

}  // namespace racesim::race
