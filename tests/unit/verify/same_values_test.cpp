// Goal: what SameValues calls the same says the same, and the common ways of writing again are not left to
// the decoder. Method: lines by hand; random damage to lines, after which the decoder must agree with every
// "same".
#include "verify/values/same_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "codec/encoder.h"
#include "support/random_rows.h"
#include "support/respelling.h"
#include "support/rounds.h"
#include "support/verify_world.h"
#include "verify/values/respeller.h"

namespace racesim {

/// Objects and lists, as the packets of vehicles have them.
struct PacketRow {
  std::uint32_t seq;
  TimeMs time;
  std::int32_t latitude_udeg, longitude_udeg;
  std::uint16_t speed_dkmh;
  List<std::uint16_t, 3> codes;
  List<WideMode, 3> modes;
  bool parked;
  std::int16_t offset_dk;
};
template <>
struct Schema<PacketRow> {
  static constexpr std::string_view name = "packet";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("seq", &PacketRow::seq), field("time", &PacketRow::time),
      field("location.lat", &PacketRow::latitude_udeg, 6, "deg"),
      field("location.lon", &PacketRow::longitude_udeg, 6, "deg"),
      field("speed_kmh", &PacketRow::speed_dkmh, 1, "km/h"), field("codes", &PacketRow::codes),
      field("modes", &PacketRow::modes), field("air.parked", &PacketRow::parked),
      field("air.offset_k", &PacketRow::offset_dk, 1, "K"));
};

namespace {

using namespace verify_test;

const StreamInfo kPackets[] = {{"packets", &schema_info<PacketRow>(), "packets"}};

/// As racesim writes them.
std::vector<std::string> packets(std::size_t count) {
  RowBatch rows(schema_info<PacketRow>());
  RandomRows(9).add(rows, count);
  rows.heads.resize(count);
  WireBatch written;
  (*make_encoder(schema_info<PacketRow>(), "json"))->encode(rows, written);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < count; ++i) lines.emplace_back(written.line(i));
  return lines;
}

const SmallRun& quick_race() {
  static const SmallRun run = make_run(race_run(3, 60));
  return run;
}

/// Spaces behind commas and colons, as Python's json has them.
std::string with_spaces(const std::string& line) {
  std::string out;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    out += c;
    if (!quoted && (c == ',' || c == ':')) out += ' ';
  }
  return out;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

TEST(SameValues, KnowsTheCommonWaysOfWritingAgain) {
  SameValues same(quick_race().truth->scenario->streams(), false);
  for (const SentLine& sent : quick_race().sent) {
    EXPECT_TRUE(same.same(sent.stream, sent.text, sent.text));
    EXPECT_TRUE(same.same(sent.stream, sent.text, with_spaces(sent.text))) << sent.text;
    EXPECT_TRUE(same.same(sent.stream, sent.text, sent.text.substr(0, sent.text.size() - 1) + "  \r\n"));
    EXPECT_TRUE(same.same(sent.stream, sent.text, sent.text.substr(0, sent.text.size() - 1)))
        << "no line end";
  }
}

TEST(SameValues, TellsValuesFromSpellings) {
  SameValues same(quick_race().truth->scenario->streams(), false);
  const SentLine& sent = quick_race().sent.front();
  const std::string& line = sent.text;
  const auto is_same = [&](std::string_view what, std::string_view by) {
    return same.same(sent.stream, line, replaced(line, what, by));
  };
  EXPECT_TRUE(is_same("\"session_time_s\":0.000", "\"session_time_s\":0.0"));
  EXPECT_TRUE(is_same("\"session_time_s\":0.000", "\"session_time_s\":0"));
  EXPECT_TRUE(is_same("\"lap\":1,", " \"lap\"\t: 1 ,"));
  for (const auto& [what, by] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"\"session_time_s\":0.000", "\"session_time_s\":0.001"},
           {"\"session_time_s\":0.000", "\"session_time_s\":0."},
           {"\"session_time_s\":0.000", "\"session_time_s\":"},
           {"\"session_time_s\":0.000", "\"session_time_s\":-"},
           {"\"session_time_s\":0.000", "\"session_time_s\":\"0.000\""},
           {"\"engine_rpm\":4000", "\"engine_rpm\":4"},
           {"\"engine_rpm\":4000", "\"engine_rpm\":400"},
           {"\"engine_rpm\":4000", "\"engine_rpm\":4000 1"},
           {"\"drs\":false", "\"drs\":fals"},
           {"\"drs\":false", "\"drs\":falsee"},
           {"\"drs\":false", "\"drs\":\"false\""},
           {"\"drs\":false", "\"drs\":[false]"},
           {"\"drs\":false,", ""},
           {"\"drs\":false", "\"drs\":false,\"drs\":false"},
           {"\"drs\":false", "\"more\":01,\"drs\":false"},
           {"\"drs\":false", "\"more\":1 2,\"drs\":false"},
           {"\"drs\":false", "\"more\":{},\"drs\":false"},
           {"\"drs\":false", "\"lap\":1,\"drs\":false"},
           {"\"lap\":1", "\"Lap\":1"},
           {"\"status\":\"grid\"", "\"status\":\"grin\""},
           {"\"status\":\"grid\"", "\"status\":\"grid"},
           {"}", "},"},
           {"}", "}}"},
           {"}", ""},
           {"{", "[{"}})
    EXPECT_FALSE(is_same(what, by)) << what << " as " << by;
  EXPECT_FALSE(same.same(sent.stream, line, ""));
  EXPECT_FALSE(same.same(sent.stream, line, "{}"));
}

TEST(SameValues, KnowsObjectsAndLists) {
  SameValues same(kPackets, false);
  for (const std::string& line : packets(200)) {
    EXPECT_TRUE(same.same(0, line, line)) << line;
    EXPECT_TRUE(same.same(0, line, with_spaces(line))) << line;
  }
  const std::string line =
      "{\"seq\":1,\"time\":\"2026-07-05T14:00:13.000Z\",\"location\":{\"lat\":1.500000,\"lon\":-2.000000},"
      "\"speed_kmh\":5.0,\"codes\":[7,10],\"modes\":[],\"air\":{\"parked\":true,\"offset_k\":0.5}}\n";
  ASSERT_TRUE(same.same(0, line, line));
  std::string arrived;  // extra() points into it
  const auto is_same = [&](std::string_view what, std::string_view by) {
    arrived = replaced(line, what, by);
    return same.same(0, line, arrived);
  };
  EXPECT_TRUE(is_same("{\"lat\":1.500000,\"lon\":-2.000000}", "{ \"lon\" : -2.0 , \"lat\":1.5 }"));
  EXPECT_TRUE(is_same("[7,10]", "[ 7, 10 ]"));
  EXPECT_TRUE(is_same("[]", "[ ]"));
  EXPECT_TRUE(same.extra().empty());
  EXPECT_TRUE(is_same("-2.000000}", "-2,\"alt\":-1.5e3},\"by\":\"x\"")) << "further fields";
  EXPECT_EQ(same.extra(), (std::vector<std::string_view>{"alt", "by"}));
  for (const auto& [what, by] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"[7,10]", "[7,1]"},
           {"[7,10]", "[7]"},
           {"[7,10]", "[7,10,11]"},
           {"[7,10]", "[10,7]"},
           {"[7,10]", "[7,10"},
           {"[7,10]", "[7,10,]"},
           {"[7,10]", "7,10"},
           {"[]", "[null]"},
           {"\"location\":{", "\"place\":{"},
           {"\"lat\":1.500000,", ""},
           {"\"lon\":-2.000000}", "\"lon\":-2.000000,\"lat\":1.5}"},
           {"-2.000000}", "-2.000000},\"location\":{\"more\":1}"},
           {",\"lon\":-2.000000}", "},\"location\":{\"lon\":-2.000000}"},
           {"-2.000000},", "-2.000000,"},
           {"0.5}}", "0.5}"},
           {"0.5}}", "0.5}}}"}})
    EXPECT_FALSE(is_same(what, by)) << what << " as " << by;
}

TEST(SameValues, KnowsCellsByTheirColumn) {
  RunConfig config = simple_run(3, 30);
  config.delivery.format = "csv";
  const SmallRun run = make_run(config);
  const SchemaInfo& schema = *run.truth->scenario->streams()[0].schema;
  SameValues same(run.truth->scenario->streams(), true);
  const std::string& line = run.sent.front().text;
  EXPECT_TRUE(same.same(0, line, line));
  std::string quoted = "\"" + line.substr(0, line.size() - 1) + "\"\r\n";
  for (std::size_t at = 0; (at = quoted.find(',', at)) != std::string::npos; at += 3)
    quoted.replace(at, 1, "\",\"");
  EXPECT_TRUE(same.same(0, line, quoted)) << quoted;
  EXPECT_FALSE(same.same(0, line, " " + line)) << "a space belongs to the value";
  EXPECT_FALSE(same.same(0, line, line.substr(0, line.size() - 1) + ",\n"));
  EXPECT_FALSE(same.same(0, line, line.substr(0, line.rfind(','))));
  std::vector<std::size_t> and_one;
  for (std::size_t i = 0; i <= schema.fields.size(); ++i) and_one.push_back(i);
  SameValues with_one(run.truth->scenario->streams(), true);
  with_one.set_columns(and_one);
  EXPECT_TRUE(with_one.same(0, line, line.substr(0, line.size() - 1) + ",2026\n")) << "a further column";
  EXPECT_FALSE(with_one.same(0, line, line));
  // The columns the other way round.
  std::vector<std::size_t> columns;
  std::string turned;
  const LineFields cells =
      take_apart(std::string_view(line).substr(0, line.size() - 1), LineForm::csv, schema);
  for (std::size_t i = cells.fields.size(); i-- > 0;) {
    columns.push_back(i);
    turned += std::string(cells.fields[i].value) + (i > 0 ? "," : "\n");
  }
  same.set_columns(columns);
  EXPECT_TRUE(same.same(0, line, turned));
  EXPECT_FALSE(same.same(0, line, line));
}

/// At random: bytes put in or taken out, and further fields.
std::string damaged(std::string line, bool csv, Respelling& dice) {
  constexpr std::string_view kBytes = " ,:\"{}[].0123456789eE-+\\tfn\xc3";
  if (!csv && dice.below_n(3) == 0) {
    constexpr std::string_view kMore[] = {"\"more\":1,", "\"more\": \"x\" ,", "\"lat\":null,",
                                          "\"more\":-1.5E+2,"};
    const std::size_t at = line.find_first_of("{,", dice.below_n(line.size()));
    if (at != std::string::npos) line.insert(at + 1, kMore[dice.below_n(std::size(kMore))]);
  }
  for (std::uint64_t changes = dice.below_n(3); changes > 0 && line.size() >= 3; --changes) {
    const std::size_t at = dice.below_n(line.size() - 1);
    const std::size_t cut = dice.below_n(3);
    line.replace(at, std::min(cut, line.size() - 1 - at), dice.below_n(2),
                 kBytes[dice.below_n(kBytes.size())]);
  }
  return line;
}

/// Nothing that the quick look calls the same may be anything else to the decoder. Returns how many are.
std::size_t expect_agreement(const std::vector<SentLine>& sent_lines, std::span<const StreamInfo> streams,
                             bool csv) {
  std::size_t called_same = 0;
  SameValues same(streams, csv);
  Respeller respeller(streams, csv);
  Respelling dice(csv ? 2 : 1);
  for (std::size_t round = 0; round < test::rounds(20'000); ++round) {
    const SentLine& sent = sent_lines[dice.below_n(sent_lines.size())];
    const SchemaInfo& schema = *streams[sent.stream].schema;
    std::string found = dice.below_n(2) == 0 ? sent.text
                        : csv                ? dice.csv(sent.text, schema)
                                             : dice.json(sent.text, schema);
    found = damaged(found.substr(0, found.find('\n')) + "\n", csv, dice);
    if (!same.same(sent.stream, sent.text, found)) continue;
    ++called_same;
    const std::uint64_t extra_before = respeller.extra().lines;
    std::string spelled;
    EXPECT_TRUE(respeller.spell(found, spelled)) << found << respeller.why_not();
    EXPECT_EQ(spelled, sent.text) << found;
    EXPECT_EQ(respeller.extra().lines - extra_before, same.extra().empty() ? 0u : 1u) << found;
    if (testing::Test::HasFailure()) break;
  }
  return called_same;
}

TEST(SameValues, AgreesWithTheDecoderOnDamagedLines) {
  RunConfig in_cells = simple_run(3, 30);
  in_cells.delivery.format = "csv";
  const SmallRun cells = make_run(in_cells), simple = make_run(simple_run(3, 30));
  EXPECT_GT(expect_agreement(quick_race().sent, quick_race().truth->scenario->streams(), false),
            test::rounds(2'500));
  EXPECT_GT(expect_agreement(simple.sent, simple.truth->scenario->streams(), false), test::rounds(2'500));
  EXPECT_GT(expect_agreement(cells.sent, cells.truth->scenario->streams(), true), test::rounds(2'500));
  std::vector<SentLine> nested;
  for (std::string& line : packets(500)) nested.push_back({std::move(line), 0, {}, 0, 0});
  EXPECT_GT(expect_agreement(nested, kPackets, false), test::rounds(2'500));
}

}  // namespace
}  // namespace racesim
