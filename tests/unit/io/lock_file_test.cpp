// Goal: one holder at a time, named to the others; a holder that is killed holds nothing any more.
// Method: contention within the process and with forked children that end in an orderly way or by SIGKILL.
#include "io/files/lock_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "support/pipes.h"
#include "support/scratch_dir.h"

namespace racesim {
namespace {

using testing::HasSubstr;

TEST(LockFileTest, SecondHolderIsRefusedAndToldWhoHoldsIt) {
  const test::ScratchDir dir;
  const std::string path = dir / "run.lock";
  auto lock = LockFile::acquire(path);
  ASSERT_TRUE(lock);
  const auto second = LockFile::acquire(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::busy);
  EXPECT_EQ(second.error().what,
            "lock " + path + ": held by another run (process " + std::to_string(getpid()) + ")");
  EXPECT_FALSE(second.error().hint.empty());
  EXPECT_EQ(test::read_file(path), std::to_string(getpid()) + "\n");
}

TEST(LockFileTest, ReleasedWithTheObject) {
  const test::ScratchDir dir;
  const std::string path = dir / "run.lock";
  {
    auto lock = LockFile::acquire(path);
    ASSERT_TRUE(lock);
    LockFile moved = std::move(*lock);
    EXPECT_FALSE(LockFile::acquire(path));
  }
  EXPECT_EQ(test::read_file(path), "");
  EXPECT_TRUE(LockFile::acquire(path));
}

TEST(LockFileTest, AKilledHolderLetsGo) {
  const test::ScratchDir dir;
  const std::string path = dir / "run.lock";
  test::Pipe ready = test::make_pipe();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto lock = LockFile::acquire(path);
    const char answer = lock ? 'y' : 'n';
    if (write(ready.write.get(), &answer, 1) != 1) _exit(1);
    for (;;) pause();
  }
  ready.write.reset();
  EXPECT_EQ(test::read_some(ready.read.get(), 1), "y");
  const auto refused = LockFile::acquire(path);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("(process " + std::to_string(child) + ")"));
  kill(child, SIGKILL);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(LockFile::acquire(path));
}

TEST(LockFileTest, PathsThatCannotBeLocked) {
  const test::ScratchDir dir;
  const auto missing = LockFile::acquire(dir / "no/run.lock");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().what, HasSubstr("lock: create " + (dir / "no/run.lock") + ": directory"));
  EXPECT_THAT(missing.error().hint, HasSubstr("mkdir -p"));
  EXPECT_FALSE(LockFile::acquire(dir.path()));
  EXPECT_FALSE(LockFile::acquire("/dev/null"));
  EXPECT_FALSE(LockFile::acquire(""));
}

}  // namespace
}  // namespace racesim
