// Goal: of a run that was killed, exactly the events that its receiver does not have are sent again, whatever
// else is in the receiver's partitions. Method: a receiver in memory with several partitions, cut off at
// random places, with other writers' records, events refused for good and checkpoints of any age.
#include "run/resume/backlog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "run/resume/skipping_sink.h"
#include "support/counting_scenario.h"
#include "support/scratch_dir.h"

namespace racesim {
namespace {

using test::CountingEncoder;
using test::CountingScenario;
using testing::HasSubstr;

constexpr std::size_t kLanes = 3;

/// Event k goes to partition k mod 3; a record is its line.
class MemorySink final : public Sink, public Resumable {
 public:
  std::string name() const override { return "memory"; }
  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override {
    for (std::size_t i = first; i < last; ++i) write(partition_of(*batch, i), std::string(batch->line(i)));
    return {};
  }
  Done close() override { return {}; }
  void abandon() override {}
  Resumable* resumable() override { return this; }
  std::vector<StreamPosition> positions() const override { return positions_; }

  std::string identity() const override { return {}; }
  std::size_t partition_of(const WireBatch& batch, std::size_t i) override {
    return static_cast<std::size_t>(batch.heads[i].seq % kLanes);
  }
  bool is_alone() const override { return alone; }
  std::uint64_t most_on_the_way() const override { return on_the_way; }
  void set_positions(std::vector<StreamPosition> positions) override { positions_ = std::move(positions); }
  Result<std::vector<PartitionTail>> read_back(const std::vector<StreamPosition>& known) override {
    std::vector<PartitionTail> tails(kLanes);
    for (std::size_t partition = 0; partition < kLanes; ++partition) {
      for (const StreamPosition& position : known)
        if (position.partition == static_cast<int>(partition)) tails[partition].from = position;
      tails[partition].from.partition = static_cast<int>(partition);
      for (auto i = static_cast<std::size_t>(tails[partition].from.next_offset);
           i < partitions[partition].size(); ++i) {
        const std::string& line = partitions[partition][i];
        tails[partition].records.push_back(hash_line(line.substr(0, line.size() - 1)));
      }
      tails[partition].end_offset = static_cast<std::int64_t>(partitions[partition].size());
    }
    return tails;
  }
  void write(std::size_t partition, const std::string& line) { partitions[partition].push_back(line); }

  std::vector<std::vector<std::string>> partitions{kLanes};
  std::uint64_t on_the_way = 100'000;
  bool alone = false;

 private:
  std::vector<StreamPosition> positions_;
};

class BacklogTest : public testing::Test {
 protected:
  std::unique_ptr<Feed> feed() {
    return std::make_unique<Feed>(scenario_, std::vector<const Encoder*>{&encoder_}, ShardRange{0, 1}, 1, 2,
                                  FaultRules{}, 42);
  }
  Result<Backlog> find(const SinkCheckpoint& known) {
    PlaceLog places;
    return find_backlog(
        known, sink_, [&](std::uint64_t) { return feed(); }, places, dead_letter_);
  }
  /// Sends all that the backlog does not have; what each partition then holds of the run.
  void send_the_rest(Backlog backlog) {
    SettledEvents settled;
    auto inner = std::make_unique<MemorySink>();
    MemorySink& receiver = *inner;
    receiver.partitions = sink_.partitions;
    SkippingSink skipping(std::move(inner), std::move(backlog), settled);
    const auto rest = feed();
    ASSERT_TRUE(rest->start());
    while (const SharedBatch batch = rest->next()) ASSERT_TRUE(skipping.submit(batch, 0, batch->size()));
    after_ = receiver.partitions;
  }
  static std::string line(std::uint64_t event) { return std::to_string(event) + "\n"; }

  CountingScenario scenario_{std::vector<std::size_t>(20, 50), 1'000'000'000};
  CountingEncoder encoder_;
  test::ScratchDir dir_;
  DeadLetter dead_letter_{dir_ / "dead.ndjson"};
  MemorySink sink_;
  std::vector<std::vector<std::string>> after_;
};

TEST_F(BacklogTest, NothingThereMeansAllIsMissing) {
  const auto backlog = find({});
  ASSERT_TRUE(backlog) << backlog.error().what;
  EXPECT_EQ(backlog->found, 0u);
  EXPECT_EQ(backlog->first_missing(), 0u);
}

TEST_F(BacklogTest, AnyCutGivesEveryEventOnceInOrder) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const StreamKey key = stream_key(seed, "backlog", 0);
    sink_.partitions.assign(kLanes, {});
    SinkCheckpoint known{"memory", "", 0, {}};
    std::vector<std::string> expected[kLanes];
    std::uint64_t cut[kLanes], checked[kLanes];
    known.ordinal = UINT64_MAX;
    for (std::size_t partition = 0; partition < kLanes; ++partition) {
      cut[partition] = below(draw(key, partition), 1000 / kLanes);
      checked[partition] = below(draw(key, 10 + partition), cut[partition] + 1);
      for (std::uint64_t k = partition; k < 1000; k += kLanes) expected[partition].push_back(line(k));
      for (std::uint64_t n = 0; n < cut[partition]; ++n) {
        if (below(draw(key, 100 + n), 10) == 0) sink_.write(partition, "somebody else's\n");
        if (n == checked[partition])
          known.positions.push_back({"", static_cast<int>(partition),
                                     static_cast<std::int64_t>(sink_.partitions[partition].size()),
                                     n == 0 ? 0 : partition + (n - 1) * kLanes + 1});
        sink_.write(partition, expected[partition][n]);
      }
      known.ordinal = std::min(known.ordinal, partition + checked[partition] * kLanes);
    }
    const auto backlog = find(known);
    ASSERT_TRUE(backlog) << backlog.error().what;
    EXPECT_EQ(backlog->refused, 0u);
    send_the_rest(*backlog);
    for (std::size_t partition = 0; partition < kLanes; ++partition) {
      std::erase(after_[partition], "somebody else's\n");
      EXPECT_EQ(after_[partition], expected[partition]) << "seed " << seed << " partition " << partition;
    }
  }
}

TEST_F(BacklogTest, WhatWasRefusedBeforeGoesToTheDeadLetters) {
  for (std::uint64_t k = 0; k < 300; ++k)
    if (k != 120 && k != 123) sink_.write(k % kLanes, line(k));
  const auto backlog = find({});
  ASSERT_TRUE(backlog);
  EXPECT_EQ(backlog->refused, 2u);
  EXPECT_EQ(dead_letter_.written(), 2u);
  EXPECT_EQ(backlog->first_missing(), 300u);
  send_the_rest(*backlog);
  EXPECT_EQ(after_[0].size() + after_[1].size() + after_[2].size(), 998u);
}

TEST_F(BacklogTest, AFileWithOtherLinesIsNotGoneOnWith) {
  sink_.alone = true;
  for (std::uint64_t k = 0; k < 30; ++k) sink_.write(k % kLanes, line(k));
  sink_.write(0, "what is this\n");
  const auto backlog = find({});
  ASSERT_FALSE(backlog);
  EXPECT_EQ(backlog.error().kind, ErrorKind::usage);
  EXPECT_THAT(backlog.error().what, HasSubstr("1 lines that this run does not write"));
}

TEST_F(BacklogTest, PositionsMoveToWhatWasRecognised) {
  for (std::uint64_t k = 0; k < 300; ++k) sink_.write(k % kLanes, line(k));
  ASSERT_TRUE(find({}));
  for (const StreamPosition& position : sink_.positions()) {
    EXPECT_EQ(position.next_offset, 100);
    EXPECT_EQ(position.next_ordinal, 298u + static_cast<std::uint64_t>(position.partition));
  }
}

}  // namespace
}  // namespace racesim
