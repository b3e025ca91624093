// Goal: whatever way the events of different entities mix, verify calls no event reordered that is not, and
// each that is exactly once. Method: random interleavings, with and without moves, exchanges, blocks, losses
// and copies put into them, judged by a slow reference straight from the definition: plays and race, several
// partitions, full, fast and by value (of lines written again), with and without faults, windows from 2
// events to the whole stream. All 10,000 with RACESIM_FULL=1.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "support/keyed_sequences.h"
#include "support/order_reference.h"
#include "support/respelling.h"
#include "support/rounds.h"

namespace racesim {
namespace {

using namespace verify_test;
using Order = std::vector<std::size_t>;

constexpr std::size_t kWindows[] = {2, 3, 8, 64, 512, 65'536};

std::uint64_t seeds() {
  return test::rounds(400, 10'000);
}

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : key_(stream_key(seed, "verify.order", 0)) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(racesim::below(draw(key_, at_++), n)); }

 private:
  StreamKey key_;
  std::uint64_t at_ = 0;
};

struct World {
  std::string name;
  SmallRun run;
  SmallRun again;        ///< the same, its lines written again as a parser does
  bool damaged = false;  ///< --fast cannot read lines that were damaged on purpose
};

World world_of(const std::string& name, const RunConfig& config, bool damaged) {
  World world{name, make_run(config), make_run(config), damaged};
  Respelling dice(5);
  for (SentLine& line : world.again.sent) {
    const SchemaInfo& schema = *world.run.truth->scenario->streams()[line.stream].schema;
    if ((line.faults & kFaultCorrupt) == 0) line.text = dice.json(line.text, schema);
    // One record of a topic is one line.
    line.text = line.text.substr(0, line.text.find('\n')) + "\n";
  }
  return world;
}

Comparison mode_of(const World& world, std::size_t number) {
  constexpr Comparison kModes[] = {Comparison::full, Comparison::fast, Comparison::by_value};
  const Comparison mode = kModes[number];
  return mode == Comparison::fast && world.damaged ? Comparison::full : mode;
}

FaultRules order_faults(bool damage) {
  FaultRules rules;
  rules.late = 0.05;
  rules.duplicate = 0.05;
  rules.reorder = 0.05;
  rules.drop = 0.01;
  rules.corrupt = damage ? 0.02 : 0;
  rules.late_delay_ns = 8'000'000'000;
  return rules;
}

const std::vector<World>& worlds() {
  static const std::vector<World> all = [] {
    std::vector<World> made;
    for (const int faults : {0, 1, 2}) {
      RunConfig plays = plays_run(11, 300, kMaster), race = race_run(11, 50, 4);
      if (faults > 0) plays.faults = race.faults = order_faults(faults == 2);
      // A day of plays: a copy comes within a second, so what is late has to be late by hours.
      if (faults > 0) plays.faults.late_delay_ns = std::int64_t{7200} * 1'000'000'000;
      const std::string what = faults == 0 ? "" : faults == 1 ? " with faults" : " with damage";
      made.push_back(world_of("plays" + what, plays, faults == 2));
      made.push_back(world_of("race" + what, race, faults == 2));
    }
    return made;
  }();
  return all;
}

std::uint64_t entity_of(const SentLine& line) {
  return static_cast<std::uint64_t>(line.stream) << 32 | line.head.entity;
}

/// Keeps the order of each entity: as sent, or as made. An event moves `reach` places at most; 0: any number.
Order interleaved(const SmallRun& run, Draws& dice, bool as_made, std::size_t reach) {
  Order from(run.sent.size());
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = i;
  if (as_made)
    std::stable_sort(from.begin(), from.end(),
                     [&](std::size_t a, std::size_t b) { return run.sent[a].made < run.sent[b].made; });
  if (reach == 0) reach = from.size();
  // Each gets a time; within an entity the times ascend.
  std::vector<std::pair<std::size_t, std::size_t>> times;
  std::map<std::uint64_t, std::size_t> last;
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t& time = last[entity_of(run.sent[from[i]])];
    time = std::max(time, i + dice.below(reach));
    times.emplace_back(time, from[i]);
  }
  std::stable_sort(times.begin(), times.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = times[i].second;
  return from;
}

/// One thing that a pipeline may do to the order: a move, an exchange, a block that goes elsewhere.
void disturb(Order& order, Draws& dice, std::size_t reach) {
  const std::size_t size = order.size();
  const std::size_t a = dice.below(size);
  const std::size_t b = std::min(size - 1, a + 1 + dice.below(reach == 0 ? size : reach));
  const auto at = [&](std::size_t i) { return order.begin() + static_cast<std::ptrdiff_t>(i); };
  switch (dice.below(4)) {
    case 0:
      std::swap(order[a], order[b]);
      break;
    case 1:
      std::rotate(at(a), at(a) + 1, at(b) + 1);
      break;
    case 2:
      std::rotate(at(a), at(b), at(b) + 1);
      break;
    default:
      std::rotate(at(a), at(a + (b - a) / 2), at(b));
  }
}

std::string text_of(const SmallRun& run, const Order& order) {
  std::string text = run.header;
  for (const std::size_t i : order) text += run.sent[i].text;
  return text;
}

VerifyResult judged(const World& world, const Order& order, const VerifyOptions& options, bool partitions) {
  const SmallRun& arrived = options.comparison == Comparison::by_value ? world.again : world.run;
  if (!partitions) return verify_text(world.run, text_of(arrived, order), options);
  KeyedSequences sequences(arrived, order);
  auto result = verify(world.run.manifest, *world.run.truth, sequences, options);
  EXPECT_TRUE(result);
  return result ? std::move(*result) : VerifyResult{};
}

/// The examples are events that the reference names too, each once, on the lines where they came.
void expect_examples(const World& world, const Order& order, const std::set<EventId>& reference,
                     const Findings& findings, bool partitions, const std::string& what) {
  std::set<std::pair<std::string, std::string>> known;
  for (const auto& [stream, owner, seq] : reference)
    known.emplace(world.run.truth->scenario->streams()[stream].name, std::to_string(seq));
  std::set<std::string> named_ones;
  for (const FindingExample& example : findings.examples) {
    if (example.kind != Finding::reordered) continue;
    EXPECT_EQ(known.count({example.stream, example.seq}), 1u) << what;
    EXPECT_TRUE(named_ones.insert(example.stream + example.entity + " " + example.place).second)
        << what << ": named twice";
    if (partitions) continue;
    const SentLine& line = world.run.sent[order[std::stoull(example.place) - 1]];
    EXPECT_EQ(std::to_string(line.head.seq), example.seq) << what << ": another line";
  }
}

/// How far ahead of its turn an event comes at most.
std::size_t furthest_ahead(const Order& order) {
  std::vector<bool> came(order.size());
  std::size_t turn = 0, furthest = 0;
  for (const std::size_t i : order) {
    furthest = std::max(furthest, i - std::min(i, turn));
    came[i] = true;
    while (turn < came.size() && came[turn]) ++turn;
  }
  return furthest;
}

void expect_judged(const World& world, const Order& order, VerifyOptions options, bool partitions,
                   const std::string& what) {
  // A line that was damaged on purpose may say of no event that it is it: the window has to hold it.
  if (world.damaged) options.window = std::max(options.window, furthest_ahead(order) + 1);
  const std::set<EventId> reference = reordered_events(world.run, order);
  const VerifyResult result = judged(world, order, options, partitions);
  ASSERT_EQ(named(result.findings), reference.empty() ? "" : "reordered " + std::to_string(reference.size()))
      << what;
  expect_examples(world, order, reference, result.findings, partitions, what);
}

TEST(VerifyOrder, JudgesRandomInterleavingsAsTheDefinitionDoes) {
  std::size_t clean = 0, disturbed = 0;
  for (std::uint64_t seed = 0; seed < seeds(); ++seed) {
    Draws dice(seed);
    const World& world = worlds()[seed % worlds().size()];
    const bool faulty = world.run.manifest.faults.any();
    VerifyOptions options;
    options.comparison = mode_of(world, dice.below(3));
    options.threads = 1;
    options.window = kWindows[dice.below(std::size(kWindows))];
    constexpr std::size_t kReaches[] = {1, 2, 4, 30, 0};
    const std::size_t reach = kReaches[dice.below(std::size(kReaches))];
    const bool partitions = dice.below(4) == 0;
    Order order = interleaved(world.run, dice, faulty && dice.below(2) == 0, reach);
    const std::string what = world.name + ", seed " + std::to_string(seed) + ", reach " +
                             std::to_string(reach) + ", window " + std::to_string(options.window) + ", " +
                             std::string(name_of(options.comparison)) + (partitions ? ", partitions" : "");
    expect_judged(world, order, options, partitions, what + ", clean");
    ++clean;
    for (std::size_t changes = 1 + dice.below(4); changes > 0; --changes) disturb(order, dice, reach);
    expect_judged(world, order, options, partitions, what + ", disturbed");
    ++disturbed;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_EQ(clean, disturbed);
}

/// Without faults, so each line is one event: moves, exchanges, blocks, losses and copies, several at once.
void expect_mutants_named(const World& world, std::uint64_t begin, std::uint64_t behind, std::uint64_t step) {
  for (std::uint64_t seed = begin; seed < behind; seed += step) {
    Draws dice(seed + 1'000'000);
    Order order = interleaved(world.run, dice, false, dice.below(2) == 0 ? 1 : 20);
    for (std::size_t changes = 1 + dice.below(6); changes > 0; --changes) {
      const std::size_t from = dice.below(order.size() - 8),
                        count = 1 + dice.below(dice.below(2) == 0 ? 1 : 8);
      const auto first = order.begin() + static_cast<std::ptrdiff_t>(from);
      const auto last = first + static_cast<std::ptrdiff_t>(count);
      const Order block(first, last);
      switch (dice.below(4)) {
        case 0:
          order.erase(first, last);
          break;
        case 1:
          order.insert(order.begin() + static_cast<std::ptrdiff_t>(dice.below(order.size())), block.begin(),
                       block.end());
          break;
        default:
          disturb(order, dice, 40);
      }
    }
    VerifyOptions options;
    options.comparison = mode_of(world, dice.below(3));
    options.threads = 1;
    options.window = kWindows[dice.below(std::size(kWindows))];
    const bool partitions = dice.below(3) == 0;
    const std::string what = world.name + ", seed " + std::to_string(seed) + ", window " +
                             std::to_string(options.window) + ", " +
                             std::string(name_of(options.comparison)) + (partitions ? ", partitions" : "");
    const VerifyResult result = judged(world, order, options, partitions);
    const Findings& f = result.findings;
    const std::set<EventId> reference = reordered_events(world.run, order);
    const std::size_t came = std::set<std::size_t>(order.begin(), order.end()).size();
    EXPECT_EQ(f[Finding::reordered], reference.size()) << what;
    EXPECT_EQ(f[Finding::lost], world.run.sent.size() - came) << what;
    EXPECT_EQ(f[Finding::duplicated] + f[Finding::redelivered], order.size() - came) << what;
    EXPECT_EQ(f[Finding::altered] + f[Finding::phantom] + f[Finding::unreadable], 0u) << what;
    expect_examples(world, order, reference, f, partitions, what);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(VerifyOrder, NamesRandomMutantsAsTheDefinitionDoes) {
  for (const std::uint64_t which : {0, 1}) expect_mutants_named(worlds()[which], which, seeds(), 2);
}

/// Lines come from so far ahead that their events have not been made yet.
TEST(VerifyOrder, NamesMutantsOfLongRunsAsTheDefinitionDoes) {
  RunConfig race = race_run(11, 1200, 6);
  test::set_option(race.content, "streams", "telemetry");
  expect_mutants_named(world_of("long race", race, false), 0, seeds() / 20, 1);
}

/// V1 of the field cases: two listeners whose events mix, each in order.
TEST(VerifyOrder, TwoInTurnsAreInOrder) {
  const World& plays = worlds()[0];
  for (std::size_t i = 0; i + 3 < plays.run.sent.size(); ++i) {
    Order order(plays.run.sent.size());
    for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
    const Order four{order[i + 2], order[i], order[i + 3], order[i + 1]};
    std::copy(four.begin(), four.end(), order.begin() + static_cast<std::ptrdiff_t>(i));
    expect_judged(plays, order, {}, false, "at " + std::to_string(i));
  }
}

}  // namespace
}  // namespace racesim
