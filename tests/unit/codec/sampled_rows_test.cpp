// Goal: a line that is made from the line of a sample before has the bytes of one that is written whole,
// whatever changed, and whether or not the rows are as far apart as the batch says. Method: random series in
// which values stay, move a little, gain and lose digits and signs, or jump, through the encoder with and
// without that hint, and through the table-driven one; every count of digits and sign by itself.
#include <gtest/gtest.h>

#include <string>

#include "codec/encode/row_encoder.h"
#include "codec/encode/table_encoder.h"
#include "model/rows.h"
#include "support/random_rows.h"

namespace racesim {
namespace {

std::string lines_of(const Encoder& encoder, const RowBatch& rows) {
  WireBatch wire;
  encoder.encode(rows, wire);
  return std::string(wire.text.view());
}

/// The first line that differs, for a message.
std::string difference(const std::string& expected, const std::string& found) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < expected.size() && i < found.size() && expected[i] == found[i]; ++i)
    if (expected[i] == '\n') begin = i + 1;
  const auto line = [&](const std::string& all) {
    return begin < all.size() ? all.substr(begin, all.find('\n', begin) - begin) : "nothing";
  };
  return "expected " + line(expected) + "\nfound    " + line(found);
}

template <class Row, class Format>
void compare_samples(TextFormat format, std::uint64_t seed) {
  static_assert(is_sampled<Row>);
  const RowEncoder<Row, Format> encoder;
  const TableEncoder table(schema_info<Row>(), format);
  for (std::uint64_t round = 0; round < 60; ++round) {
    RandomRows source(seed + round);
    const std::size_t apart = 1 + source.below_n(round % 2 == 0 ? 3 : 20);
    RowBatch rows(schema_info<Row>());
    source.add_alike(rows, source.below_n(400), apart);
    const std::string expected = lines_of(table, rows);
    ASSERT_EQ(lines_of(encoder, rows), expected);
    for (const std::size_t told : {apart, apart + 1, std::size_t{1}, rows.size()}) {
      rows.apart = told;
      const std::string found = lines_of(encoder, rows);
      ASSERT_TRUE(found == expected) << Schema<Row>::name << ", round " << round << ", " << apart
                                     << " apart, told " << told << '\n'
                                     << difference(expected, found);
    }
  }
}

template <class... Rows>
void compare_samples_of(RowList<Rows...>) {
  (compare_samples<Rows, JsonFormat>(TextFormat::json, 1), ...);
  (compare_samples<Rows, CsvFormat>(TextFormat::csv, 1000), ...);
}

TEST(SampledRows, HaveTheBytesOfLinesThatAreWrittenWhole) {
  compare_samples_of(RowList<TelemetryRow, SimpleCarRow, FastF1TelemetryRow>{});
}

TEST(SampledRows, MayHoldEveryTypeOfField) {
  compare_samples_of(RowList<WideRow>{});
}

TEST(SampledRows, KeepEverySignAndCountOfDigits) {
  const RowEncoder<TelemetryRow, JsonFormat> encoder;
  const TableEncoder table(schema_info<TelemetryRow>(), TextFormat::json);
  for (std::int64_t most = 1; most <= 1'000'000'000; most *= 10)
    for (const std::int64_t near : {-most - 1, -most, -most + 1, most - 1, most, most + 1}) {
      RowBatch rows(schema_info<TelemetryRow>());
      RandomRows(7).add(rows, 1);
      for (std::int64_t step = -3; step <= 3; ++step) {
        const std::size_t at = rows.size();
        rows.resize(at + 1);
        TelemetryRow& row = rows.rows<TelemetryRow>()[at];
        row = rows.rows<TelemetryRow>()[0];
        row.x_cm = row.latitude_udeg = static_cast<std::int32_t>(near + step);
        row.lap_distance_mm = -row.x_cm;
        row.session_time_ms = near * 20 + step;
        row.seq = static_cast<std::uint64_t>(std::max<std::int64_t>(0, near + step));
        row.lon_cg = static_cast<std::int16_t>(near + step);
        row.speed_dkmh = static_cast<std::uint16_t>(near + step);
      }
      rows.apart = 1;
      const std::string found = lines_of(encoder, rows), expected = lines_of(table, rows);
      ASSERT_TRUE(found == expected) << difference(expected, found);
    }
}

}  // namespace
}  // namespace racesim
