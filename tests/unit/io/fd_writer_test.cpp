// Goal: FdWriter delivers every byte to pipes, sockets, terminals and files, never changes the flags that
// others share, and a write that waits for a reader ends when another thread says so. Method: real
// descriptors of each kind; the blocked state is reached by filling the pipe, not by waiting.
#include "io/files/fd_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "support/pipes.h"
#include "support/scratch_dir.h"

namespace racesim {
namespace {

using test::Drain;
using test::Fd;
using test::make_pipe;
using test::Pipe;

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
  return text;
}

WriteStep write_all(FdWriter& writer, std::string_view bytes) {
  while (!bytes.empty()) {
    const WriteStep step = writer.write_some(bytes);
    if (step.end != WriteEnd::taken) return step;
    bytes.remove_prefix(step.bytes);
  }
  return {};
}

class FdWriterTest : public testing::Test {
 protected:
  void SetUp() override { test::ignore_write_signals(); }
};

TEST_F(FdWriterTest, PipeGetsAllBytesAndKeepsItsFlags) {
  Pipe pipe = make_pipe();
  auto writer = FdWriter::open(pipe.write.get(), FdWriter::Owner::caller);
  ASSERT_TRUE(writer);
  EXPECT_EQ(fcntl(pipe.write.get(), F_GETFL) & O_NONBLOCK, 0);
  Drain drain(pipe.read.get());
  const std::string text = pattern(5'000'000);
  EXPECT_EQ(write_all(**writer, text).end, WriteEnd::taken);
  writer->reset();
  pipe.write.reset();
  EXPECT_EQ(drain.text(), text);
}

TEST_F(FdWriterTest, WidensPipes) {
  Pipe pipe = make_pipe();
  const int before = fcntl(pipe.write.get(), F_GETPIPE_SZ);
  auto writer = FdWriter::open(pipe.write.get(), FdWriter::Owner::caller);
  ASSERT_TRUE(writer);
  EXPECT_GT(fcntl(pipe.write.get(), F_GETPIPE_SZ), before);
}

TEST_F(FdWriterTest, AnInheritedNonBlockingPipeIsWrittenWhole) {
  Pipe pipe = make_pipe();
  fcntl(pipe.write.get(), F_SETFL, O_NONBLOCK);
  auto writer = FdWriter::open(pipe.write.get(), FdWriter::Owner::caller);
  ASSERT_TRUE(writer);
  Drain drain(pipe.read.get(), 1000);
  const std::string text = pattern(3'000'000);
  EXPECT_EQ(write_all(**writer, text).end, WriteEnd::taken);
  writer->reset();
  pipe.write.reset();
  EXPECT_EQ(drain.text(), text);
}

TEST_F(FdWriterTest, PollFirstWritesPiecesThatDoNotBlock) {
  Pipe pipe = make_pipe();
  auto writer = FdWriter::open(pipe.write.get(), FdWriter::Owner::caller, FdWriter::Method::poll_first);
  ASSERT_TRUE(writer);
  EXPECT_LE((*writer)->write_some(pattern(100'000)).bytes, 4096u);
  Drain drain(pipe.read.get());
  EXPECT_EQ(write_all(**writer, pattern(1'000'000)).end, WriteEnd::taken);
  writer->reset();
  pipe.write.reset();
  EXPECT_EQ(drain.text().size(), 1'004'096u);
}

TEST_F(FdWriterTest, SocketAndTerminal) {
  std::array<int, 2> ends{-1, -1};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  Fd near(ends[0]);
  const Fd far(ends[1]);
  const std::string text = pattern(2'000'000);
  {
    Drain drain(far.get());
    auto writer = FdWriter::open(near.get(), FdWriter::Owner::caller);
    ASSERT_TRUE(writer);
    EXPECT_EQ(write_all(**writer, text).end, WriteEnd::taken);
    near.reset();
    EXPECT_EQ(drain.text(), text);
  }

  const Fd master(posix_openpt(O_RDWR | O_NOCTTY));
  if (master.get() < 0) GTEST_SKIP() << "no pseudo-terminals here";
  ASSERT_EQ(grantpt(master.get()), 0);
  ASSERT_EQ(unlockpt(master.get()), 0);
  std::array<char, 64> name{};
  ASSERT_EQ(ptsname_r(master.get(), name.data(), name.size()), 0);
  const Fd terminal(open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios raw{};
  tcgetattr(terminal.get(), &raw);
  cfmakeraw(&raw);
  tcsetattr(terminal.get(), TCSANOW, &raw);
  auto writer = FdWriter::open(terminal.get(), FdWriter::Owner::caller);
  ASSERT_TRUE(writer);
  std::string seen;
  std::thread reader([&] { seen = test::read_some(master.get(), 100'000); });
  EXPECT_EQ(write_all(**writer, text.substr(0, 100'000)).end, WriteEnd::taken);
  reader.join();
  EXPECT_EQ(seen, text.substr(0, 100'000));
}

TEST_F(FdWriterTest, ReaderGoneIsTold) {
  Pipe pipe = make_pipe();
  auto writer = FdWriter::open(pipe.write.get(), FdWriter::Owner::caller);
  ASSERT_TRUE(writer);
  EXPECT_EQ((*writer)->write_some("x").bytes, 1u);
  pipe.read.reset();
  EXPECT_EQ((*writer)->write_some("x").end, WriteEnd::reader_gone);
}

TEST_F(FdWriterTest, AFailureCarriesItsNumber) {
  auto writer = FdWriter::open(open("/dev/full", O_WRONLY | O_CLOEXEC), FdWriter::Owner::writer);
  ASSERT_TRUE(writer);
  const WriteStep step = (*writer)->write_some("x");
  EXPECT_EQ(step.end, WriteEnd::failed);
  EXPECT_EQ(step.error_number, ENOSPC);
}

/// Writes until interrupted; the reader never reads. The main thread interrupts once the pipe is full.
void interrupt_when_full(FdWriter::Method method) {
  Pipe pipe = make_pipe();
  auto writer = method == FdWriter::Method::non_blocking
                    ? FdWriter::open(pipe.write.get(), FdWriter::Owner::caller)
                    : FdWriter::open(pipe.write.get(), FdWriter::Owner::caller, method);
  ASSERT_TRUE(writer);
  const auto capacity = static_cast<std::size_t>(fcntl(pipe.write.get(), F_GETPIPE_SZ));
  const std::string text = pattern(capacity * 2);
  std::atomic<std::size_t> taken{0};
  WriteStep last;
  std::thread thread([&] {
    while (last.end == WriteEnd::taken) {
      last = (*writer)->write_some(text);
      taken += last.bytes;
      taken.notify_all();
    }
  });
  for (std::size_t seen = taken; seen < capacity; seen = taken) taken.wait(seen);
  (*writer)->interrupt();
  thread.join();
  EXPECT_EQ(last.end, WriteEnd::interrupted);
  EXPECT_EQ(taken, capacity);
  EXPECT_EQ((*writer)->write_some("x").end, WriteEnd::interrupted);
}

TEST_F(FdWriterTest, InterruptEndsABlockedWrite) {
  interrupt_when_full(FdWriter::Method::non_blocking);
}

TEST_F(FdWriterTest, InterruptEndsABlockedWriteOfThePollFirstMethod) {
  interrupt_when_full(FdWriter::Method::poll_first);
}

TEST_F(FdWriterTest, SignalsDoNotCutAWriteShort) {
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = [](int) {};  // without SA_RESTART: system calls return EINTR
  sigaction(SIGUSR1, &action, &before);
  Pipe pipe = make_pipe();
  auto writer = FdWriter::open(pipe.write.get(), FdWriter::Owner::caller);
  ASSERT_TRUE(writer);
  const std::string text = pattern(4'000'000);
  std::thread thread([&] { EXPECT_EQ(write_all(**writer, text).end, WriteEnd::taken); });
  std::string seen;
  while (seen.size() < text.size()) {
    pthread_kill(thread.native_handle(), SIGUSR1);
    seen += test::read_some(pipe.read.get(), 50'000);
  }
  thread.join();
  EXPECT_EQ(seen, text);
  sigaction(SIGUSR1, &before, nullptr);
}

TEST_F(FdWriterTest, NamedPipeWaitsForItsReader) {
  const test::ScratchDir dir;
  const std::string path = dir / "fifo";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  auto writer = FdWriter::fifo(path);
  ASSERT_TRUE(writer);
  const std::string text = pattern(2'000'000);
  std::thread thread([&] {
    EXPECT_EQ(write_all(**writer, text).end, WriteEnd::taken);
    writer->reset();
  });
  const Fd read_end(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(test::read_some(read_end.get(), text.size() + 1), text);
  thread.join();
}

TEST_F(FdWriterTest, WaitingForTheReaderOfANamedPipeCanBeInterrupted) {
  const test::ScratchDir dir;
  const std::string path = dir / "fifo";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  auto writer = FdWriter::fifo(path);
  ASSERT_TRUE(writer);
  WriteStep step;
  std::thread thread([&] { step = (*writer)->write_some("x"); });
  (*writer)->interrupt();
  thread.join();
  EXPECT_EQ(step.end, WriteEnd::interrupted);
}

}  // namespace
}  // namespace racesim
