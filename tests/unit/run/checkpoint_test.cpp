// Goal: what a checkpoint knows of a position comes back as it was, with the record before it or, as at a
// run's begin and in files of format 1, without one. Method: files written, changed and read.
#include "run/record/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/scratch_dir.h"

namespace racesim {
namespace {

using testing::HasSubstr;

class CheckpointTest : public testing::Test {
 protected:
  std::string path() const { return dir_ / "at"; }
  void save(std::optional<RecordMark> record) const {
    Checkpoint checkpoint;
    checkpoint.record.content = ContentOptions(*scenarios().front());
    checkpoint.record.scenario_version = checkpoint.record.content.scenario->version;
    checkpoint.sinks.push_back({"kafka://b/t", "cluster c", 7, {{"t", 1, 20, 30, record}}, {{"t", 1, 5, 0}}});
    const Done saved = save_checkpoint(path(), checkpoint);
    ASSERT_TRUE(saved) << saved.error().what;
  }
  std::string text() const {
    std::stringstream all;
    all << std::ifstream(path()).rdbuf();
    return all.str();
  }

  test::ScratchDir dir_;
};

TEST_F(CheckpointTest, KeepsTheRecordBeforeAPosition) {
  for (const std::int64_t time_ms : {std::int64_t{-1}, std::int64_t{1'700'000'000'123}}) {
    const RecordMark record{{0x1, 0xfedcba9876543210}, time_ms};
    save(record);
    const auto known = load_checkpoint(path());
    ASSERT_TRUE(known && *known) << known.error().what;
    const SinkCheckpoint& sink = (*known)->sinks.front();
    ASSERT_TRUE(sink.positions.front().record);
    EXPECT_EQ(sink.positions.front().record->hash, record.hash);
    EXPECT_EQ(sink.positions.front().record->time_ms, time_ms);
    EXPECT_FALSE(sink.origins.front().record);
  }
  EXPECT_THAT(text(), HasSubstr("\"record_hash\": \"fedcba98765432100000000000000001\""));
}

TEST_F(CheckpointTest, APositionMayHaveNone) {
  save(std::nullopt);
  const auto known = load_checkpoint(path());
  ASSERT_TRUE(known && *known) << known.error().what;
  EXPECT_FALSE((*known)->sinks.front().positions.front().record);
  EXPECT_EQ((*known)->sinks.front().positions.front().next_offset, 20);
}

TEST_F(CheckpointTest, AHashThatIsNoneIsRefused) {
  save(RecordMark{{1, 2}});
  const std::string good = text();
  const std::string hash = "00000000000000020000000000000001";
  for (const std::string bad :
       {"", "2", "0000000000000002000000000000000g", "-0000000000000020000000000000001"}) {
    std::string changed = good;
    changed.replace(changed.find(hash), hash.size(), bad);
    std::ofstream(path()) << changed;
    const auto known = load_checkpoint(path());
    ASSERT_FALSE(known) << bad;
    EXPECT_EQ(known.error().kind, ErrorKind::usage);
    EXPECT_THAT(known.error().what, HasSubstr("is not a checkpoint"));
  }
}

}  // namespace
}  // namespace racesim
