// Goal: files are read once, in their order, whole, and from where a store says; what is another file than
// before is told apart. Method: small files in a scratch folder, read by sources that come and go, against
// the lines that were written.
#include "io/sources/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "kept_positions.h"
#include "support/scratch_dir.h"

namespace racesim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string line_of(int i) {
  return "{\"seq\":" + std::to_string(i) + ",\"text\":\"" +
         std::string(static_cast<std::size_t>(i % 50), 'a') + "\"}";
}
std::string lines_of(int from, int to) {
  std::string text;
  for (int i = from; i < to; ++i) text += line_of(i) + "\n";
  return text;
}

class FileSourceTest : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& bytes) {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }
  std::string path(const std::string& name) { return dir_ / name; }
  void gzip(const std::string& name, const std::string& bytes) {
    gzFile file = gzopen(path(name).c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
  }
  void zstd(const std::string& name, const std::string& bytes) {
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
    write(name, out);
  }

  /// Records up to the end, or `blocks` blocks; commits them. An error is the last of them, behind "!".
  std::vector<std::string> read(const std::vector<std::string>& patterns, int blocks = -1) {
    auto source = make_file_source(patterns, false);
    std::vector<std::string> records;
    if (Done opened = (*source)->open(store_); !opened) return {"!" + opened.error().what};
    RecordBlock block;
    while (blocks-- != 0) {
      const Result<Pulled> pulled = (*source)->pull(block, 1000);
      if (!pulled) {
        records.push_back("!" + pulled.error().what + " | " + pulled.error().hint);
        break;
      }
      if (*pulled == Pulled::ended) break;
      for (std::size_t i = 0; i < block.size(); ++i) records.emplace_back(block.record(i));
      if (block.torn) records.back() += " torn";
      if (block.size() > 0) store_.commit(block);
      lane_ = (*source)->lane(block.lane);
    }
    return records;
  }

  test::ScratchDir dir_;
  KeptPositions store_;
  LaneInfo lane_;
};

std::vector<std::string> expected(int from, int to) {
  std::vector<std::string> lines;
  for (int i = from; i < to; ++i) lines.push_back(line_of(i));
  return lines;
}

TEST_F(FileSourceTest, ReadsFilesInOrderAndEachOnce) {
  write("b.ndjson", lines_of(2, 4));
  write("a.ndjson", lines_of(0, 2));
  write("c.ndjson.partial", lines_of(90, 91));
  write("[x]?.ndjson", lines_of(4, 5));
  fs::create_directory(path("d.ndjson"));
  fs::create_symlink(path("a.ndjson"), path("link"));
  EXPECT_EQ(read({path("*.ndjson"), path("link"), path("./a.ndjson")}).size(), 5u);
  EXPECT_THAT(read({path("*")}), IsEmpty());
  store_.kept.clear();
  EXPECT_EQ(read({path("[ab].ndjson")}), expected(0, 4));
  EXPECT_EQ(read({path("[x]?.ndjson")}), expected(4, 5));
  EXPECT_EQ(lane_.name, path("[x]?.ndjson"));
  write("b.ndjson", lines_of(2, 4) + lines_of(4, 6));
  write("e.ndjson", lines_of(7, 8));
  EXPECT_EQ(read({path("{a,b}.ndjson")}), expected(4, 6));
}

TEST_F(FileSourceTest, SaysWhatIsNotThere) {
  EXPECT_THAT(read({path("x.ndjson")}), ElementsAre(HasSubstr("No such file")));
  EXPECT_THAT(read({path("*.ndjson")}), ElementsAre(HasSubstr("no file matches")));
  EXPECT_THAT(read({path("")}), ElementsAre(HasSubstr("is a directory")));
  const Done checked = check_file_source({path("*.ndjson")}, false);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::usage);
  EXPECT_TRUE(check_file_source({path("*.ndjson")}, true));
}

// Some 12 MB: a position behind every block, and reading on from each.
TEST_F(FileSourceTest, GoesOnFromEachBlock) {
  const std::string text = lines_of(0, 120'000);
  write("plain", text);
  gzip("packed.gz", text);
  zstd("packed.zst", text);
  for (const std::string name : {"plain", "packed.gz", "packed.zst"}) {
    std::vector<std::string> found;
    int starts = 0;
    for (;; ++starts) {
      const std::vector<std::string> some = read({path(name)}, 1);
      if (some.empty()) break;
      found.insert(found.end(), some.begin(), some.end());
    }
    EXPECT_GT(starts, 5);
    EXPECT_TRUE(found == expected(0, 120'000)) << name;
  }
}

TEST_F(FileSourceTest, OpensNothingThatWasReadToItsEnd) {
  gzip("a.gz", lines_of(0, 3));
  EXPECT_EQ(read({path("a.gz")}), expected(0, 3));
  struct stat before {};
  ::stat(path("a.gz").c_str(), &before);
  // The same size and time, and no gzip any more: whoever reads it fails.
  {
    std::fstream file(path("a.gz"), std::ios::in | std::ios::out | std::ios::binary);
    file << std::string(static_cast<std::size_t>(before.st_size), 'x');
  }
  const timespec times[2] = {before.st_atim, before.st_mtim};
  ::utimensat(AT_FDCWD, path("a.gz").c_str(), times, 0);
  EXPECT_THAT(read({path("a.gz")}), IsEmpty());
  ::utimensat(AT_FDCWD, path("a.gz").c_str(), nullptr, 0);
  EXPECT_THAT(read({path("a.gz")}), ElementsAre(HasSubstr("does not begin like compressed data")));
}

TEST_F(FileSourceTest, RefusesAFileThatIsAnotherOne) {
  write("a", lines_of(0, 300));
  EXPECT_EQ(read({path("a")}), expected(0, 300));
  write("a", lines_of(1000, 1400));
  EXPECT_THAT(read({path("a")}),
              ElementsAre(testing::AllOf(HasSubstr("is another file now"), HasSubstr("first 4,096"),
                                         HasSubstr("--from stdin <"))));
  write("a", lines_of(0, 200));
  EXPECT_THAT(read({path("a")}), ElementsAre(HasSubstr("shorter")));
  std::string changed = lines_of(0, 300);
  changed[changed.size() - 5] = 'z';
  write("a", changed + lines_of(300, 310));
  EXPECT_THAT(read({path("a")}), ElementsAre(HasSubstr("what stands before byte")));
  write("a", lines_of(0, 310));
  EXPECT_EQ(read({path("a")}), expected(300, 310));
}

TEST_F(FileSourceTest, ReadsATornLineAgainOnceItIsWhole) {
  write("a", "{\"seq\":0}\n{\"seq\":1");
  EXPECT_THAT(read({path("a")}), ElementsAre("{\"seq\":0}", "{\"seq\":1 torn"));
  EXPECT_THAT(read({path("a")}), IsEmpty());
  write("a", "{\"seq\":0}\n{\"seq\":12}\n{\"seq\":2}\n");
  EXPECT_THAT(read({path("a")}), ElementsAre("{\"seq\":12}", "{\"seq\":2}"));
}

TEST_F(FileSourceTest, KnowsTheHeaderWhenItGoesOn) {
  write("a.csv", "id,seq\n1,0\n\"2\n3\",1\n");
  EXPECT_THAT(read({path("a.csv")}), ElementsAre("1,0", "\"2\n3\",1"));
  EXPECT_EQ(lane_.header, "id,seq");
  lane_ = {};
  std::ofstream(path("a.csv"), std::ios::app) << "4,2\n";
  EXPECT_THAT(read({path("a.csv")}), ElementsAre("4,2"));
  EXPECT_EQ(lane_.header, "id,seq");
}

TEST_F(FileSourceTest, GivesWhatStandsBeforeTheDamage) {
  gzip("a.gz", lines_of(0, 50'000));
  fs::resize_file(path("a.gz"), fs::file_size(path("a.gz")) / 2);
  std::vector<std::string> found = read({path("a.gz")});
  ASSERT_GT(found.size(), 1000u);
  EXPECT_THAT(found.back(), HasSubstr("truncated"));
  found.pop_back();
  EXPECT_EQ(found, expected(0, static_cast<int>(found.size())));
}

TEST_F(FileSourceTest, ReadsAPipeWhoseWriterDiesInMidLine) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  for (int turn = 0; turn < 2; ++turn) {
    std::thread writer([&] { std::ofstream(path("pipe")) << lines_of(0, 3) + "{\"seq\""; });
    EXPECT_THAT(read({path("pipe")}), ElementsAre(line_of(0), line_of(1), line_of(2), "{\"seq\" torn"));
    writer.join();
  }
}

TEST_F(FileSourceTest, StopsBetweenBlocksAndGoesOn) {
  write("a", lines_of(0, 50'000));
  auto source = make_file_source({path("a")}, false);
  ASSERT_TRUE((*source)->open(store_));
  RecordBlock block;
  ASSERT_EQ(*(*source)->pull(block, 0), Pulled::records);
  store_.commit(block);
  (*source)->stop();
  ASSERT_EQ(*(*source)->pull(block, 0), Pulled::ended);
  EXPECT_EQ(read({path("a")}), expected(static_cast<int>(store_.kept.begin()->second.consumed), 50'000));
}

}  // namespace
}  // namespace racesim
