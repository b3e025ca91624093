// Goal: what the encoders write, the decoders read back as the same values, for every row type and format.
// Method: random rows biased to the edges of their types, encoded, decoded whole and in small pieces,
// compared field by field; a test-only row has every field type.
#include <gtest/gtest.h>

#include <string>

#include "codec/decoder.h"
#include "codec/encode/row_encoder.h"
#include "codec/encoder.h"
#include "model/master.h"
#include "model/play.h"
#include "model/race.h"
#include "model/vehicle.h"
#include "support/random_rows.h"

namespace racesim {
namespace {

struct RowFormat {
  const SchemaInfo* schema;
  std::string format;  ///< of the encoder
};

std::string encode(const RowBatch& rows, const std::string& format) {
  WireBatch wire;
  std::string header;
  if (&rows.schema() == &schema_info<WideRow>()) {
    const RowEncoder<WideRow, JsonFormat> json;
    const RowEncoder<WideRow, CsvFormat> csv;
    const Encoder& encoder = format == "json" ? static_cast<const Encoder&>(json) : csv;
    encoder.encode(rows, wire);
    header = encoder.header();
  } else {
    const auto encoder = make_encoder(rows.schema(), format);
    EXPECT_TRUE(encoder.has_value());
    (*encoder)->encode(rows, wire);
    header = (*encoder)->header();
  }
  return header + std::string(wire.text.view());
}

/// NDJSON as one array, over several lines.
std::string as_array(std::string lines) {
  if (!lines.empty()) lines.pop_back();
  std::string out = "[\n";
  for (const char c : lines) out += c == '\n' ? std::string(",\n") : std::string(1, c);
  return out + "\n]\n";
}

void expect_same(const RowBatch& expected, const RowBatch& found, const Rejects& bad,
                 const std::string& text) {
  ASSERT_TRUE(bad.empty()) << bad[0].reason << "\n" << bad[0].raw;
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_EQ(first_difference(expected, i, found, i), "") << "row " << i << "\n" << text.substr(0, 2000);
}

void read_back(const RowBatch& rows, const std::string& format, const std::string& text, std::size_t piece) {
  auto decoder = make_decoder(rows.schema(), format);
  ASSERT_TRUE(decoder.has_value());
  RowBatch found(rows.schema());
  Rejects bad;
  for (std::size_t at = 0; at < text.size(); at += piece)
    (*decoder)->decode(std::string_view(text).substr(at, piece), found, bad);
  (*decoder)->finish(found, bad);
  expect_same(rows, found, bad, text);
}

class RoundTrip : public testing::TestWithParam<RowFormat> {};

TEST_P(RoundTrip, RandomRows) {
  RandomRows source(11);
  RowBatch rows(*GetParam().schema);
  source.add(rows, 3000);
  const std::string text = encode(rows, GetParam().format);
  read_back(rows, GetParam().format, text, text.size());
}

TEST_P(RoundTrip, InPieces) {
  RandomRows source(12);
  RowBatch rows(*GetParam().schema);
  source.add(rows, 40);
  const std::string text = encode(rows, GetParam().format);
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 64U, 1000U})
    read_back(rows, GetParam().format, text, piece);
}

TEST_P(RoundTrip, AsOneDocument) {
  if (GetParam().format != "json") return;
  RandomRows source(13);
  RowBatch rows(*GetParam().schema);
  source.add(rows, 300);
  const std::string text = as_array(encode(rows, "json"));
  for (const std::size_t piece : {1U, 5U, 997U, 1U << 20}) read_back(rows, "json-array", text, piece);
}

TEST_P(RoundTrip, NoRows) {
  const RowBatch rows(*GetParam().schema);
  read_back(rows, GetParam().format, encode(rows, GetParam().format), 1);
  if (GetParam().format == "json") read_back(rows, "json-array", as_array(""), 1);
}

TEST(MissingNumbers, AreNullOrNothingAndComeBackAsMissing) {
  RowBatch rows(schema_info<LapRow>());
  rows.resize(2);
  rows.rows<LapRow>()[0] = LapRow{};
  rows.rows<LapRow>()[1] = LapRow{};
  rows.rows<LapRow>()[0].pit_in_ms.value = 1'018'436;
  const std::string json = encode(rows, "json");
  EXPECT_NE(json.find("\"pit_in_time_s\":1018.436,\"pit_out_time_s\":null,"), std::string::npos) << json;
  const std::string csv = encode(rows, "csv");
  EXPECT_NE(csv.find(",false,false,1018.436,,false,"), std::string::npos) << csv;
  EXPECT_NE(csv.find(",false,false,,,false,"), std::string::npos) << csv;
  read_back(rows, "json", json, 7);
  read_back(rows, "csv", csv, 7);
  // A number that may not miss is no null.
  auto decoder = make_decoder(schema_info<LapRow>(), "json");
  RowBatch good(schema_info<LapRow>());
  Rejects bad;
  std::string broken = json;
  broken.replace(broken.find("\"lap\":0"), 7, "\"lap\":null");
  (*decoder)->decode(broken.substr(0, broken.find('\n') + 1), good, bad);
  ASSERT_EQ(bad.size(), 1U);
  EXPECT_EQ(bad[0].reason, "lap: expected a number, found null");
}

std::vector<RowFormat> every_row_and_format() {
  std::vector<RowFormat> all;
  for (const std::string_view format : {"json", "csv"})
    for (const SchemaInfo* schema :
         {&schema_info<PlayRow>(), &schema_info<SongRow>(), &schema_info<UserRow>(),
          &schema_info<LocationRow>(), &schema_info<VehicleRow>(), &schema_info<LapRow>(),
          &schema_info<WideRow>()})
      all.push_back({schema, std::string(format)});
  return all;
}

INSTANTIATE_TEST_SUITE_P(Rows, RoundTrip, testing::ValuesIn(every_row_and_format()), [](const auto& test) {
  return std::string(test.param.schema->name) + "_" + test.param.format;
});

}  // namespace
}  // namespace racesim
