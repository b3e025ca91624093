// Goal: fields that a reader takes for optional may be left out, be null or be empty cells, and
// RowBatch::missing tells which; all others stay required. Method: packets of the fleet as JSON and CSV,
// whole and with fields left out; laps, whose numbers may be missing anyway.
#include <gtest/gtest.h>

#include <algorithm>

#include "codec/encoder.h"
#include "decode_support.h"
#include "model/fleet.h"
#include "model/race.h"
#include "support/random_rows.h"

namespace racesim {
namespace {

constexpr std::string_view kMayBeLeftOut[] = {"seq", "run", "location.lat", "location.lon", "fault_codes"};

DecoderOptions optional_fields() {
  DecoderOptions options;
  options.optional = kMayBeLeftOut;
  return options;
}

constexpr std::string_view kPacketLine =
    R"({"vehicle_id":"TESTCAR01","timestamp":"2025-08-09T12:34:56.789012+00:00",)"
    R"("location":{"lat":52.230400,"lon":21.012200},"speed_kmh":73.4,"engine_rpm":2140,"gear":4,)"
    R"("fuel_level_pct":92.1,"fault_codes":["P0301"],"road_type":"urban","speed_limit_kmh":50,"speeding":true,)"
    R"("rpm_over_redline":false,"seq":1041,"run":"a1b2c3d4"})";

/// Paths of the fields that the only row lacks, in the schema's order, each with a space behind it.
std::string missing_in(const Decoded& decoded) {
  if (decoded.good.size() != 1 || decoded.good.missing.size() != 1) return only_reason(decoded);
  std::string paths;
  const auto fields = decoded.good.schema().fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if ((decoded.good.missing[0] >> i & 1) == 0) continue;
    paths += std::string(fields[i].path) + ' ';
    const auto bytes = value_bytes(decoded.good, 0, fields[i], 0);
    EXPECT_TRUE(std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; })) << fields[i].path;
  }
  return paths;
}

std::string json_missing(std::string_view line) {
  return missing_in(decode(schema_info<FleetRow>(), "json", line, optional_fields()));
}

TEST(DecodeOptional, JsonMayLeaveOutOrGiveNull) {
  EXPECT_EQ(json_missing(kPacketLine), "");
  EXPECT_EQ(json_missing(with(kPacketLine, R"(,"seq":1041)", "")), "seq ");
  EXPECT_EQ(json_missing(with(kPacketLine, R"("seq":1041)", R"("seq":null)")), "seq ");
  EXPECT_EQ(json_missing(with(kPacketLine, R"("lat":52.230400,)", "")), "location.lat ");
  EXPECT_EQ(json_missing(with(kPacketLine, R"({"lat":52.230400,"lon":21.012200})", "{}")),
            "location.lat location.lon ");
  EXPECT_EQ(json_missing(with(kPacketLine, R"({"lat":52.230400,"lon":21.012200})", "null")),
            "location.lat location.lon ");
  EXPECT_EQ(json_missing(with(kPacketLine, R"("location":{"lat":52.230400,"lon":21.012200},)", "")),
            "location.lat location.lon ");
  EXPECT_EQ(json_missing(with(kPacketLine, R"(["P0301"])", "null")), "fault_codes ");
  EXPECT_EQ(json_missing(with(kPacketLine, R"("gear":4,)", "")), "key 'gear' is missing");
  EXPECT_EQ(json_missing(with(kPacketLine, R"("gear":4)", R"("gear":null)")),
            "gear: expected a number, found null");
  EXPECT_EQ(json_missing(with(kPacketLine, R"("seq":1041)", R"("seq":null,"seq":1)")),
            "seq: the key appears twice");
  EXPECT_EQ(json_missing(with(kPacketLine, R"(["P0301"])", R"([null])")),
            "fault_codes: expected a string, found null");
}

TEST(DecodeOptional, RefusedRowsLeaveNothing) {
  const std::string good = with(kPacketLine, R"(,"seq":1041)", "");
  const std::string bad = with(good, R"("gear":4)", R"("gear":400)");
  const Decoded got =
      decode(schema_info<FleetRow>(), "json",
             bad + "\n" + good + "\n" + std::string(kPacketLine) + "\n" + bad, optional_fields());
  ASSERT_EQ(got.good.size(), 2u);
  ASSERT_EQ(got.good.missing.size(), 2u);
  EXPECT_NE(got.good.missing[0], 0u);
  EXPECT_EQ(got.good.missing[1], 0u);
  // Without optional fields there is no such list.
  EXPECT_TRUE(decode(schema_info<FleetRow>(), "json", kPacketLine).good.missing.empty());
}

TEST(DecodeOptional, CsvMayHaveEmptyCellsOrNoColumn) {
  const auto csv_missing = [](std::string_view text) {
    return missing_in(decode(schema_info<FleetRow>(), "csv", text, optional_fields()));
  };
  const std::string head =
      "vehicle_id,timestamp,speed_kmh,engine_rpm,gear,fuel_level_pct,road_type,speed_limit_kmh,speeding,"
      "rpm_over_redline";
  const std::string cells = "A,2025-08-09T12:34:56.789012+00:00,73.4,2140,4,92.1,urban,50,true,false";
  EXPECT_EQ(csv_missing(head + "\n" + cells + "\n"), "location.lat location.lon fault_codes seq run ");
  EXPECT_EQ(csv_missing(head + ",seq,location_lat\n" + cells + ",7,\n"),
            "location.lat location.lon fault_codes run ");
  EXPECT_EQ(csv_missing(head + ",seq,run\n" + cells + ",,\n"),
            "location.lat location.lon fault_codes seq run ");
}

TEST(DecodeOptional, ANumberThatMayMissIsNone) {
  // Left out, null and empty give the value that stands for none, whatever the reader takes for optional.
  constexpr std::string_view kPitTimes[] = {"pit_in_time_s"};
  DecoderOptions options;
  options.optional = kPitTimes;
  RandomRows random(5);
  RowBatch rows(schema_info<LapRow>());
  random.add(rows, 1);
  rows.rows<LapRow>()[0].pit_in_ms = {};
  rows.heads.resize(1);
  WireBatch wire;
  (*make_encoder(schema_info<LapRow>(), "json"))->encode(rows, wire);
  const std::string line(wire.line(0));
  for (const std::string& text : {line, with(line, R"("pit_in_time_s":null,)", "")}) {
    const Decoded got = decode(schema_info<LapRow>(), "json", text, options);
    ASSERT_EQ(got.good.size(), 1u) << got.bad.front().reason;
    EXPECT_FALSE(got.good.rows<LapRow>()[0].pit_in_ms.has_value());
    EXPECT_EQ(first_difference(got.good, 0, rows, 0), "");
  }
  // The number that stands for none is itself out of range.
  const Decoded none =
      decode(schema_info<LapRow>(), "json",
             with(line, R"("pit_in_time_s":null)", R"("pit_in_time_s":-9223372036854775.808)"));
  EXPECT_NE(only_reason(none).find("is out of range"), std::string::npos) << only_reason(none);
}

}  // namespace
}  // namespace racesim
