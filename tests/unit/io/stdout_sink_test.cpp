// Goal: the stdout sink writes exactly the submitted ranges, counts each event once whatever happens to the
// reader, and never hangs. Method: pipes read slowly, closed in the middle, or never read while another
// thread abandons the sink.
#include "io/sinks/stdout.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "support/pipes.h"
#include "support/wire_batches.h"

namespace racesim {
namespace {

using test::AckLog;
using test::Drain;
using test::Fd;
using test::make_batch;
using test::make_bulk_batch;
using test::tally;
using testing::ElementsAre;
using testing::HasSubstr;

class StdoutSinkTest : public testing::Test {
 protected:
  void SetUp() override { test::ignore_write_signals(); }

  std::unique_ptr<Sink> open_on_pipe(std::string header = {}) {
    auto sink = open_fd_sink(pipe_.write.get(), "stdout", std::move(header), &acks_);
    EXPECT_TRUE(sink);
    return std::move(*sink);
  }

  test::Pipe pipe_ = test::make_pipe();
  AckLog acks_;
};

TEST_F(StdoutSinkTest, WritesRangesAfterTheHeader) {
  auto sink = open_on_pipe("id,name\n");
  const SharedBatch batch = make_batch({"a", "bb", "", "dddd"});
  ASSERT_TRUE(sink->submit(batch, 0, 2));
  ASSERT_TRUE(sink->submit(batch, 2, 2));
  ASSERT_TRUE(sink->submit(batch, 2, 4));
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(tally(*sink), ElementsAre(4, 4, 0));
  EXPECT_EQ(sink->counters().bytes, 11u);
  EXPECT_TRUE(acks_.in_order());
  EXPECT_EQ(acks_.events(), 4u);
  sink.reset();
  pipe_.write.reset();
  EXPECT_EQ(test::read_some(pipe_.read.get(), 100), "id,name\na\nbb\n\ndddd\n");
}

TEST_F(StdoutSinkTest, WithoutEventsOnlyTheHeader) {
  auto sink = open_on_pipe("id,name\n");
  ASSERT_TRUE(sink->close());
  ASSERT_TRUE(sink->close());
  sink.reset();
  pipe_.write.reset();
  EXPECT_EQ(test::read_some(pipe_.read.get(), 100), "id,name\n");
}

TEST_F(StdoutSinkTest, SlowReaderGetsEverything) {
  auto sink = open_on_pipe();
  std::string expected;
  {
    Drain drain(pipe_.read.get(), 777);
    for (std::uint64_t i = 0; i < 20; ++i) {
      const SharedBatch batch = make_bulk_batch(1000, 300, i * 1000);
      expected += batch->text.view();
      ASSERT_TRUE(sink->submit(batch, 0, 400));
      ASSERT_TRUE(sink->submit(batch, 400, 1000));
    }
    ASSERT_TRUE(sink->close());
    EXPECT_EQ(sink->counters().bytes, expected.size());
    EXPECT_THAT(tally(*sink), ElementsAre(20'000, 20'000, 0));
    sink.reset();
    pipe_.write.reset();
    EXPECT_EQ(drain.text(), expected);
  }
  EXPECT_TRUE(acks_.in_order());
  EXPECT_EQ(acks_.events(), 20'000u);
}

TEST_F(StdoutSinkTest, AReaderThatClosesEndsTheSinkAndIsTold) {
  auto sink = open_on_pipe();
  const SharedBatch batch = make_bulk_batch(20'000, 300);  // several times what the pipe holds
  std::string seen;
  std::thread reader([&] {
    seen = test::read_some(pipe_.read.get(), 100'000);
    pipe_.read.reset();
  });
  const Done done = sink->submit(batch, 0, batch->size());
  reader.join();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().what, "write stdout: the reader closed the pipe");
  EXPECT_EQ(done.error().kind, ErrorKind::reader_gone);
  EXPECT_EQ(seen, batch->text.view().substr(0, 100'000));
  EXPECT_FALSE(sink->submit(batch, 0, 5));
  EXPECT_FALSE(sink->close());
  const SinkCounters& c = sink->counters();
  EXPECT_EQ(c.sent, 20'005u);
  EXPECT_EQ(c.acked + c.failed, c.sent);
  EXPECT_EQ(c.acked, acks_.events());
  EXPECT_TRUE(acks_.in_order());
  // Acked means that the kernel has every byte: at least what the reader saw, at most that and a full pipe.
  EXPECT_EQ(c.bytes, batch->lines(0, c.acked).size());
  EXPECT_GT(c.bytes, 99'000u);
}

TEST_F(StdoutSinkTest, AbandonEndsABlockedSubmit) {
  auto sink = open_on_pipe();
  const auto capacity = static_cast<std::uint64_t>(fcntl(pipe_.write.get(), F_GETPIPE_SZ));
  const SharedBatch batch = make_bulk_batch(20'000, 300);
  ASSERT_GT(batch->text.size(), capacity * 2);
  std::thread breaker([&] {
    while (sink->counters().bytes + 1000 < capacity) std::this_thread::yield();
    sink->abandon();
  });
  EXPECT_TRUE(sink->submit(batch, 0, batch->size()));
  breaker.join();
  EXPECT_TRUE(sink->submit(batch, 0, 1));
  EXPECT_TRUE(sink->close());
  const SinkCounters& c = sink->counters();
  EXPECT_EQ(c.sent, 20'001u);
  EXPECT_EQ(c.acked + c.failed, c.sent);
  EXPECT_GT(c.failed, 0u);
  EXPECT_EQ(c.acked, acks_.events());
}

TEST_F(StdoutSinkTest, AbandonWhileTheHeaderWaits) {
  auto sink = open_on_pipe("id\n");
  const auto capacity = static_cast<std::size_t>(fcntl(pipe_.write.get(), F_GETPIPE_SZ));
  const std::string filler(capacity, 'x');
  ASSERT_EQ(write(pipe_.write.get(), filler.data(), capacity), static_cast<ssize_t>(capacity));
  std::thread breaker([&] { sink->abandon(); });
  EXPECT_TRUE(sink->submit(make_batch({"a"}), 0, 1));
  breaker.join();
  EXPECT_TRUE(sink->close());
  EXPECT_THAT(tally(*sink), ElementsAre(1, 0, 1));
}

TEST_F(StdoutSinkTest, FullDevice) {
  const Fd full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  auto sink = open_fd_sink(full.get(), "stdout", {}, &acks_);
  ASSERT_TRUE(sink);
  const Done done = (*sink)->submit(make_batch({"a", "b"}), 0, 2);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().what, "write stdout: No space left on device (after 0 bytes, 0 events)");
  EXPECT_THAT(done.error().hint, HasSubstr("free space"));
  EXPECT_THAT(tally(**sink), ElementsAre(2, 0, 2));
  EXPECT_EQ(done.error().kind, ErrorKind::runtime);
}

TEST_F(StdoutSinkTest, AppendsToARedirectedFileWhereItStands) {
  char name[] = "/tmp/racesim-XXXXXX";
  const Fd file(mkstemp(name));
  unlink(name);
  ASSERT_EQ(write(file.get(), "before\n", 7), 7);
  auto sink = open_fd_sink(file.get(), "stdout", {}, nullptr);
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->submit(make_batch({"a"}), 0, 1));
  ASSERT_TRUE((*sink)->close());
  lseek(file.get(), 0, SEEK_SET);
  EXPECT_EQ(test::read_some(file.get(), 100), "before\na\n");
}

TEST_F(StdoutSinkTest, DescriptorsThatCannotBeWritten) {
  const auto reading = open_fd_sink(pipe_.read.get(), "stdout", {}, nullptr);
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().what, "write stdout: it is closed, or open for reading only");
  const auto closed = open_fd_sink(1 << 20, "stdout", {}, nullptr);
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().what, "write stdout: it is closed");
  EXPECT_THAT(closed.error().hint, HasSubstr("--sink file:PATH"));
}

}  // namespace
}  // namespace racesim
