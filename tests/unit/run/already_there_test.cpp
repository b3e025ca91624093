// Goal: of a run that was killed, exactly the events that its receiver does not have are sent again, whatever
// else is in the receiver's partitions. Method: a receiver in memory with several partitions, cut off at
// random places, with other writers' records, events refused for good and checkpoints of any age.
#include "run/resume/already_there.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
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

constexpr std::size_t kPartitions = 3;

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

  const Destination& destination() const override { return place; }
  std::size_t partition_of(const WireBatch& batch, std::size_t i) override {
    return static_cast<std::size_t>(batch.heads[i].seq % kPartitions);
  }
  std::vector<StreamPosition> positions() const override { return positions_; }
  void set_positions(std::vector<StreamPosition> positions) override { positions_ = std::move(positions); }
  Result<std::vector<PartitionTail>> read_back(const std::vector<StreamPosition>& known,
                                               const std::vector<StreamPosition>&) override {
    std::vector<PartitionTail> tails(kPartitions);
    for (std::size_t partition = 0; partition < kPartitions; ++partition) {
      for (const StreamPosition& position : known)
        if (position.partition == static_cast<int>(partition)) tails[partition].from = position;
      if (changed.contains(partition)) tails[partition] = {.from = {}, .records = {}, .changed = "changed"};
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

  std::vector<std::vector<std::string>> partitions{kPartitions};
  std::set<std::size_t> changed;  ///< partitions that do not hold what is known of them
  Destination place{.most_on_the_way = 100'000};

 private:
  std::vector<StreamPosition> positions_;
};

class AlreadyThereTest : public testing::Test {
 protected:
  std::unique_ptr<Feed> feed() {
    return std::make_unique<Feed>(scenario_, std::vector<const Encoder*>{&encoder_}, ShardRange{0, 1}, 1, 2,
                                  FaultRules{}, 42);
  }
  Result<AlreadyThere> find(const SinkCheckpoint& known) {
    PlaceLog places;
    return find_already_there(
        known, sink_, [&](std::uint64_t) { return feed(); }, places, dead_letter_);
  }
  /// Sends all that is not already there; what each partition then holds of the run.
  void send_the_rest(AlreadyThere already) {
    SettledEvents settled;
    auto inner = std::make_unique<MemorySink>();
    MemorySink& receiver = *inner;
    receiver.partitions = sink_.partitions;
    SkippingSink skipping(std::move(inner), std::move(already), settled);
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

TEST_F(AlreadyThereTest, NothingThereMeansAllIsMissing) {
  const auto already = find({});
  ASSERT_TRUE(already) << already.error().what;
  EXPECT_EQ(already->found, 0u);
  EXPECT_EQ(already->first_missing(), 0u);
}

TEST_F(AlreadyThereTest, AnyCutGivesEveryEventOnceInOrder) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const StreamKey key = stream_key(seed, "backlog", 0);
    sink_.partitions.assign(kPartitions, {});
    SinkCheckpoint known{"memory", "", 0, {}};
    std::vector<std::string> expected[kPartitions];
    std::uint64_t cut[kPartitions], checked[kPartitions];
    known.ordinal = UINT64_MAX;
    for (std::size_t partition = 0; partition < kPartitions; ++partition) {
      cut[partition] = below(draw(key, partition), 1000 / kPartitions);
      checked[partition] = below(draw(key, 10 + partition), cut[partition] + 1);
      for (std::uint64_t k = partition; k < 1000; k += kPartitions) expected[partition].push_back(line(k));
      for (std::uint64_t n = 0; n < cut[partition]; ++n) {
        if (below(draw(key, 100 + n), 10) == 0) sink_.write(partition, "somebody else's\n");
        if (n == checked[partition])
          known.positions.push_back({"", static_cast<int>(partition),
                                     static_cast<std::int64_t>(sink_.partitions[partition].size()),
                                     n == 0 ? 0 : partition + (n - 1) * kPartitions + 1});
        sink_.write(partition, expected[partition][n]);
      }
      known.ordinal = std::min(known.ordinal, partition + checked[partition] * kPartitions);
    }
    const auto already = find(known);
    ASSERT_TRUE(already) << already.error().what;
    EXPECT_EQ(already->refused, 0u);
    send_the_rest(*already);
    for (std::size_t partition = 0; partition < kPartitions; ++partition) {
      std::erase(after_[partition], "somebody else's\n");
      EXPECT_EQ(after_[partition], expected[partition]) << "seed " << seed << " partition " << partition;
    }
  }
}

// Partition 1 was made anew, and some of the run was sent to it since; the others were left alone.
TEST_F(AlreadyThereTest, OfAChangedPartitionAllThatIsNotThereIsSentAgain) {
  for (const std::uint64_t left : {0U, 1U, 40U}) {
    sink_.partitions.assign(kPartitions, {});
    sink_.changed = {1};
    SinkCheckpoint known{"memory", "", 600, {}};
    std::vector<std::string> expected[kPartitions];
    for (std::uint64_t k = 0; k < 1000; ++k) {
      expected[k % kPartitions].push_back(line(k));
      if (k < 610 && (k % kPartitions != 1 || k / kPartitions < left)) sink_.write(k % kPartitions, line(k));
    }
    for (int partition = 0; partition < 3; ++partition) known.positions.push_back({"", partition, 200, 600});
    const auto already = find(known);
    ASSERT_TRUE(already) << already.error().what;
    EXPECT_EQ(already->below, 0u);
    EXPECT_EQ(already->first_missing(), 1 + left * kPartitions);
    EXPECT_EQ(already->refused, 0u);
    EXPECT_EQ(already->changes, std::vector<std::string>{"changed"});
    send_the_rest(*already);
    for (std::size_t partition = 0; partition < kPartitions; ++partition)
      EXPECT_EQ(after_[partition], expected[partition]) << "left " << left << " partition " << partition;
  }
}

// What is in the dead-letter file already is settled in the partitions that were left alone, though their
// positions lie before it.
TEST_F(AlreadyThereTest, DeadLettersOfOtherPartitionsAreNotSentAgain) {
  sink_.changed = {1};
  for (std::uint64_t k = 0; k < 300; k += kPartitions) sink_.write(0, line(k));
  // 452 is of a partition that was left alone, 454 of the changed one.
  const auto already = find({"memory",
                             "",
                             450,
                             {{"", 0, 100, 298}, {"", 1, 150, 449}, {"", 2, 0, 0}},
                             {},
                             {{452, 453}, {454, 455}}});
  ASSERT_TRUE(already) << already.error().what;
  for (std::uint64_t k = 0; k < 450; ++k) EXPECT_EQ(already->has(k), k % kPartitions != 1) << k;
  EXPECT_TRUE(already->has(452));
  EXPECT_FALSE(already->has(454));
}

TEST_F(AlreadyThereTest, WhatWasRefusedBeforeGoesToTheDeadLetters) {
  for (std::uint64_t k = 0; k < 300; ++k)
    if (k != 120 && k != 123) sink_.write(k % kPartitions, line(k));
  const auto already = find({});
  ASSERT_TRUE(already);
  EXPECT_EQ(already->refused, 2u);
  EXPECT_EQ(dead_letter_.written(), 2u);
  EXPECT_EQ(already->first_missing(), 300u);
  send_the_rest(*already);
  EXPECT_EQ(after_[0].size() + after_[1].size() + after_[2].size(), 998u);
}

// Another partition refused 121, and its letter was written, before the letter of 120 met a full disk.
TEST_F(AlreadyThereTest, WhatIsADeadLetterAlreadyIsNotOneAgain) {
  for (std::uint64_t k = 0; k < 300; ++k)
    if (k != 120 && k != 121 && k != 124) sink_.write(k % kPartitions, line(k));
  const auto already = find({"memory", "", 120, {}, {}, {{121, 122}, {310, 312}}});
  ASSERT_TRUE(already);
  EXPECT_EQ(already->refused, 2u);
  EXPECT_EQ(dead_letter_.written(), 2u);
  for (std::uint64_t k = 0; k < 1000; ++k) EXPECT_EQ(already->has(k), k < 300 || k == 310 || k == 311) << k;
}

TEST_F(AlreadyThereTest, ACheckpointAloneKnowsItsDeadLetters) {
  const AlreadyThere already = already_there_by({"http", "", 10, {}, {}, {{12, 13}, {15, 17}}});
  for (std::uint64_t k = 0; k < 30; ++k)
    EXPECT_EQ(already.has(k), k < 10 || k == 12 || k == 15 || k == 16) << k;
  EXPECT_EQ(already.found, 3u);
  EXPECT_EQ(already.first_missing(), 10u);
}

TEST_F(AlreadyThereTest, AFileWithOtherLinesIsNotGoneOnWith) {
  sink_.place.is_alone = true;
  for (std::uint64_t k = 0; k < 30; ++k) sink_.write(k % kPartitions, line(k));
  sink_.write(0, "what is this\n");
  const auto already = find({});
  ASSERT_FALSE(already);
  EXPECT_EQ(already.error().kind, ErrorKind::usage);
  EXPECT_THAT(already.error().what, HasSubstr("1 lines that this run does not write"));
}

TEST_F(AlreadyThereTest, PositionsMoveToWhatWasRecognised) {
  for (std::uint64_t k = 0; k < 300; ++k) sink_.write(k % kPartitions, line(k));
  ASSERT_TRUE(find({}));
  for (const StreamPosition& position : sink_.positions()) {
    EXPECT_EQ(position.next_offset, 100);
    EXPECT_EQ(position.next_ordinal, 298u + static_cast<std::uint64_t>(position.partition));
  }
}

}  // namespace
}  // namespace racesim
