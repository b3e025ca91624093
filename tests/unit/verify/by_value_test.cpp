// Goal: by value, events that were parsed and written again match, whatever the spelling; each value that
// really differs is named; what cannot be read is counted and nothing is lost. Method: random re-spellings of
// all lines, JSON and CSV, all sets of column names; random changes of one value; cases by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/keyed_sequences.h"
#include "support/respelling.h"
#include "support/rounds.h"

namespace racesim {
namespace {

using namespace verify_test;

VerifyOptions by_value() {
  VerifyOptions options;
  options.comparison = Comparison::by_value;
  options.threads = 1;
  return options;
}

std::uint64_t respelling_seeds() {
  return test::rounds(40, 1000);
}

RunConfig in_csv(RunConfig config) {
  config.delivery.format = "csv";
  if (config.content.scenario->name == "race") test::set_option(config.content, "streams", "telemetry");
  return config;
}

RunConfig as(const char* names, const char* streams) {
  RunConfig config = race_run(5, 100);
  test::set_option(config.content, "as", names);
  test::set_option(config.content, "streams", streams);
  return config;
}

RunConfig with_all_faults(RunConfig config) {
  config.faults.late = config.faults.duplicate = config.faults.reorder = config.faults.corrupt = 0.05;
  config.faults.drop = 0.01;
  config.faults.late_delay_ns = 8'000'000'000;
  return config;
}

const std::vector<SmallRun>& spelled_runs() {
  static const std::vector<SmallRun> runs = [] {
    std::vector<SmallRun> made;
    made.push_back(make_run(race_run(5, 60)));
    made.push_back(make_run(in_csv(race_run(5, 60))));
    made.push_back(make_run(simple_run(5, 60)));
    made.push_back(make_run(as("fastf1", "telemetry,laps")));
    made.push_back(make_run(as("openf1", "telemetry,laps")));
    made.push_back(make_run(plays_run(5, 200, kMaster)));
    made.push_back(make_run(in_csv(plays_run(5, 200, kMaster))));
    made.push_back(make_run(with_all_faults(race_run(5, 60))));
    return made;
  }();
  return runs;
}

std::string again(const SmallRun& run, const SentLine& line, Respelling& dice) {
  if (line.faults & kFaultCorrupt) return line.text;  // nobody can parse it
  const SchemaInfo& schema = *run.truth->scenario->streams()[line.stream].schema;
  return run.header.empty() ? dice.json(line.text, schema) : dice.csv(line.text, schema);
}

TEST(ByValue, RandomSpellingsMatch) {
  for (std::uint64_t seed = 0; seed < respelling_seeds(); ++seed) {
    const SmallRun& run = spelled_runs()[seed % spelled_runs().size()];
    Respelling dice(seed);
    std::string text = (dice.below_n(2) == 0 ? "\xef\xbb\xbf" : "") + run.header;
    for (const SentLine& line : run.sent) text += again(run, line, dice);
    if (dice.below_n(2) == 0) text.resize(text.find_last_not_of(" \r\n") + 1);
    const VerifyResult result = verify_text(run, text, by_value(), 1 + dice.below_n(5000));
    ASSERT_EQ(named(result.findings), "") << "seed " << seed;
    ASSERT_EQ(result.findings.injected_present.corrupt, result.findings.injected.corrupt) << "seed " << seed;
    ASSERT_EQ(result.findings.found, run.sent.size()) << "seed " << seed;
  }
}

/// The value of one field changes; everything else is spelled anew.
TEST(ByValue, RandomChangesAreFoundAndNamed) {
  for (std::uint64_t seed = 0; seed < respelling_seeds(); ++seed) {
    const SmallRun& run = spelled_runs()[seed % 7];
    Respelling dice(seed + 1'000'000);
    const std::size_t victim = dice.below_n(run.sent.size());
    const SentLine& sent = run.sent[victim];
    const SchemaInfo& schema = *run.truth->scenario->streams()[sent.stream].schema;
    const LineFields fields = take_apart(std::string_view(sent.text).substr(0, sent.text.size() - 1),
                                         run.header.empty() ? LineForm::json : LineForm::csv, schema);
    std::size_t which = dice.below_n(schema.fields.size());
    const auto is_number = [&](std::size_t i) {
      const FieldType type = schema.fields[i].type;
      return (type == FieldType::signed_int || type == FieldType::unsigned_int) &&
             fields.fields[i].value != "null" && !fields.fields[i].value.empty();
    };
    while (!is_number(which)) which = (which + 1) % schema.fields.size();
    std::string changed = sent.text;
    const LineField& field = fields.fields[which];
    char& digit = changed[field.end - 1];
    digit = digit == '0' ? '1' : static_cast<char>(digit - 1);
    std::string text = run.header;
    for (std::size_t i = 0; i < run.sent.size(); ++i) {
      SentLine line = run.sent[i];
      if (i == victim) line.text = changed;
      text += again(run, line, dice);
    }
    const VerifyResult result = verify_text(run, text, by_value());
    ASSERT_EQ(named(result.findings), "altered 1") << "seed " << seed << changed;
    const FindingExample& example = result.findings.examples.front();
    EXPECT_EQ(example.field, field.path) << "seed " << seed;
    EXPECT_EQ(example.expected, field.value) << "seed " << seed;
    EXPECT_EQ(example.found, changed.substr(field.end - field.value.size(), field.value.size()))
        << "seed " << seed;
    if (testing::Test::HasFailure()) return;
  }
}

struct OneLine {
  std::string named, field, expected, found;
  VerifyResult result;
};

/// Of all lines one is another, as `change` makes it; all are written with spaces.
OneLine with_one_line(const SmallRun& run, std::size_t victim, const std::string& line) {
  std::string text = run.header;
  for (std::size_t i = 0; i < run.sent.size(); ++i) text += i == victim ? line : run.sent[i].text;
  OneLine one;
  one.result = verify_text(run, text, by_value());
  one.named = named(one.result.findings);
  if (one.result.findings.examples.empty()) return one;
  const FindingExample& example = one.result.findings.examples.front();
  one.field = example.field;
  one.expected = example.expected;
  one.found = example.found;
  return one;
}

std::string spaced(std::string line) {
  for (std::size_t at = 0; (at = line.find(",\"", at)) != std::string::npos; at += 3)
    line.insert(at + 1, " ");
  return line;
}

TEST(ByValue, NamesWhatIsMissingAndWhatCannotBe) {
  const SmallRun& run = spelled_runs()[0];
  std::size_t at = 50;
  while (run.sent[at].stream != 0) ++at;
  const std::string& line = run.sent[at].text;
  std::string missing = line;
  const std::size_t begin = missing.find(",\"gear\"");
  missing.erase(begin, missing.find(',', begin + 1) - begin);
  const OneLine one = with_one_line(run, at, spaced(missing));
  EXPECT_EQ(one.named, "altered 1");
  EXPECT_EQ(one.field, "gear");
  EXPECT_EQ(one.found, "(missing)");
  const OneLine finer = with_one_line(run, at, spaced(with_value(line, "speed_kmh", "12.345")));
  EXPECT_EQ(finer.named, "altered 1");
  EXPECT_EQ(finer.field, "speed_kmh");
  EXPECT_EQ(finer.found, "12.345") << "more decimals than the schema has: no other spelling of any value";
  const OneLine text = with_one_line(run, at, spaced(with_value(line, "lap", "\"1\"")));
  EXPECT_EQ(text.named, "altered 1");
  EXPECT_EQ(text.field, "lap");
}

TEST(ByValue, CountsWhatCannotBeReadAndLosesNothing) {
  const SmallRun& run = spelled_runs()[0];
  for (const char* const garbage : {"{\"run\": \"e6\n", "NaN\n", "\xff\xfe\n", "<html>502</html>\n"}) {
    const OneLine one = with_one_line(run, 50, garbage);
    EXPECT_EQ(one.named, "unreadable 1") << garbage;
    EXPECT_EQ(one.result.findings.expected(), run.sent.size()) << garbage;
    EXPECT_EQ(one.field, "line");
    EXPECT_EQ(one.expected.rfind("an event (", 0), 0u) << one.expected;
  }
}

TEST(ByValue, FieldsThatNobodySentAreCountedAndNoDifference) {
  const SmallRun& run = spelled_runs()[0];
  std::string text;
  for (const SentLine& line : run.sent) text += "{\"offset\": 5, " + line.text.substr(1);
  const VerifyResult result = verify_text(run, text, by_value());
  EXPECT_EQ(named(result.findings), "");
  EXPECT_EQ(result.findings.extra.lines, run.sent.size());
  EXPECT_EQ(result.findings.extra.names, std::vector<std::string>{"offset"});
}

TEST(ByValue, BlankLinesAndAMarkAreNoEvents) {
  const SmallRun& run = spelled_runs()[0];
  std::string text = "\xef\xbb\xbf";
  for (std::size_t i = 0; i < run.sent.size(); ++i)
    text += (i % 3 == 0 ? "\n \t\r\n" : "") + (i % 2 == 0 ? run.sent[i].text : spaced(run.sent[i].text));
  for (const std::size_t piece : {1u, 7u, 1u << 16}) {
    const VerifyResult result = verify_text(run, text + "\n\n", by_value(), piece);
    EXPECT_EQ(named(result.findings), "") << piece;
    EXPECT_EQ(result.findings.found, run.sent.size()) << piece;
  }
  // Where it stands is told as the file has it.
  std::string one = text;
  const std::size_t at = one.find("\"seq\": 5") + 7;
  one.replace(at, 1, "6");
  const auto lines = std::count(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  const VerifyResult result = verify_text(run, one, by_value());
  ASSERT_FALSE(result.findings.examples.empty());
  EXPECT_EQ(result.findings.examples.front().place, std::to_string(lines + 1));
}

TEST(ByValue, LossesCopiesAndPlacesAreFoundAsWithFull) {
  const SmallRun& run = spelled_runs()[0];
  Respelling dice(7);
  std::vector<std::string> lines;
  for (const SentLine& line : run.sent) lines.push_back(spaced(line.text));
  const auto judged = [&](const std::vector<std::string>& arrived) {
    std::string text;
    for (const std::string& line : arrived) text += line;
    return named(verify_text(run, text, by_value()).findings);
  };
  std::vector<std::string> lost = lines;
  lost.erase(lost.begin() + 40);
  EXPECT_EQ(judged(lost), "lost 1");
  std::vector<std::string> twice = lines;
  twice.insert(twice.begin() + 90, lines[40]);
  EXPECT_EQ(judged(twice), "duplicated 1");
  std::vector<std::string> swapped = lines;
  std::size_t next = 41;
  while (run.sent[next].stream != run.sent[40].stream ||
         run.sent[next].head.entity != run.sent[40].head.entity)
    ++next;
  std::swap(swapped[40], swapped[next]);
  EXPECT_EQ(judged(swapped), "reordered 1");
}

TEST(ByValue, RecordsOfATopicKeepTheirKeys) {
  const SmallRun& run = spelled_runs()[0];
  KeyedSequences sequences(run);
  for (auto& sequence : sequences.all)
    for (std::string& line : sequence.lines) line = spaced(line);
  sequences.all[0].keys[20] = "nobody";
  const auto result = verify(run.manifest, *run.truth, sequences, by_value());
  ASSERT_TRUE(result);
  EXPECT_EQ(named(result->findings), "altered 1");
  EXPECT_EQ(result->findings.examples.front().field, "key");
}

TEST(ByValue, CellsAreKnownByTheirHeader) {
  const SmallRun& run = spelled_runs()[1];
  const SchemaInfo& schema = *run.truth->scenario->streams()[0].schema;
  const auto turned = [&](const std::string& line) {
    const LineFields cells =
        take_apart(std::string_view(line).substr(0, line.size() - 1), LineForm::csv, schema);
    std::string out;
    for (std::size_t i = cells.fields.size(); i-- > 0;)
      out += std::string(cells.fields[i].value) + (i > 0 ? "," : "\n");
    return out;
  };
  std::string other_order = turned(run.header), more = "\"at\"," + run.header, less, without = "";
  for (const SentLine& line : run.sent) {
    other_order += turned(line.text);
    more += "5," + line.text;
    without += line.text;
  }
  EXPECT_EQ(named(verify_text(run, other_order, by_value()).findings), "");
  const VerifyResult extra = verify_text(run, more, by_value());
  EXPECT_EQ(named(extra.findings), "");
  EXPECT_EQ(extra.findings.extra.lines, run.sent.size());
  // Without the first column, and without any header.
  less = run.header.substr(run.header.find(',') + 1);
  for (const SentLine& line : run.sent) less += line.text.substr(line.text.find(',') + 1);
  const VerifyResult fewer = verify_text(run, less, by_value());
  EXPECT_EQ(named(fewer.findings), "altered " + std::to_string(run.sent.size() + 1));
  EXPECT_EQ(fewer.findings.examples[0].field, "header");
  EXPECT_EQ(fewer.findings.examples[1].field, std::string(schema.fields[0].path));
  EXPECT_EQ(named(verify_text(run, without, by_value()).findings), "altered 1");
}

/// Parts of a run in one place, written again: by their content too.
TEST(ByValue, LinesOfOtherPartsAreLeftOut) {
  std::vector<SmallRun> parts;
  for (const std::uint32_t index : {1u, 2u}) {
    RunConfig config = race_run(4, 60);
    config.shard = {index, 2};
    parts.push_back(make_run(config));
  }
  std::string text;
  for (std::size_t i = 0; i < parts[0].sent.size() || i < parts[1].sent.size(); ++i)
    for (const SmallRun& part : parts)
      if (i < part.sent.size()) text += spaced(part.sent[i].text);
  for (const SmallRun& part : parts) {
    const VerifyResult result = verify_text(part, text, by_value());
    EXPECT_EQ(named(result.findings), "");
    EXPECT_EQ(result.findings.of_other_parts, parts[0].sent.size() + parts[1].sent.size() - part.sent.size());
  }
}

}  // namespace
}  // namespace racesim
