// Goal: what SameValues calls the same says the same, and the common ways of writing again are not left to
// the decoder. Method: lines by hand; random damage to lines, after which the decoder must agree with every
// "same".
#include "verify/values/same_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/respelling.h"
#include "support/verify_world.h"
#include "verify/values/respeller.h"

namespace racesim {
namespace {

using namespace verify_test;

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
           {"\"drs\":false", "\"more\":1,\"drs\":false"},
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
  // The columns the other way round.
  std::vector<std::size_t> columns;
  std::string turned;
  const LineFields cells = take_apart(std::string_view(line).substr(0, line.size() - 1), true, schema);
  for (std::size_t i = cells.fields.size(); i-- > 0;) {
    columns.push_back(i);
    turned += std::string(cells.fields[i].value) + (i > 0 ? "," : "\n");
  }
  same.set_columns(columns);
  EXPECT_TRUE(same.same(0, line, turned));
  EXPECT_FALSE(same.same(0, line, line));
}

/// Nothing that the quick look calls the same may be anything else to the decoder.
TEST(SameValues, AgreesWithTheDecoderOnDamagedLines) {
  RunConfig in_cells = simple_run(3, 30);
  in_cells.delivery.format = "csv";
  const SmallRun cells = make_run(in_cells);
  std::size_t called_same = 0;
  for (const SmallRun* run : {&quick_race(), &cells}) {
    const bool csv = run == &cells;
    const auto streams = run->truth->scenario->streams();
    SameValues same(streams, csv);
    Respeller respeller(streams, csv);
    Respelling dice(csv ? 2 : 1);
    for (std::size_t round = 0; round < 20'000; ++round) {
      const SentLine& sent = run->sent[dice.below_n(run->sent.size())];
      const SchemaInfo& schema = *streams[sent.stream].schema;
      std::string found = dice.below_n(2) == 0 ? sent.text
                          : csv                ? dice.csv(sent.text, schema)
                                               : dice.json(sent.text, schema);
      found = found.substr(0, found.find('\n')) + "\n";
      constexpr std::string_view kBytes = " ,:\"{}[].0123456789eE-+\\tfn\xc3";
      for (std::uint64_t changes = dice.below_n(3); changes > 0; --changes) {
        const std::size_t at = dice.below_n(found.size() - 1);
        const std::size_t cut = dice.below_n(3);
        found.replace(at, std::min(cut, found.size() - 1 - at), dice.below_n(2),
                      kBytes[dice.below_n(kBytes.size())]);
        if (found.size() < 3) break;
      }
      if (!same.same(sent.stream, sent.text, found)) continue;
      ++called_same;
      std::string spelled;
      ASSERT_TRUE(respeller.spell(found, spelled)) << found << respeller.why_not();
      ASSERT_EQ(spelled, sent.text) << found;
    }
  }
  EXPECT_GT(called_same, 5'000u);
}

}  // namespace
}  // namespace racesim
