// Goal: the verifier names every difference rightly and nothing else. Method: a good stream is changed in 12
// ways at 100 places each, over plays and race, JSON and CSV, with and without injected faults: 1,200
// mutants, whose findings must be exactly those of the change; and 1,000 runs that were not changed must be
// without any.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "base/random.h"
#include "support/rounds.h"
#include "support/verify_world.h"

namespace racesim {
namespace {

using namespace verify_test;

constexpr std::size_t kPositions = 100;

FaultRules some_faults() {
  FaultRules rules;
  rules.late = 0.02;
  rules.duplicate = 0.02;
  rules.reorder = 0.02;
  rules.drop = 0.01;
  rules.corrupt = 0.01;
  rules.late_delay_ns = 5'000'000'000;
  return rules;
}

RunConfig with(RunConfig config, const char* format, const FaultRules& faults = {}) {
  config.delivery.format = format;
  config.faults = faults;
  if (config.content.scenario->name == "race" && config.delivery.format == "csv")
    test::set_option(config.content, "streams", "telemetry");
  return config;
}

/// A changed stream and what has to be found in it.
struct Mutant {
  std::vector<std::string> lines;
  std::string named;
  std::string field;  ///< of the altered event; empty: any
};

/// Draws from one seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : key_(stream_key(seed, "verify.self-test", 0)) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(racesim::below(draw(key_, at_++), n)); }

 private:
  StreamKey key_;
  std::uint64_t at_ = 0;
};

bool same_entity(const SentLine& a, const SentLine& b) {
  return a.stream == b.stream && a.head.entity == b.head.entity;
}

/// No injected fault touches it, and it has no copy: a further one would pass for that.
bool is_untouched(const SmallRun& run, std::size_t i) {
  const SentLine& one = run.sent[i];
  return std::none_of(run.sent.begin(), run.sent.end(), [&](const SentLine& other) {
    return other.faults != 0 && other.stream == one.stream && other.head.owner == one.head.owner &&
           other.head.seq == one.head.seq;
  });
}

std::size_t pick(const SmallRun& run, Dice& dice) {
  for (;;)
    if (const std::size_t i = dice.below(run.sent.size()); is_untouched(run, i)) return i;
}

/// The next event of the same entity; none: the number of events.
std::size_t next_of_entity(const SmallRun& run, std::size_t i) {
  for (std::size_t j = i + 1; j < run.sent.size(); ++j)
    if (same_entity(run.sent[i], run.sent[j])) return j;
  return run.sent.size();
}

std::string lost(std::size_t count) {
  return "lost " + std::to_string(count);
}

using Mutation = std::function<Mutant(const SmallRun&, Dice&)>;

Mutant drop_one(const SmallRun& run, Dice& dice) {
  Mutant m{lines_of(run), lost(1), ""};
  m.lines.erase(m.lines.begin() + static_cast<std::ptrdiff_t>(pick(run, dice)));
  return m;
}

Mutant duplicate_one(const SmallRun& run, Dice& dice) {
  Mutant m{lines_of(run), "duplicated 1", ""};
  const std::size_t from = pick(run, dice);
  const std::size_t to = from + 1 + dice.below(m.lines.size() - from);
  m.lines.insert(m.lines.begin() + static_cast<std::ptrdiff_t>(to), run.sent[from].text);
  return m;
}

Mutant swap_two(const SmallRun& run, Dice& dice) {
  for (;;) {
    const std::size_t a = pick(run, dice), b = next_of_entity(run, a);
    if (b == run.sent.size() || run.sent[b].faults != 0) continue;
    Mutant m{lines_of(run), "reordered 1", ""};
    std::swap(m.lines[a], m.lines[b]);
    return m;
  }
}

Mutant flip_bit(const SmallRun& run, Dice& dice) {
  Mutant m{lines_of(run), "altered 1", ""};
  std::string& line = m.lines[pick(run, dice)];
  for (;;) {
    char& c = line[dice.below(line.size() - 1)];
    const auto flipped = static_cast<char>(c ^ (1 << dice.below(8)));
    if (flipped == '\n') continue;  // two lines: another matter
    c = flipped;
    return m;
  }
}

/// One line, or by turns the whole stream.
Mutant truncate(const SmallRun& run, Dice& dice) {
  Mutant m{lines_of(run), "altered 1", ""};
  const std::size_t i = pick(run, dice);
  if (dice.below(2) == 0) {
    m.lines[i] = m.lines[i].substr(0, 1 + dice.below(m.lines[i].size() - 2)) + '\n';
    return m;
  }
  std::size_t missing = 0;
  for (std::size_t j = i + 1; j < run.sent.size(); ++j)
    missing += (run.sent[j].faults & (kFaultDuplicate | kFaultCorrupt)) == 0 ? 1 : 0;
  m.lines.resize(i + 1);
  m.lines[i].resize(1 + dice.below(m.lines[i].size() - 2));
  if (missing > 0) m.named = lost(missing) + " altered 1";
  return m;
}

Mutant drop_entity(const SmallRun& run, Dice& dice) {
  const SentLine& which = run.sent[pick(run, dice)];
  Mutant m;
  std::size_t missing = 0;
  for (const SentLine& line : run.sent) {
    if (!same_entity(line, which)) {
      m.lines.push_back(line.text);
      continue;
    }
    missing += (line.faults & (kFaultDuplicate | kFaultCorrupt)) == 0 ? 1 : 0;
  }
  m.named = lost(missing);
  return m;
}

Mutant drop_last(const SmallRun& run, Dice&) {
  Mutant m{lines_of(run), lost(1), ""};
  if (run.sent.back().faults & (kFaultDuplicate | kFaultCorrupt)) m.named.clear();
  m.lines.pop_back();
  return m;
}

Mutant drop_first(const SmallRun& run, Dice&) {
  Mutant m{lines_of(run), lost(1), ""};
  m.lines.erase(m.lines.begin());
  return m;
}

/// Two events that follow one another come again behind themselves.
Mutant duplicate_pair(const SmallRun& run, Dice& dice) {
  for (;;) {
    const std::size_t i = pick(run, dice);
    if (i + 1 == run.sent.size() || !is_untouched(run, i + 1)) continue;
    Mutant m{lines_of(run), "redelivered 2", ""};
    const std::array<std::string, 2> pair{m.lines[i], m.lines[i + 1]};
    m.lines.insert(m.lines.begin() + static_cast<std::ptrdiff_t>(i) + 2, pair.begin(), pair.end());
    return m;
  }
}

/// The last digit of a number that is a field's value.
Mutant change_digit(const SmallRun& run, Dice& dice) {
  Mutant m{lines_of(run), "altered 1", ""};
  std::string& line = m.lines[pick(run, dice)];
  std::vector<std::size_t> ends;
  for (std::size_t i = 1; i < line.size(); ++i)
    if ((line[i] == ',' || line[i] == '}' || line[i] == '\n') && line[i - 1] >= '0' && line[i - 1] <= '9')
      ends.push_back(i - 1);
  char& digit = line[ends[dice.below(ends.size())]];
  digit = static_cast<char>('0' + (digit - '0' + 1 + static_cast<int>(dice.below(9))) % 10);
  return m;
}

/// The line says that it is of another entity.
Mutant rekey(const SmallRun& run, Dice& dice) {
  const bool csv = !run.header.empty();
  const bool plays = run.manifest.content.scenario->name == "plays";
  const bool simple = !plays && run.manifest.content.values.text("model") == "simple";
  const std::string name = plays ? "user_id" : simple ? "id" : "car";
  const auto value_of = [&](const std::string& line) -> std::pair<std::size_t, std::size_t> {
    std::size_t begin = 0;
    if (csv)
      for (int skip = plays || !simple ? 2 : 0; skip > 0; --skip) begin = line.find(',', begin) + 1;
    else
      begin = line.find("\"" + name + "\":") + name.size() + 3;
    return {begin, line.find(',', begin) - begin};
  };
  for (;;) {
    const std::size_t i = pick(run, dice), other = pick(run, dice);
    if (!plays && run.sent[i].stream == 3) continue;  // race control has no car of its own
    if (!plays && run.sent[other].stream == 3) continue;
    if (run.sent[i].head.entity == run.sent[other].head.entity) continue;
    Mutant m{lines_of(run), "altered 1", name};
    const auto [from, count] = value_of(run.sent[other].text);
    const auto [at, old] = value_of(m.lines[i]);
    m.lines[i].replace(at, old, run.sent[other].text.substr(from, count));
    return m;
  }
}

/// Lines of another run, in one piece or spread.
Mutation add_foreign(const SmallRun& foreign) {
  return [&foreign](const SmallRun& run, Dice& dice) {
    const std::size_t count = 1 + dice.below(20);
    Mutant m{lines_of(run), "phantom " + std::to_string(count), ""};
    std::size_t at = dice.below(m.lines.size() + 1);
    const bool spread = dice.below(2) == 0;
    for (std::size_t i = 0; i < count; ++i) {
      m.lines.insert(m.lines.begin() + static_cast<std::ptrdiff_t>(at), foreign.sent[i].text);
      at = spread ? dice.below(m.lines.size() + 1) : at + 1;
    }
    return m;
  };
}

struct Subject {
  std::string name;
  SmallRun run, foreign;
};

std::vector<Subject> subjects() {
  std::vector<Subject> all;
  const auto add = [&](std::string name, const RunConfig& config, RunConfig other) {
    other.faults = {};
    other.content.seed += 1000;
    all.push_back({std::move(name), make_run(config), make_run(other)});
  };
  for (const char* format : {"json", "csv"}) {
    for (const bool faulty : {false, true}) {
      const FaultRules faults = faulty ? some_faults() : FaultRules{};
      const std::string what = std::string(" ") + format + (faulty ? " with faults" : "");
      add("plays" + what, with(plays_run(7, 400, kMaster), format, faults),
          with(plays_run(7, 400, kMaster), format));
      add("race" + what, with(race_run(7, 120), format, faults), with(race_run(7, 120), format));
    }
    add(std::string("simple ") + format, with(simple_run(7, 60), format), with(simple_run(7, 60), format));
  }
  return all;
}

void expect_named(const Subject& subject, const char* what, const Mutant& mutant, std::uint64_t seed) {
  std::string text = subject.run.header;
  for (const std::string& line : mutant.lines) text += line;
  const VerifyResult result = verify_text(subject.run, text, {}, 1 + seed % 5000);
  EXPECT_EQ(named(result.findings), mutant.named) << what << " in " << subject.name << ", seed " << seed;
  if (mutant.field.empty() || result.findings.examples.empty()) return;
  EXPECT_EQ(result.findings.examples.front().field, mutant.field)
      << what << " in " << subject.name << ", seed " << seed;
}

TEST(VerifySelfTest, Names1200Mutants) {
  const std::vector<Subject> all = subjects();
  const std::vector<std::pair<const char*, Mutation>> mutations{
      {"drop one", drop_one},           {"duplicate one", duplicate_one},
      {"swap two", swap_two},           {"flip a bit", flip_bit},
      {"truncate", truncate},           {"drop an entity", drop_entity},
      {"add a foreign run", {}},        {"drop last", drop_last},
      {"drop first", drop_first},       {"duplicate a pair", duplicate_pair},
      {"change a digit", change_digit}, {"re-key", rekey}};
  std::size_t mutants = 0;
  for (const auto& [what, mutation] : mutations)
    for (std::uint64_t position = 0; position < kPositions; ++position) {
      const Subject& subject = all[position % all.size()];
      Dice dice(position);
      const Mutant mutant =
          mutation ? mutation(subject.run, dice) : add_foreign(subject.foreign)(subject.run, dice);
      expect_named(subject, what, mutant, position);
      ++mutants;
    }
  EXPECT_EQ(mutants, 12 * kPositions);
}

/// What is missing, too many, foreign or in disorder shows without the bytes.
TEST(VerifySelfTest, FastModeNamesWhatIdentitiesTell) {
  const std::vector<Subject> all = subjects();
  const std::vector<std::pair<const char*, Mutation>> mutations{{"drop one", drop_one},
                                                                {"duplicate one", duplicate_one},
                                                                {"swap two", swap_two},
                                                                {"drop an entity", drop_entity},
                                                                {"drop last", drop_last},
                                                                {"drop first", drop_first},
                                                                {"duplicate a pair", duplicate_pair}};
  for (const auto& [what, mutation] : mutations)
    for (std::uint64_t position = 0; position < kPositions; ++position) {
      const Subject& subject = all[position % all.size()];
      // A copy has the identity of what it is a copy of, and damage cannot be told from other damage.
      if (subject.run.manifest.faults.any()) continue;
      Dice dice(position);
      const Mutant mutant = mutation(subject.run, dice);
      std::string text = subject.run.header;
      for (const std::string& line : mutant.lines) text += line;
      VerifyOptions options;
      options.comparison = Comparison::fast;
      EXPECT_EQ(named(verify_text(subject.run, text, options).findings), mutant.named)
          << what << " in " << subject.name << ", seed " << position;
    }
}

TEST(VerifySelfTest, NoFalseAlarmIn1000CleanRuns) {
  std::size_t runs = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    RunConfig config = seed % 3 == 0   ? plays_run(seed, 100 + 7 * seed, kMaster)
                       : seed % 3 == 1 ? race_run(seed, 60, static_cast<std::uint32_t>(1 + seed % 5))
                                       : simple_run(seed, 40);
    const FaultRules faults = seed % 2 == 0 ? FaultRules{} : some_faults();
    config = with(config, seed % 4 < 2 ? "json" : "csv", faults);
    if (seed % 5 == 0) config.shard = {static_cast<std::uint32_t>(1 + seed / 5 % 2), 2};
    const SmallRun run = make_run(config);
    const std::string text = run.text();
    for (std::uint64_t round = 0; round < test::rounds(20); ++round, ++runs) {
      VerifyOptions options;
      if (round % 2 == 1) options.comparison = Comparison::fast;
      options.window = 64 + 512 * (round % 4);
      const VerifyResult result = verify_text(run, text, options, 100 + 997 * round);
      EXPECT_EQ(named(result.findings), "") << "seed " << seed << " " << name_of(options.comparison);
      const FaultTotals& sent = result.findings.injected;
      const FaultTotals& present = result.findings.injected_present;
      EXPECT_EQ(present.late, sent.late) << "seed " << seed << " " << name_of(options.comparison);
      EXPECT_EQ(present.duplicate, sent.duplicate) << "seed " << seed;
      EXPECT_EQ(present.reorder, sent.reorder) << "seed " << seed;
      EXPECT_EQ(present.corrupt, sent.corrupt) << "seed " << seed << " " << name_of(options.comparison);
      EXPECT_EQ(sent.drop, run.manifest.totals->faults.drop) << "seed " << seed;
    }
  }
  EXPECT_EQ(runs, 50 * test::rounds(20));
}

}  // namespace
}  // namespace racesim
