// Goal: the table-driven encoder writes the very bytes of the unrolled one, for every row type and format,
// and a schema that codec has never heard of has an encoder. Method: random rows biased to the edges of their
// types through both; lines, ends, heads, header and the rule for event ids compared.
#include "codec/encode/table_encoder.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "codec/encode/row_encoder.h"
#include "codec/encoder.h"
#include "model/master.h"
#include "model/race_master.h"
#include "model/rows.h"
#include "model/vehicle.h"
#include "support/random_rows.h"

namespace racesim {
namespace {

/// The unrolled encoder of any row, also of those that the program encodes by table.
template <class Row>
std::unique_ptr<Encoder> unrolled(TextFormat format) {
  if (format == TextFormat::json) return std::make_unique<RowEncoder<Row, JsonFormat>>();
  return std::make_unique<RowEncoder<Row, CsvFormat>>();
}

RowBatch random_rows(const SchemaInfo& schema, std::uint64_t seed, std::size_t count) {
  RandomRows source(seed);
  RowBatch rows(schema);
  source.add(rows, count);
  for (std::size_t i = 0; i < count; ++i) {
    EventHead head;
    head.seq = i;
    rows.heads.push_back(head);
  }
  return rows;
}

void expect_same(const WireBatch& expected, const WireBatch& found, const std::string& what) {
  ASSERT_EQ(found.size(), expected.size()) << what;
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_EQ(found.line(i), expected.line(i)) << what << ", line " << i;
  ASSERT_EQ(found.heads.size(), expected.heads.size()) << what;
  for (std::size_t i = 0; i < expected.heads.size(); ++i)
    ASSERT_EQ(found.heads[i].seq, expected.heads[i].seq);
}

template <class Row>
void compare_encoders(std::uint64_t seed) {
  for (const TextFormat format : {TextFormat::json, TextFormat::csv}) {
    const std::string what =
        std::string(Schema<Row>::name) + (format == TextFormat::json ? " in JSON" : " in CSV");
    const std::unique_ptr<Encoder> expected = unrolled<Row>(format);
    const TableEncoder table(schema_info<Row>(), format);
    EXPECT_EQ(table.header(), expected->header()) << what;
    EXPECT_EQ(table.id_rule().line_offset, expected->id_rule().line_offset) << what;
    EXPECT_EQ(table.id_rule().length, expected->id_rule().length) << what;
    WireBatch by_table, by_rows;
    // Twice into the same batch: lines are appended.
    for (std::uint64_t part = 0; part < 2; ++part) {
      const RowBatch rows = random_rows(schema_info<Row>(), seed + part, 1000);
      table.encode(rows, by_table);
      expected->encode(rows, by_rows);
    }
    expect_same(by_rows, by_table, what);
  }
}

template <class... Rows>
void compare_all(RowList<Rows...>) {
  (compare_encoders<Rows>(21), ...);
}

TEST(TableEncoder, WritesTheBytesOfTheUnrolledEncoders) {
  compare_all(RowList1{});
  compare_all(RowList2{});
  compare_all(RowList3{});
}

TEST(TableEncoder, WritesTheBytesThatMasterDataWouldHaveUnrolled) {
  compare_all(RowList<SongRow, UserRow, LocationRow, VehicleRow>{});
  compare_all(RowList<DriverRow, TeamRow, CarRow, CheckpointRow>{});
}

TEST(TableEncoder, KnowsEveryFieldTypeListsAndNestedKeys) {
  compare_all(RowList<WideRow>{});
}

TEST(TableEncoder, WritesNothingOfNoRows) {
  const TableEncoder table(schema_info<WideRow>(), TextFormat::json);
  WireBatch wire;
  table.encode(RowBatch(schema_info<WideRow>()), wire);
  EXPECT_EQ(wire.size(), 0U);
  EXPECT_TRUE(wire.text.view().empty());
}

TEST(TableEncoder, IsWhatASchemaWithoutAnUnrolledEncoderGets) {
  const RowBatch rows = random_rows(schema_info<WideRow>(), 5, 100);
  for (const std::string_view format : {"json", "csv"}) {
    const auto made = make_encoder(schema_info<WideRow>(), format);
    ASSERT_TRUE(made.has_value());
    WireBatch found, expected;
    (*made)->encode(rows, found);
    unrolled<WideRow>(format == "json" ? TextFormat::json : TextFormat::csv)->encode(rows, expected);
    expect_same(expected, found, std::string(format));
  }
}

}  // namespace
}  // namespace racesim
