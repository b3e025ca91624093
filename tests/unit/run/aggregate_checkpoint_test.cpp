// Goal: a checkpoint is what the last commit made of it, whatever happened; one that is not to be gone on
// with, of other options or damaged is refused. Method: random commits, with restarts at random, beside a
// plain map of positions; every byte of a file is changed, and the file is cut everywhere.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "run/aggregate/checkpoint_keeper.h"
#include "run/aggregate/kept_state.h"
#include "support/scratch_dir.h"

namespace racesim {
namespace {

using test::ScratchDir;

std::unique_ptr<ResultKeeper> keeper_at(const std::string& path, bool resume = true) {
  auto keeper = open_checkpoint_keeper({path, "pace@1", resume});
  EXPECT_TRUE(keeper) << keeper.error().what;
  return keeper ? std::move(*keeper) : nullptr;
}

Error refusal(const KeptFileOptions& options) {
  const auto keeper = open_checkpoint_keeper(options);
  EXPECT_FALSE(keeper);
  return keeper ? Error{} : keeper.error();
}

LanePosition lane_at(const std::string& lane, std::int64_t next) {
  return {"kafka c1 f1-telemetry", lane, next, static_cast<std::uint64_t>(next) * 77, next * 10, "f", 3};
}

Result<bool> commit(ResultKeeper& keeper, const std::vector<LaneStep>& steps, std::string_view state) {
  return keeper.commit({{}, steps, state, {}});
}

TEST(AggregateCheckpoint, IsWhatTheLastCommitMadeOfIt) {
  const ScratchDir dir;
  std::mt19937_64 random(7);
  std::map<std::string, LanePosition> reference;
  std::optional<std::string> state;
  auto keeper = keeper_at(dir / "at");
  for (int round = 0; round < 60; ++round) {
    EXPECT_EQ(keeper->state().value(), state);
    std::map<std::string, LanePosition> found;
    const auto positions = keeper->positions("kafka c1 f1-telemetry");
    for (const LanePosition& position : positions.value()) found[position.lane] = position;
    EXPECT_EQ(found, reference);
    EXPECT_TRUE(keeper->positions("file").value().empty());
    std::vector<LaneStep> steps;
    for (const char* lane : {"0", "1", "2"}) {
      if (random() % 2 == 0) continue;
      const LanePosition before = reference.contains(lane) ? reference[lane] : lane_at(lane, 0);
      steps.push_back({before, lane_at(lane, before.next + static_cast<std::int64_t>(random() % 9))});
    }
    const std::string next(random() % 5000, static_cast<char>(random()));
    EXPECT_TRUE(commit(*keeper, steps, next).value());
    state = next;
    for (const LaneStep& step : steps) reference[step.after.lane] = step.after;
    if (random() % 3 != 0) continue;
    keeper.reset();
    keeper = keeper_at(dir / "at");
  }
}

TEST(AggregateCheckpoint, TakesNoStepFromElsewhere) {
  const ScratchDir dir;
  auto keeper = keeper_at(dir / "at");
  EXPECT_TRUE(commit(*keeper, {{lane_at("0", 0), lane_at("0", 5)}}, "a").value());
  EXPECT_FALSE(
      commit(*keeper, {{lane_at("1", 0), lane_at("1", 5)}, {lane_at("0", 4), lane_at("0", 9)}}, "b").value());
  EXPECT_EQ(keeper->state().value(), "a");
  EXPECT_EQ(keeper->positions("kafka c1 f1-telemetry")->size(), 1u);
}

TEST(AggregateCheckpoint, IsGoneOnWithOnlyWhenAsked) {
  const ScratchDir dir;
  EXPECT_EQ(keeper_at(dir / "at", false)->state().value(), std::nullopt);
  EXPECT_TRUE(commit(*keeper_at(dir / "at", false), {}, "a").value());
  const Error there = refusal({dir / "at", "pace@1", false});
  EXPECT_EQ(there.kind, ErrorKind::usage);
  EXPECT_NE(there.hint.find("--resume"), std::string::npos);
  const Error other = refusal({dir / "at", "pace@2", true});
  EXPECT_EQ(other.kind, ErrorKind::usage);
  EXPECT_EQ(other.what, "checkpoint " + (dir / "at") + " is of other options: pace@1 (asked for: pace@2)");
  const auto holder = keeper_at(dir / "at");
  EXPECT_EQ(refusal({dir / "at", "pace@1", true}).kind, ErrorKind::busy);
}

TEST(AggregateCheckpoint, TellsEveryDamage) {
  const KeptState kept{"pace@1", {lane_at("0", 5), lane_at("1", 7)}, std::string("state\0\xff", 7)};
  const std::string whole = write_kept(kept);
  const auto read = read_kept(whole, "here", "pace@1");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->positions, kept.positions);
  EXPECT_EQ(read->state, kept.state);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string bytes = whole;
    bytes[i] = static_cast<char>(bytes[i] ^ 4);
    EXPECT_FALSE(read_kept(bytes, "here", "pace@1")) << "byte " << i;
    EXPECT_FALSE(read_kept(whole.substr(0, i), "here", "pace@1")) << "cut at " << i;
  }
  EXPECT_FALSE(read_kept(whole + "x", "here", "pace@1"));
  std::string newer = whole;
  newer[18] = '2';
  EXPECT_EQ(read_kept(newer, "here", "pace@1").error().what, "here is of another version of racesim");
}

TEST(AggregateCheckpoint, SaysWhereItCannotBeMade) {
  const ScratchDir dir;
  EXPECT_EQ(refusal({dir / "none/at", "pace@1", false}).kind, ErrorKind::runtime);
  EXPECT_TRUE(dir.names().empty());
}

}  // namespace
}  // namespace racesim
