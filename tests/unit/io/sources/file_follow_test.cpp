// Goal: a followed file gives every line once and in order, however it grows, is renamed, truncated or begun
// anew, also while nobody looks. Method: what happens to the file happens between two looks, at every byte of
// a small text; expected are the lines that were written to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "io/sources/file.h"
#include "kept_positions.h"
#include "support/scratch_dir.h"

namespace racesim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using Lines = std::vector<std::string>;

constexpr auto kHangGuard = std::chrono::seconds(30);

/// Whole lines of the text without line ends; of a rest behind them also that, as torn.
Lines lines_in(const std::string& text, bool torn) {
  Lines lines;
  std::size_t at = 0;
  for (std::size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    lines.push_back(text.substr(at, end - at));
  if (torn && at < text.size()) lines.push_back(text.substr(at) + " torn");
  return lines;
}

Lines operator+(Lines a, const Lines& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

class FileFollowTest : public testing::Test {
 protected:
  FileFollowTest() { follow({path("x")}); }
  std::string path(const std::string& name) { return dir_ / name; }
  void append(const std::string& name, const std::string& bytes) {
    std::ofstream(path(name), std::ios::binary | std::ios::app) << bytes;
  }
  void rename(const std::string& from, const std::string& to) { fs::rename(path(from), path(to)); }

  /// Begins anew, as after a kill; `forget`: also what the store has.
  void follow(const std::vector<std::string>& patterns, bool forget = false) {
    if (forget) store_.kept.clear();
    source_ = *make_file_source(patterns, true);
    ASSERT_TRUE(source_->open(store_));
  }
  void anew() {
    for (const std::string& name : dir_.names()) fs::remove(path(name));
    follow({path("x")}, true);
  }

  /// What is there now.
  Lines look(int wait_ms = 0) {
    Lines lines;
    RecordBlock block;
    for (;;) {
      const Result<Pulled> pulled = source_->pull(block, wait_ms);
      EXPECT_TRUE(pulled) << pulled.error().what;
      if (!pulled || *pulled != Pulled::records) return lines;
      for (std::size_t i = 0; i < block.size(); ++i) lines.emplace_back(block.record(i));
      if (block.torn) lines.back() += " torn";
      store_.commit(block);
      lane_ = block.lane;
    }
  }
  /// Looks until there are so many: new files are not seen at once.
  Lines look_for(std::size_t count) {
    Lines lines;
    const auto end = std::chrono::steady_clock::now() + kHangGuard;
    while (lines.size() < count && std::chrono::steady_clock::now() < end) lines = lines + look(20);
    return lines;
  }

  test::ScratchDir dir_;
  KeptPositions store_;
  std::unique_ptr<Source> source_;
  std::uint32_t lane_ = 0;
};

const std::string kOld = "{\"seq\":0}\n{\"seq\":1}\r\n\n{\"seq\":2}\n";
const Lines kOldLines{"{\"seq\":0}", "{\"seq\":1}", "{\"seq\":2}"};
const std::string kNew = "{\"seq\":10}\n{\"seq\":11}\n";
const Lines kNewLines{"{\"seq\":10}", "{\"seq\":11}"};

TEST_F(FileFollowTest, GivesALineWhenItIsWhole) {
  Lines found;
  for (const char each : kOld) {
    append("x", std::string(1, each));
    const Lines now = look();
    EXPECT_EQ(now.size(), each == '\n' && found.size() < 3 && now.size() > 0 ? 1u : 0u);
    found = found + now;
  }
  EXPECT_EQ(found, kOldLines);
}

// Killed at every byte, and going on from what was committed.
TEST_F(FileFollowTest, GoesOnAfterAKillAtEveryByte) {
  Lines found;
  for (const char each : kOld) {
    append("x", std::string(1, each));
    follow({path("x")});
    found = found + look();
  }
  EXPECT_EQ(found, kOldLines);
}

// The writer keeps the renamed file open for a while, or not; it is killed and started again, or not.
TEST_F(FileFollowTest, FollowsARenameAtEveryByte) {
  for (const bool writes_on : {false, true}) {
    for (const bool killed : {false, true}) {
      for (std::size_t at = 0; at <= kOld.size(); ++at) {
        anew();
        append("x", kOld.substr(0, at));
        Lines found = look();
        if (!writes_on) append("x", kOld.substr(at));
        rename("x", "x.1");
        if (killed) follow({path("x")});
        found = found + look();
        if (writes_on) append("x.1", kOld.substr(at));
        append("x", "");
        found = found + look();
        append("x", kNew);
        found = found + look();
        // With nothing committed a killed one has no way of knowing what had the name before.
        const bool unknown = killed && at < 10;
        if (unknown) {
          EXPECT_THAT(found, testing::Contains(kNewLines[1])) << at;
        } else {
          EXPECT_EQ(found, kOldLines + kNewLines) << at << writes_on << killed;
        }
      }
    }
  }
}

// Two renames between two looks, numbered as logrotate does and by time, the older ones compressed or not.
TEST_F(FileFollowTest, ReadsWhatCameBetweenTwoLooks) {
  for (const bool killed : {false, true}) {
    for (const bool dated : {false, true}) {
      anew();
      append("x", kOld.substr(0, 10));
      Lines found = look();
      append("x", kOld.substr(10));
      const std::string first = dated ? "x-20260101" : "x.2";
      rename("x", first);
      append("x", "{\"seq\":5}\n");
      rename("x", dated ? "x-20260102" : "x.1");
      append("x", kNew);
      append("x.idx", "no rotated file\n");
      if (killed) follow({path("x")});
      found = found + look();
      EXPECT_EQ(found, kOldLines + Lines{"{\"seq\":5}"} + kNewLines) << killed << dated;
    }
  }
}

// With another one between, and killed or not.
TEST_F(FileFollowTest, FindsTheFileThatWasCompressedMeanwhile) {
  for (const bool killed : {false, true}) {
    anew();
    append("x", kOld.substr(0, 10));
    EXPECT_EQ(look(), Lines{kOldLines[0]});
    append("x", kOld.substr(10));
    gzFile packed = gzopen(path("x.2.gz").c_str(), "wb");
    gzwrite(packed, kOld.data(), static_cast<unsigned>(kOld.size()));
    gzclose(packed);
    fs::remove(path("x"));
    append("x", "{\"seq\":5}\n");
    rename("x", "x.1");
    append("x", kNew);
    if (killed) follow({path("x")});
    EXPECT_EQ(look(), Lines(kOldLines.begin() + 1, kOldLines.end()) + Lines{"{\"seq\":5}"} + kNewLines);
  }
}

// Copied and truncated at every byte, then written to until it is shorter, as long and longer than it was.
TEST_F(FileFollowTest, BeginsAnewWhereItWasTruncated) {
  for (std::size_t at = 1; at <= kOld.size(); ++at) {
    for (const std::size_t size : {std::size_t{0}, at, at + 1, std::size_t{100}}) {
      anew();
      append("x", kOld.substr(0, at));
      Lines found = look();
      fs::resize_file(path("x"), 0);
      const std::string text = std::string(1 + size / 2, ' ') + kNew;  // not as it began before
      append("x", text);
      found = found + look();
      // The same size within one tick of the file system's clock shows only with the next line.
      append("x", "{\"seq\":12}\n");
      found = found + look();
      Lines expected = lines_in(text, false) + Lines{"{\"seq\":12}"};
      for (const std::string& line : lines_in(kOld.substr(0, at), true)) {
        std::string bare = line;
        if (bare.ends_with('\r')) bare.pop_back();
        if (bare.ends_with("\r torn")) bare.replace(bare.size() - 6, 1, "");
        if (!bare.empty()) expected.insert(expected.end() - 3, bare);
      }
      ASSERT_EQ(found, expected) << at << " " << size;
    }
  }
}

// It grows, is copied and truncated between two looks: what it grew by is in the copy alone. Also within a
// line.
TEST_F(FileFollowTest, ReadsTheCopyOfWhatWasTruncated) {
  for (std::size_t at = 10; at <= kOld.size(); ++at) {
    anew();
    append("x", kOld.substr(0, at));
    Lines found = look();
    append("x", kOld.substr(at));
    fs::copy_file(path("x"), path("x.1"));
    fs::resize_file(path("x"), 0);
    append("x", kNew);
    found = found + look();
    EXPECT_EQ(found, kOldLines + kNewLines) << at;
  }
}

TEST_F(FileFollowTest, AReplacedFileIsBegunAnew) {
  append("x", kOld);
  EXPECT_EQ(look(), kOldLines);
  fs::remove(path("x"));
  append("x", kNew);
  follow({path("x")});
  EXPECT_EQ(look(), kNewLines);
  follow({path("x")});
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(FileFollowTest, WaitsForFilesAndTakesEachOnce) {
  follow({path("*.ndjson"), path("y")}, true);
  EXPECT_THAT(look(1), IsEmpty());
  ASSERT_TRUE(source_->wait()->longest());
  append("a.ndjson", "{\"a\":1}\n");
  EXPECT_EQ(look_for(1), Lines{"{\"a\":1}"});
  EXPECT_EQ(source_->lane(lane_).name, path("a.ndjson"));
  append("y", "{\"y\":1}\n");
  EXPECT_EQ(look_for(1), Lines{"{\"y\":1}"});
  rename("a.ndjson", "b.ndjson");
  append("c.ndjson", "{\"c\":1}\n");
  EXPECT_EQ(look_for(1), Lines{"{\"c\":1}"});
  append("b.ndjson", "{\"b\":1}\n");
  append("c.ndjson", "{\"c\":2}\n");
  EXPECT_EQ(look_for(2).size(), 2u);
}

TEST_F(FileFollowTest, AnotherHeaderIsAnotherLane) {
  append("x", "a,b\n1,2\n");
  EXPECT_EQ(look(), Lines{"1,2"});
  const std::uint32_t first = lane_;
  rename("x", "x.1");
  append("x", "a,b\n3,4\n");
  EXPECT_EQ(look(), Lines{"3,4"});
  EXPECT_EQ(lane_, first);
  rename("x", "x.2");
  append("x", "b,a\n5,6\n");
  EXPECT_EQ(look(), Lines{"5,6"});
  EXPECT_NE(lane_, first);
  EXPECT_EQ(source_->lane(first).header, "a,b");
  EXPECT_EQ(source_->lane(lane_).header, "b,a");
}

TEST_F(FileFollowTest, APipeHasOneWriterAfterTheOther) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  follow({path("pipe")}, true);
  EXPECT_THAT(look(), IsEmpty());
  for (int turn = 0; turn < 3; ++turn) {
    append("pipe", kOld + "{\"tor");
    EXPECT_EQ(look_for(4), kOldLines + Lines{"{\"tor torn"});
  }
}

TEST_F(FileFollowTest, EndsWhenItIsStopped) {
  append("x", kOld);
  source_->stop();
  RecordBlock block;
  EXPECT_EQ(*source_->pull(block, 0), Pulled::ended);
  EXPECT_FALSE(source_->is_bounded());
  follow({path("x")});
  EXPECT_EQ(look(), kOldLines);
}

}  // namespace
}  // namespace racesim
