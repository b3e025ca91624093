// Goal: what a binary frame holds is what JSON prints, digit by digit, for every row type. Method: random
// rows biased to the edges of their types, of one batch and of several, read back by a reader of its own that
// knows only the description of the columns, beside the lines of the JSON encoder.
#include "codec/column_frame.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "codec/encode/row_encoder.h"
#include "codec/encoder.h"
#include "model/fleet.h"
#include "model/play.h"
#include "model/race.h"
#include "model/race_as.h"
#include "model/race_simple.h"
#include "support/column_reader.h"
#include "support/random_rows.h"

namespace racesim {
namespace {

std::vector<FrameRow> places_of(const RowBatch& rows, std::size_t first, std::size_t last) {
  std::vector<FrameRow> places;
  for (std::size_t i = first; i < last; ++i) places.push_back({&rows, i});
  return places;
}

std::vector<std::string> json_lines(const RowBatch& rows) {
  WireBatch wire;
  const RowEncoder<WideRow, JsonFormat> wide;
  if (&rows.schema() == &schema_info<WideRow>())
    wide.encode(rows, wire);
  else
    (*make_encoder(rows.schema(), "json"))->encode(rows, wire);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < wire.size(); ++i) {
    lines.emplace_back(wire.line(i));
    lines.back().pop_back();
  }
  return lines;
}

class ColumnFrame : public testing::TestWithParam<const SchemaInfo*> {};

TEST_P(ColumnFrame, HoldsWhatJsonPrints) {
  RandomRows source(21);
  RowBatch rows(*GetParam());
  source.add(rows, 2000);
  const std::vector<std::string> expected = json_lines(rows);
  const ColumnForm form(*GetParam());
  ColumnReader reader(form.fields_json());
  // Frames of every size: of one event columns are their lowest values only.
  std::size_t first = 0;
  for (std::size_t size = 1; first < rows.size(); size = size * 2 + 1) {
    const std::size_t last = std::min(first + size, rows.size());
    std::string frame = "in front";
    form.append_frame(7, places_of(rows, first, last), frame);
    const std::vector<std::string> found = reader.lines(std::string_view(frame).substr(8));
    EXPECT_EQ(reader.form, 7);
    ASSERT_EQ(found.size(), last - first);
    for (std::size_t i = first; i < last; ++i) ASSERT_EQ(found[i - first], expected[i]) << "row " << i;
    first = last;
  }
}

TEST_P(ColumnFrame, TakesRowsOfSeveralBatchesInAnyOrder) {
  RandomRows source(22);
  RowBatch a(*GetParam()), b(*GetParam());
  source.add(a, 20);
  source.add(b, 20);
  const ColumnForm form(*GetParam());
  std::string frame;
  form.append_frame(0, std::vector<FrameRow>{{&b, 3}, {&a, 19}, {&b, 0}}, frame);
  const std::vector<std::string> of_a = json_lines(a), of_b = json_lines(b);
  EXPECT_EQ(ColumnReader(form.fields_json()).lines(frame),
            (std::vector<std::string>{of_b[3], of_a[19], of_b[0]}));
}

INSTANTIATE_TEST_SUITE_P(Rows, ColumnFrame,
                         testing::Values(&schema_info<WideRow>(), &schema_info<TelemetryRow>(),
                                         &schema_info<CheckpointPassRow>(), &schema_info<LapRow>(),
                                         &schema_info<RaceControlRow>(), &schema_info<FleetRow>(),
                                         &schema_info<PlayRow>()),
                         [](const auto& test) {
                           std::string name(test.param->name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ColumnFrameFields, ChosenOnesOnly) {
  RandomRows source(23);
  RowBatch rows(schema_info<WideRow>());
  source.add(rows, 5);
  const ColumnForm form(rows.schema(), [](std::string_view path) { return path == "rpm" || path == "note"; });
  std::string frame;
  form.append_frame(0, places_of(rows, 0, 5), frame);
  const nlohmann::json first = nlohmann::json::parse(ColumnReader(form.fields_json()).lines(frame).front());
  const nlohmann::json whole = nlohmann::json::parse(json_lines(rows).front());
  EXPECT_EQ(first, (nlohmann::json{{"rpm", whole["rpm"]}, {"note", whole["note"]}}));
}

TEST(ColumnFrameSize, WhatAllRowsShareIsSaidOnce) {
  RowBatch rows(schema_info<TelemetryRow>());
  rows.resize(20);
  for (std::size_t i = 0; i < 20; ++i) {
    rows.rows<TelemetryRow>()[i] = TelemetryRow{};
    rows.rows<TelemetryRow>()[i].time.ms = 1'783'261'083'450;
    rows.rows<TelemetryRow>()[i].car = static_cast<std::uint16_t>(i + 1);
  }
  const ColumnForm form(rows.schema());
  std::string one, all;
  form.append_frame(0, places_of(rows, 0, 1), one);
  form.append_frame(0, places_of(rows, 0, 20), all);
  EXPECT_EQ(all.size(), one.size() + 20) << "only the cars' numbers differ";
}

}  // namespace
}  // namespace racesim
