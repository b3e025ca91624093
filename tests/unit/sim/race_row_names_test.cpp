// Goal: rows under the names of Fast-F1 and OpenF1 say what ours say, in their units. Method: one row of each
// kind, field by field, and the column names of the schemas.
#include "sim/race/row_names.h"

#include <gtest/gtest.h>

#include <string>

#include "model/race_as.h"

namespace racesim::race {
namespace {

std::string columns(const SchemaInfo& schema) {
  std::string names;
  for (const FieldInfo& field : schema.fields) names += (names.empty() ? "" : ",") + std::string(field.path);
  return names;
}

RowBatch telemetry() {
  RowBatch rows(schema_info<TelemetryRow>());
  rows.resize(1);
  TelemetryRow row{};
  row.run = {0x1234};
  row.session = 2;
  row.car = 63;
  row.driver = rows.add_text("HAL");
  row.time.ms = 1'700'000'000'123;
  row.session_time_ms = 65'432;
  row.lap_distance_mm = 4'700'104;
  row.speed_dkmh = 3015;
  row.engine_rpm = 10'693;
  row.gear = 8;
  row.throttle_pct = 100;
  row.brake_pct = 30;
  row.drs = true;
  row.x_cm = 59'966;
  row.y_cm = -27'245;
  rows.rows<TelemetryRow>()[0] = row;
  rows.heads.push_back({1, 63, 63, 5});
  return rows;
}

RowBatch laps() {
  RowBatch rows(schema_info<LapRow>());
  rows.resize(1);
  LapRow row{};
  row.run = {7};
  row.session = 1;
  row.car = 4;
  row.driver = rows.add_text("NOR");
  row.time.ms = 1'700'000'200'000;
  row.session_time_ms = 200'000;
  row.lap = 2;
  row.lap_time_ms = {90'000};
  row.sector1_ms = {28'000};
  row.sector2_ms = {36'000};
  row.sector3_ms = {26'000};
  row.tyre = Compound::hard;
  row.tyre_age_laps = 3;
  row.stint = 2;
  row.position = 6;
  row.pit_out = true;
  row.pit_out_ms.value = 118'500;
  row.start_time_ms = 110'000;
  row.is_valid = true;
  row.is_best = true;
  row.team = rows.add_text("Blackthorn");
  row.track_status = rows.add_text("12");
  row.speed_s1_dkmh = 2934;
  row.speed_s2_dkmh = 2515;
  row.speed_line_dkmh = 2481;
  row.speed_trap_dkmh = 3168;
  rows.rows<LapRow>()[0] = row;
  rows.heads.push_back({1, 4, 4, 1});
  return rows;
}

TEST(RaceRowNames, ByName) {
  EXPECT_EQ(row_names("fastf1"), RowNames::fastf1);
  EXPECT_EQ(row_names("FastF1"), std::nullopt);
  EXPECT_EQ(schema_of(Stream::checkpoints, RowNames::openf1), nullptr);
  EXPECT_EQ(schema_of(Stream::laps, RowNames::racesim), &schema_info<LapRow>());
}

TEST(RaceRowNames, FastF1Telemetry) {
  const SchemaInfo& schema = *schema_of(Stream::telemetry, RowNames::fastf1);
  EXPECT_EQ(
      columns(schema),
      "Date,SessionTime,Time,DriverNumber,RPM,Speed,nGear,Throttle,Brake,DRS,X,Y,Z,Distance,Status,Source");
  RowBatch to(schema);
  rename_rows(telemetry(), to);
  const FastF1TelemetryRow& row = to.rows<FastF1TelemetryRow>()[0];
  EXPECT_EQ(row.date.ms, 1'700'000'000'123);
  EXPECT_EQ(row.session_time_ms, 65'432);
  EXPECT_EQ(row.time_ms, 65'432);
  EXPECT_EQ(to.text(row.driver_number), "63");
  EXPECT_EQ(row.status, FastF1Status::on_track);
  EXPECT_EQ(row.rpm, 10'693);
  EXPECT_EQ(row.speed_dkmh, 3015);
  EXPECT_EQ(row.gear, 8);
  EXPECT_EQ(row.throttle_pct, 100);
  EXPECT_TRUE(row.brake);
  EXPECT_EQ(row.drs, 12);
  EXPECT_EQ(row.x_dm, 5997);
  EXPECT_EQ(row.y_dm, -2725);
  EXPECT_EQ(row.z_dm, 0);
  EXPECT_EQ(row.distance_mm, 4'700'104);
  EXPECT_EQ(to.heads[0].seq, 5U);
}

TEST(RaceRowNames, OpenF1CarData) {
  const SchemaInfo& schema = *schema_of(Stream::telemetry, RowNames::openf1);
  EXPECT_EQ(columns(schema),
            "date,driver_number,speed,rpm,n_gear,throttle,brake,drs,x,y,z,meeting_key,session_key");
  RowBatch to(schema);
  rename_rows(telemetry(), to);
  const OpenF1CarDataRow& row = to.rows<OpenF1CarDataRow>()[0];
  EXPECT_EQ(row.date.us, 1'700'000'000'123'000);
  EXPECT_EQ(row.speed_kmh, 302);
  EXPECT_EQ(row.brake, 100);
  EXPECT_EQ(row.drs, 12);
  EXPECT_EQ(row.meeting_key, 0x1234U);
  EXPECT_EQ(row.session_key, 2);
}

TEST(RaceRowNames, FastF1Laps) {
  RowBatch to(*schema_of(Stream::laps, RowNames::fastf1));
  rename_rows(laps(), to);
  const FastF1LapRow& row = to.rows<FastF1LapRow>()[0];
  EXPECT_EQ(to.text(row.driver), "NOR");
  EXPECT_EQ(row.time_ms, 200'000);
  EXPECT_EQ(row.lap_start_ms, 110'000);
  EXPECT_EQ(row.sector1_session_ms.value, 138'000);
  EXPECT_EQ(row.sector2_session_ms.value, 174'000);
  EXPECT_EQ(row.sector3_session_ms.value, 200'000);
  EXPECT_EQ(row.compound, Compound::hard);
  EXPECT_EQ(row.tyre_life_laps, 3);
  EXPECT_TRUE(row.fresh_tyre);
  EXPECT_EQ(to.text(row.team), "Blackthorn");
  EXPECT_EQ(to.text(row.track_status), "12");
  EXPECT_EQ(row.lap_start_date.ms, 1'700'000'110'000);
  EXPECT_EQ(row.pit_out_ms.value, 118'500);
  EXPECT_FALSE(row.pit_in_ms.has_value());
  EXPECT_EQ(row.speed_i1_dkmh, 2934);
  EXPECT_EQ(row.speed_st_dkmh, 3168);
  EXPECT_TRUE(row.is_personal_best);
  EXPECT_FALSE(row.deleted);
  EXPECT_FALSE(row.is_accurate) << "an out lap";
}

TEST(RaceRowNames, OpenF1Laps) {
  RowBatch to(*schema_of(Stream::laps, RowNames::openf1));
  rename_rows(laps(), to);
  const OpenF1LapRow& row = to.rows<OpenF1LapRow>()[0];
  EXPECT_EQ(row.date_start.us, 1'700'000'110'000'000);
  EXPECT_EQ(row.lap_number, 2);
  EXPECT_EQ(row.lap_ms.value, 90'000);
  EXPECT_EQ(row.sector3_ms.value, 26'000);
  EXPECT_TRUE(row.is_pit_out_lap);
  EXPECT_EQ(row.i1_speed_kmh, 293);
  EXPECT_EQ(row.i2_speed_kmh, 252);
  EXPECT_EQ(row.st_speed_kmh, 317);
}

}  // namespace
}  // namespace racesim::race
