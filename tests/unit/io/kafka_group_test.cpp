// Goal: the members of a group share a topic, each record comes once and in order, and where reading goes on
// is what the store says. Method: a mock cluster, members in this thread that are pulled by turns, and a
// store that is a map; what comes is compared with what was written.
#include "io/sources/kafka_group.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "io/line_hash.h"
#include "kafka_support.h"

namespace racesim {
namespace {

using Place = std::pair<std::string, std::string>;  // source, lane

/// Positions and records, committed together.
struct FakeStore {
  std::map<Place, LanePosition> positions;
  std::map<Place, std::map<std::int64_t, std::string>> records;
  std::uint64_t gaps = 0, fenced = 0, doubled = 0;

  bool commit(const RecordBlock& block) {
    const Place place{block.after.source, block.after.lane};
    const auto known = positions.find(place);
    if (known == positions.end() ? block.before.consumed > 0 : known->second != block.before) {
      ++fenced;
      return false;
    }
    positions[place] = block.after;
    gaps += block.gap;
    for (std::size_t i = 0; i < block.size(); ++i)
      doubled += records[place].emplace(block.offsets[i], block.record(i)).second ? 0 : 1;
    return true;
  }
};

/// A process of the group: what it pulls waits until commit(), as in an ingest.
class Member final : public LaneKeeper {
 public:
  Member(FakeStore& store, const SourceRequest& request)
      : store_(store), source_(std::move(*make_kafka_group(request))) {}

  Done open() { return source_->open(*this); }
  Result<Pulled> pull(int wait_ms = 20) {
    const Result<Pulled> pulled = source_->pull(block_, wait_ms);
    if (pulled && *pulled == Pulled::records) waiting_.push_back(std::exchange(block_, {}));
    return pulled;
  }
  void commit() {
    while (!waiting_.empty()) {
      const RecordBlock block = std::move(waiting_.front());
      waiting_.pop_front();
      if (store_.commit(block)) {
        source_->settled(block, BlockOutcome{});
        continue;
      }
      waiting_.clear();
      ASSERT_TRUE(source_->restart());
    }
  }
  /// As a process that is killed: what waits is lost.
  void forget() { waiting_.clear(); }

  Result<std::vector<std::optional<LanePosition>>> positions(std::span<const LanePosition> lanes) override {
    commit();
    std::vector<std::optional<LanePosition>> found;
    for (const LanePosition& lane : lanes) {
      const auto known = store_.positions.find({lane.source, lane.lane});
      found.push_back(known == store_.positions.end() ? std::nullopt : std::optional(known->second));
    }
    return found;
  }
  Done release(std::span<const std::uint32_t> lanes) override {
    commit();
    released += lanes.size();
    return {};
  }

  Source& source() { return *source_; }
  /// The block that was pulled last and is not committed.
  const RecordBlock& last() const { return waiting_.back(); }
  std::size_t released = 0;

 private:
  FakeStore& store_;
  RecordBlock block_;
  std::deque<RecordBlock> waiting_;
  const std::unique_ptr<Source> source_;  // goes first: it asks us until then
};

class KafkaGroupTest : public testing::Test {
 protected:
  void SetUp() override {
    if (test::kCannotRunKafka) GTEST_SKIP() << test::kWhyNoKafka;
    cluster_.emplace(3);
  }
  /// Appends events of eight cars.
  void write(std::size_t count) {
    auto sink = open_kafka_sink(cluster_->options(), {test::kTopic}, {}, system_clock(), nullptr, dead_);
    ASSERT_TRUE(sink) << sink.error().what;
    const SharedBatch batch = test::make_cars(count, 8, written_);
    ASSERT_TRUE((*sink)->submit(batch, 0, count));
    ASSERT_TRUE((*sink)->close());
    written_ += count;
  }
  SourceRequest request(bool exit_at_end) const {
    SourceRequest request;
    request.kafka = cluster_->options();
    request.kafka.connect_grace_ns = 5 * kNsPerSecond;
    request.kafka.properties = {{"session.timeout.ms", "6000"}, {"heartbeat.interval.ms", "100"}};
    request.topics = {test::kTopic};
    request.exit_at_end = exit_at_end;
    return request;
  }
  /// Until it ends.
  Done run(Member& member) {
    while (true) {
      const Result<Pulled> pulled = member.pull();
      if (!pulled) return tl::make_unexpected(pulled.error());
      member.commit();
      if (*pulled == Pulled::ended) return {};
    }
  }
  void expect_all(const FakeStore& store) {
    std::size_t records = 0;
    for (const auto& [place, lane] : store.records) {
      records += lane.size();
      const auto expected = cluster_->records(std::stoi(place.second));
      ASSERT_EQ(lane.size(), expected.size()) << place.second;
      for (const auto& [offset, text] : lane)
        ASSERT_EQ(hash_line(text), expected[static_cast<std::size_t>(offset)]) << offset;
    }
    EXPECT_EQ(records, written_);
    EXPECT_EQ(store.doubled, 0u);
  }

  std::optional<test::MockCluster> cluster_;
  test::ScratchDir dir_;
  DeadLetter dead_{dir_ / "dead"};
  std::uint64_t written_ = 0;
};

TEST_F(KafkaGroupTest, OneMemberReadsAll) {
  FakeStore store;
  write(5'000);
  {
    Member member(store, request(true));
    ASSERT_TRUE(member.open());
    const Done done = run(member);
    ASSERT_TRUE(done) << done.error().what;
    expect_all(store);
    EXPECT_EQ(member.source().lag(), 0u);
  }
  EXPECT_EQ(store.fenced, 0u);
  // Another store that is read into under the same name would get half of everything.
  FakeStore other;
  Member refused(other, request(true));
  ASSERT_TRUE(refused.open());
  const Done done = run(refused);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::usage);
  EXPECT_TRUE(other.positions.empty());
}

// A first member reads; a second one comes while the first is only tended, as by a slow store; then the first
// goes, and what it had not committed is lost.
TEST_F(KafkaGroupTest, MembersComeAndGo) {
  FakeStore store;
  write(6'000);
  auto first = std::make_unique<Member>(store, request(false));
  ASSERT_TRUE(first->open());
  while (store.records.size() < 3) {
    ASSERT_TRUE(first->pull());
    first->commit();
  }
  Member second(store, request(false));
  ASSERT_TRUE(second.open());
  while (second.source().lag() == std::nullopt) {
    ASSERT_TRUE(first->source().tend());
    ASSERT_TRUE(second.pull());
  }
  EXPECT_GE(first->released, 3u);  // more if the group was arranged anew once more
  write(6'000);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(first->pull());
  first->forget();
  first.reset();
  const auto stored = [&] {
    std::size_t count = 0;
    for (const auto& [place, lane] : store.records) count += lane.size();
    return count;
  };
  while (stored() < written_) {
    ASSERT_TRUE(second.pull());
    second.commit();
  }
  expect_all(store);
  // Asked to stop it leaves, and has nothing any more.
  second.released = 0;
  second.source().stop();
  EXPECT_EQ(*second.pull(), Pulled::ended);
  EXPECT_EQ(second.released, 3u);
}

// Somebody who was thought dead has committed what this one has read: nothing is stored twice, nothing is
// left out.
TEST_F(KafkaGroupTest, GoesOnWhereAnotherHasMovedALane) {
  FakeStore store;
  write(6'000);
  Member member(store, request(true));
  ASSERT_TRUE(member.open());
  bool moved = false;
  while (true) {
    const Result<Pulled> pulled = member.pull();
    ASSERT_TRUE(pulled) << pulled.error().what;
    if (!moved && *pulled == Pulled::records && member.last().size() > 0) moved = store.commit(member.last());
    member.commit();
    if (*pulled == Pulled::ended) break;
  }
  EXPECT_TRUE(moved);
  EXPECT_GE(store.fenced, 1u);
  expect_all(store);
}

TEST_F(KafkaGroupTest, AnotherTopicOfTheSameNameIsRefused) {
  FakeStore store;
  write(3'000);
  {
    Member member(store, request(true));
    ASSERT_TRUE(member.open());
    ASSERT_TRUE(run(member));
  }
  for (auto& [place, position] : store.positions) ++position.last_hash;
  Member member(store, request(true));
  ASSERT_TRUE(member.open());
  const Done done = run(member);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::usage);
  EXPECT_NE(done.error().what.find("made again"), std::string::npos) << done.error().what;
}

// The store knows where the first reading began before anything is read: a restart does not move it.
TEST_F(KafkaGroupTest, LatestBeginsOnceAndForAll) {
  FakeStore store;
  write(3'000);
  SourceRequest latest = request(false);
  latest.start_at = {StartAt::Place::latest, 0, true};
  {
    Member member(store, latest);
    ASSERT_TRUE(member.open());
    while (store.positions.size() < 3) {
      ASSERT_TRUE(member.pull());
      member.commit();
    }
  }
  EXPECT_TRUE(store.records.empty());
  write(2'000);
  latest.exit_at_end = true;
  Member member(store, latest);
  ASSERT_TRUE(member.open());
  ASSERT_TRUE(run(member));
  std::size_t records = 0;
  for (const auto& [place, lane] : store.records) records += lane.size();
  EXPECT_EQ(records, 2'000u);
}

// A store that keeps no positions: the group's offsets are gone on from.
TEST_F(KafkaGroupTest, WithoutPositionsTheGroupKnows) {
  SourceRequest inexact = request(true);
  inexact.store_keeps_positions = false;
  FakeStore first, second;
  write(3'000);
  for (FakeStore* store : {&first, &second}) {
    Member member(*store, inexact);
    ASSERT_TRUE(member.open());
    ASSERT_TRUE(run(member));
    if (store == &first) write(1'000);
  }
  std::size_t records = 0;
  for (const auto& [place, lane] : second.records) records += lane.size();
  EXPECT_EQ(records, 1'000u);
}

// Each record is pulled before the next one is written: a pull that misses its arrival waits for an hour,
// until the test is ended from outside.
TEST_F(KafkaGroupTest, APullEndsWhenARecordComes) {
  constexpr int kHour_ms = 3'600'000;
  constexpr std::size_t kRounds = 60;
  FakeStore store;
  SourceRequest brisk = request(false);
  brisk.kafka.properties.emplace_back("fetch.wait.max.ms", "5");  // the mock answers no sooner
  Member member(store, brisk);
  ASSERT_TRUE(member.open());
  auto sink = open_kafka_sink(cluster_->options(), {test::kTopic}, {}, system_clock(), nullptr, dead_);
  ASSERT_TRUE(sink) << sink.error().what;
  for (std::size_t round = 0; round < kRounds; ++round) {
    ASSERT_TRUE((*sink)->submit(test::make_cars(1, 8, round), 0, 1));
    for (std::size_t records = 0; records == 0; member.commit()) {
      const Result<Pulled> pulled = member.pull(kHour_ms);
      ASSERT_TRUE(pulled) << pulled.error().what;
      if (*pulled == Pulled::records) records = member.last().size();
    }
  }
  ASSERT_TRUE((*sink)->close());
  written_ = kRounds;
  expect_all(store);
}

TEST(KafkaGroup, RefusesWhatItCannotKeep) {
  SourceRequest request;
  EXPECT_FALSE(check_kafka_group(request));  // no topic
  request.topics = {"f1-telemetry"};
  EXPECT_TRUE(check_kafka_group(request));
  for (const char* property : {"group.id", "enable.auto.commit", "auto.offset.reset", "isolation.level",
                               "partition.assignment.strategy", "no.such.property"}) {
    request.kafka.properties = {{property, "x"}};
    const Done done = check_kafka_group(request);
    ASSERT_FALSE(done) << property;
    EXPECT_EQ(done.error().kind, ErrorKind::usage);
    EXPECT_FALSE(done.error().hint.empty()) << property;
  }
  request.kafka.properties = {{"session.timeout.ms", "6000"}};
  EXPECT_TRUE(check_kafka_group(request));
  request.topics = {"not a topic"};
  EXPECT_FALSE(check_kafka_group(request));
}

}  // namespace
}  // namespace racesim
