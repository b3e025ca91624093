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
    if (known == positions.end() ? block.before.consumed > 0 : known->second.next != block.before.next) {
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
  Result<Pulled> pull() {
    const Result<Pulled> pulled = source_->pull(block_, 20);
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
  }
  /// Appends events of eight cars; returns what each partition holds then.
  void write(std::size_t count) {
    auto sink = open_kafka_sink(cluster_.options(), {test::kTopic}, {}, system_clock(), nullptr, dead_);
    ASSERT_TRUE(sink) << sink.error().what;
    const SharedBatch batch = test::make_cars(count, 8, written_);
    ASSERT_TRUE((*sink)->submit(batch, 0, count));
    ASSERT_TRUE((*sink)->close());
    written_ += count;
  }
  SourceRequest request(bool exit_at_end) const {
    SourceRequest request;
    request.kafka = cluster_.options();
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
      const auto expected = cluster_.records(std::stoi(place.second));
      ASSERT_EQ(lane.size(), expected.size()) << place.second;
      for (const auto& [offset, text] : lane)
        ASSERT_EQ(hash_line(text), expected[static_cast<std::size_t>(offset)]) << offset;
    }
    EXPECT_EQ(records, written_);
    EXPECT_EQ(store.doubled, 0u);
  }

  test::MockCluster cluster_{3};
  test::ScratchDir dir_;
  DeadLetter dead_{dir_ / "dead"};
  std::uint64_t written_ = 0;
};

TEST_F(KafkaGroupTest, OneMemberReadsAllAndGoesOn) {
  FakeStore store;
  for (int round = 0; round < 3; ++round) {
    write(5'000);
    Member member(store, request(true));
    ASSERT_TRUE(member.open());
    const Done done = run(member);
    ASSERT_TRUE(done) << done.error().what;
    expect_all(store);
    EXPECT_EQ(member.source().lag(), 0u);
  }
  EXPECT_EQ(store.fenced, 0u);
}

}  // namespace
}  // namespace racesim
