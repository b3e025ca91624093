// Goal: a file is seen complete or as .partial, an event counts as acked only if the kernel has it, and what
// is in the way of a file is said. Method: look into the folder between the calls; disk-full by /dev/full and
// by RLIMIT_FSIZE.
#include "io/sinks/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <thread>

#include "support/pipes.h"
#include "support/scratch_dir.h"
#include "support/wire_batches.h"

namespace racesim {
namespace {

using test::AckLog;
using test::make_batch;
using test::make_bulk_batch;
using test::read_file;
using test::tally;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FileSinkTest : public testing::Test {
 protected:
  void SetUp() override { test::ignore_write_signals(); }

  Result<std::unique_ptr<Sink>> open_sink_at(const std::string& path, std::string header = {}) {
    return open_file_sink(path, std::move(header), system_clock(), &acks_);
  }

  test::ScratchDir dir_;
  AckLog acks_;
};

TEST_F(FileSinkTest, TheNameAppearsAtTheEnd) {
  const std::string path = dir_ / "plays.csv";
  auto sink = open_sink_at(path, "id,name\n");
  ASSERT_TRUE(sink);
  EXPECT_EQ((*sink)->name(), "file:" + path);
  const SharedBatch batch = make_bulk_batch(5000, 300);
  ASSERT_TRUE((*sink)->submit(batch, 0, 100));
  EXPECT_THAT(dir_.names(), ElementsAre("plays.csv.partial"));
  ASSERT_TRUE((*sink)->submit(batch, 100, 5000));
  ASSERT_TRUE((*sink)->close());
  EXPECT_THAT(dir_.names(), ElementsAre("plays.csv"));
  EXPECT_EQ(read_file(path), "id,name\n" + std::string(batch->text.view()));
  EXPECT_THAT(tally(**sink), ElementsAre(5000, 5000, 0));
  EXPECT_EQ((*sink)->counters().bytes, batch->text.size());
  EXPECT_EQ(acks_.events(), 5000u);
}

TEST_F(FileSinkTest, AnOlderFileStaysUntilTheNewOneIsComplete) {
  test::write_file(dir_ / "a", "old\n");
  auto sink = open_sink_at(dir_ / "a");
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->submit(make_batch({"new"}), 0, 1));
  EXPECT_EQ(read_file(dir_ / "a"), "old\n");
  ASSERT_TRUE((*sink)->close());
  EXPECT_EQ(read_file(dir_ / "a"), "new\n");
}

TEST_F(FileSinkTest, WithoutEventsTheFileIsEmpty) {
  auto sink = open_sink_at(dir_ / "a");
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->close());
  EXPECT_EQ(read_file(dir_ / "a"), "");
}

TEST_F(FileSinkTest, FullDiskKeepsWholeEventsAndCountsThem) {
  auto sink = open_sink_at(dir_ / "a", "header\n");
  ASSERT_TRUE(sink);
  const SharedBatch batch = make_bulk_batch(2000, 300);
  Done done;
  {
    const test::FileSizeLimit limit(100'000);
    ASSERT_TRUE((*sink)->submit(batch, 0, 10));
    done = (*sink)->submit(batch, 10, 2000);
  }
  ASSERT_FALSE(done);
  const SinkCounters& c = (*sink)->counters();
  EXPECT_EQ(done.error().what, "write " + (dir_ / "a.partial") + ": File too large (after 100000 bytes, " +
                                   std::to_string(c.acked) + " events)");
  EXPECT_THAT(done.error().hint, HasSubstr("ulimit -f"));
  EXPECT_EQ(c.sent, 2000u);
  EXPECT_EQ(c.acked + c.failed, 2000u);
  EXPECT_EQ(c.acked, acks_.events());
  EXPECT_GT(c.acked, 10u);
  EXPECT_FALSE((*sink)->submit(batch, 0, 7));
  EXPECT_EQ(c.acked + c.failed, 2007u);
  const Done closed = (*sink)->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().what, done.error().what);
  EXPECT_THAT(dir_.names(), ElementsAre("a.partial"));
  EXPECT_EQ(read_file(dir_ / "a.partial"), "header\n" + std::string(batch->lines(0, c.acked)));
}

TEST_F(FileSinkTest, AFileThatGotNothingLeavesNothing) {
  auto sink = open_sink_at(dir_ / "a");
  ASSERT_TRUE(sink);
  {
    const test::FileSizeLimit limit(10);
    EXPECT_FALSE((*sink)->submit(make_bulk_batch(10, 300), 0, 10));
  }
  EXPECT_FALSE((*sink)->close());
  EXPECT_THAT(dir_.names(), IsEmpty());
}

TEST_F(FileSinkTest, AbandonedWithNothingOpenItIsStillComplete) {
  auto sink = open_sink_at(dir_ / "a");
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->submit(make_batch({"x"}), 0, 1));
  (*sink)->abandon();
  ASSERT_TRUE((*sink)->close());
  EXPECT_EQ(read_file(dir_ / "a"), "x\n");
}

TEST_F(FileSinkTest, AbandonedWithEventsOpenItStaysPartial) {
  auto sink = open_sink_at(dir_ / "a");
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->submit(make_batch({"x"}), 0, 1));
  (*sink)->abandon();
  EXPECT_TRUE((*sink)->submit(make_batch({"y", "z"}), 0, 2));
  const Done closed = (*sink)->close();
  ASSERT_FALSE(closed);
  EXPECT_THAT(closed.error().hint, HasSubstr(dir_ / "a.partial"));
  EXPECT_THAT(tally(**sink), ElementsAre(3, 1, 2));
  EXPECT_EQ(read_file(dir_ / "a.partial"), "x\n");
}

TEST_F(FileSinkTest, DestroyedWithoutCloseItKeepsWhatItHas) {
  {
    auto used = open_sink_at(dir_ / "used");
    auto unused = open_sink_at(dir_ / "unused");
    ASSERT_TRUE(used && unused);
    ASSERT_TRUE((*used)->submit(make_batch({"x"}), 0, 1));
  }
  EXPECT_THAT(dir_.names(), ElementsAre("used.partial"));
}

TEST_F(FileSinkTest, DevicesAreWrittenInPlace) {
  auto null = open_sink_at("/dev/null");
  ASSERT_TRUE(null);
  ASSERT_TRUE((*null)->submit(make_batch({"a", "b"}), 0, 2));
  ASSERT_TRUE((*null)->close());
  EXPECT_THAT(tally(**null), ElementsAre(2, 2, 0));

  auto full = open_sink_at("/dev/full");
  ASSERT_TRUE(full);
  const Done done = (*full)->submit(make_batch({"a"}), 0, 1);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().what, "write file:/dev/full: No space left on device (after 0 bytes, 0 events)");
  EXPECT_THAT(tally(**full), ElementsAre(1, 0, 1));
  EXPECT_FALSE((*full)->close());
}

TEST_F(FileSinkTest, DescriptorPathsContinueWhereTheyStand) {
  const test::Fd fd(open((dir_ / "a").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_EQ(write(fd.get(), "before\n", 7), 7);
  for (const std::string prefix : {"/dev/fd/", "/proc/self/fd/"}) {
    auto sink = open_sink_at(prefix + std::to_string(fd.get()));
    ASSERT_TRUE(sink);
    ASSERT_TRUE((*sink)->submit(make_batch({"x"}), 0, 1));
    ASSERT_TRUE((*sink)->close());
  }
  EXPECT_EQ(read_file(dir_ / "a"), "before\nx\nx\n");
  EXPECT_THAT(dir_.names(), ElementsAre("a"));
  EXPECT_FALSE(open_sink_at("/dev/fd/99999"));
}

TEST_F(FileSinkTest, NamedPipe) {
  const std::string path = dir_ / "fifo";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const SharedBatch batch = make_bulk_batch(10'000, 300);
  std::thread writer([&] {
    auto sink = open_sink_at(path, "id\n");
    ASSERT_TRUE(sink);
    EXPECT_TRUE((*sink)->submit(batch, 0, batch->size()));
    EXPECT_TRUE((*sink)->close());
    EXPECT_THAT(tally(**sink), ElementsAre(10'000, 10'000, 0));
  });
  {
    const test::Fd read_end(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(test::read_some(read_end.get(), 10'000'000), "id\n" + std::string(batch->text.view()));
  }
  writer.join();
  EXPECT_THAT(dir_.names(), ElementsAre("fifo"));
}

TEST_F(FileSinkTest, NamedPipeWithoutEventsGivesItsReaderTheEnd) {
  const std::string path = dir_ / "fifo";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] {
    auto sink = open_sink_at(path);
    ASSERT_TRUE(sink);
    EXPECT_TRUE((*sink)->close());
  });
  {
    const test::Fd read_end(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(test::read_some(read_end.get(), 10), "");
  }
  writer.join();
}

TEST_F(FileSinkTest, NamedPipeWithoutReaderCanBeAbandoned) {
  const std::string path = dir_ / "fifo";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  auto sink = open_sink_at(path);
  ASSERT_TRUE(sink);
  std::thread breaker([&] { (*sink)->abandon(); });
  EXPECT_TRUE((*sink)->submit(make_batch({"x"}), 0, 1));
  breaker.join();
  EXPECT_TRUE((*sink)->close());
  EXPECT_THAT(tally(**sink), ElementsAre(1, 0, 1));
}

TEST_F(FileSinkTest, TwoSinksOnOneFile) {
  auto first = open_sink_at(dir_ / "a");
  ASSERT_TRUE(first);
  const auto second = open_sink_at(dir_ / "a");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::busy);
}

TEST_F(FileSinkTest, WhatStandsInTheWayIsSaid) {
  const auto missing = open_sink_at(dir_ / "no/a");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().hint, "create it: mkdir -p " + (dir_ / "no"));
  test::write_file(dir_ / "f", "");
  const auto below_file = open_sink_at(dir_ / "f/a");
  ASSERT_FALSE(below_file);
  EXPECT_THAT(below_file.error().what, HasSubstr("is a file, not a directory"));
  EXPECT_FALSE(open_sink_at(dir_.path()));
}

}  // namespace
}  // namespace racesim
