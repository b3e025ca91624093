// Goal: a reader finds a file complete or not at all; errors say what stands in the way and what to do.
// Method: look at the folder after each step; permissions are tested as another user (setfsuid), because
// nothing stops root.
#include "io/files/atomic_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>

#include "support/pipes.h"
#include "support/scratch_dir.h"

namespace racesim {
namespace {

using test::read_file;
using test::write_file;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class AtomicFileTest : public testing::Test {
 protected:
  void SetUp() override { test::ignore_write_signals(); }
  test::ScratchDir dir_;
};

TEST_F(AtomicFileTest, TheNameAppearsAtCommit) {
  auto file = AtomicFile::create(dir_ / "a");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("one\n"));
  EXPECT_THAT(dir_.names(), ElementsAre("a.partial"));
  ASSERT_TRUE(file->write("two\n"));
  ASSERT_TRUE(file->commit());
  EXPECT_THAT(dir_.names(), ElementsAre("a"));
  EXPECT_EQ(read_file(dir_ / "a"), "one\ntwo\n");
}

mode_t mode_of(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

void replace(const std::string& path) {
  auto file = AtomicFile::create(path);
  ASSERT_TRUE(file) << file.error().what;
  ASSERT_TRUE(file->write("new\n"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read_file(path), "new\n");
}

TEST_F(AtomicFileTest, AFileThatIsReplacedHandsItsModeOn) {
  for (const mode_t mode : {0600, 0444, 0666, 0751, 02640}) {
    write_file(dir_ / "a", "old\n");
    ASSERT_EQ(chmod((dir_ / "a").c_str(), mode), 0);
    auto file = AtomicFile::create(dir_ / "a");
    ASSERT_TRUE(file);
    EXPECT_EQ(mode_of(dir_ / "a.partial"), mode | S_IWUSR) << "nobody gets to read more while it is written";
    ASSERT_TRUE(file->commit());
    EXPECT_EQ(mode_of(dir_ / "a"), mode);
  }
}

TEST_F(AtomicFileTest, ANewFileFollowsTheUmask) {
  const mode_t before = umask(027);
  replace(dir_ / "a");
  umask(before);
  EXPECT_EQ(mode_of(dir_ / "a"), 0640u);
}

TEST_F(AtomicFileTest, AttributesOfUsersAreHandedOn) {
  write_file(dir_ / "a", "old\n");
  if (setxattr((dir_ / "a").c_str(), "user.origin", "hand", 4, 0) != 0)
    GTEST_SKIP() << "privilege: the file system keeps no attributes of users";
  replace(dir_ / "a");
  char value[8] = {};
  EXPECT_EQ(getxattr((dir_ / "a").c_str(), "user.origin", value, sizeof value), 4);
  EXPECT_STREQ(value, "hand");
}

TEST_F(AtomicFileTest, ALinkStaysAndItsTargetsModeToo) {
  write_file(dir_ / "target", "old\n");
  ASSERT_EQ(chmod((dir_ / "target").c_str(), 0600), 0);
  std::filesystem::create_symlink("target", dir_ / "link");
  replace(dir_ / "link");
  EXPECT_TRUE(std::filesystem::is_symlink(dir_ / "link"));
  EXPECT_EQ(read_file(dir_ / "target"), "new\n");
  EXPECT_EQ(mode_of(dir_ / "target"), 0600u);
}

TEST_F(AtomicFileTest, ANameThatIsTooLongToBeginWithIsTold) {
  replace(dir_ / std::string(247, 'n'));
  const std::string path = dir_ / std::string(248, 'n');
  for (const Done& done :
       {check_file_path(path, Existing::replaced), Done(AtomicFile::create(path).map([](const auto&) {}))}) {
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().what, HasSubstr("its name has 248 bytes, too many to add .partial"));
    EXPECT_THAT(done.error().hint, HasSubstr("247 bytes at most"));
  }
  EXPECT_TRUE(check_file_path(path, Existing::written)) << "that needs no other name";
}

TEST_F(AtomicFileTest, RoomThatIsReservedIsNoContentAndIsGivenBack) {
  constexpr std::size_t kBytes = std::size_t{1} << 20;
  auto file = AtomicFile::create(dir_ / "a");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("one\n"));
  ASSERT_TRUE(file->reserve(kBytes));
  EXPECT_EQ(read_file(dir_ / "a.partial"), "one\n");
  ASSERT_TRUE(file->rewrite("three\n"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read_file(dir_ / "a"), "three\n");
  struct stat info {};
  ASSERT_EQ(stat((dir_ / "a").c_str(), &info), 0);
  EXPECT_LT(static_cast<std::size_t>(info.st_blocks) * 512, kBytes / 2);
}

TEST_F(AtomicFileTest, WhatIsNoRegularFileIsWrittenInPlace) {
  const std::string path = dir_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = open(path.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  auto file = AtomicFile::create(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("four"));
  ASSERT_TRUE(file->commit());
  EXPECT_THAT(dir_.names(), ElementsAre("pipe"));
  EXPECT_TRUE(std::filesystem::is_fifo(path));
  char text[4];
  ASSERT_EQ(read(reader, text, sizeof text), 4);
  EXPECT_EQ(std::string(text, sizeof text), "four");
  close(reader);
}

TEST_F(AtomicFileTest, AnOlderFileStaysUntilCommit) {
  write_file(dir_ / "a", "old");
  auto file = AtomicFile::create(dir_ / "a");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("new"));
  EXPECT_EQ(read_file(dir_ / "a"), "old");
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read_file(dir_ / "a"), "new");
}

TEST_F(AtomicFileTest, DestructionDiscards) {
  {
    auto file = AtomicFile::create(dir_ / "a");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("x"));
  }
  EXPECT_THAT(dir_.names(), IsEmpty());
}

TEST_F(AtomicFileTest, KeepPartialLeavesIt) {
  {
    auto file = AtomicFile::create(dir_ / "a");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("x"));
    file->keep_partial();
  }
  EXPECT_EQ(read_file(dir_ / "a.partial"), "x");
}

TEST_F(AtomicFileTest, ALeftoverIsTakenOver) {
  write_file(dir_ / "a.partial", "what a killed run left behind");
  auto file = AtomicFile::create(dir_ / "a");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("new"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read_file(dir_ / "a"), "new");
  EXPECT_THAT(dir_.names(), ElementsAre("a"));
}

TEST_F(AtomicFileTest, MovingPassesTheFileOn) {
  auto file = AtomicFile::create(dir_ / "a");
  ASSERT_TRUE(file);
  auto other = AtomicFile::create(dir_ / "b");
  ASSERT_TRUE(other);
  AtomicFile moved = std::move(*file);
  ASSERT_TRUE(moved.write("x"));
  *other = std::move(moved);
  EXPECT_THAT(dir_.names(), ElementsAre("a.partial"));
  ASSERT_TRUE(other->commit());
  EXPECT_THAT(dir_.names(), ElementsAre("a"));
}

TEST_F(AtomicFileTest, OneWriterAtATime) {
  auto file = AtomicFile::create(dir_ / "a");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("mine"));
  const auto second = AtomicFile::create(dir_ / "a");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::busy);
  EXPECT_THAT(second.error().what, HasSubstr(dir_ / "a"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read_file(dir_ / "a"), "mine");
  EXPECT_TRUE(AtomicFile::create(dir_ / "a"));
}

TEST_F(AtomicFileTest, ALinkStaysAndItsTargetIsWritten) {
  std::filesystem::create_directory(dir_ / "real");
  for (const std::string name : {"first", "second"}) {  // the first time the target is missing
    std::error_code ignored;
    std::filesystem::create_symlink("real/a", dir_ / "link", ignored);
    auto file = AtomicFile::create(dir_ / "link");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(name));
    ASSERT_TRUE(file->commit());
    EXPECT_TRUE(std::filesystem::is_symlink(dir_ / "link"));
    EXPECT_EQ(read_file(dir_ / "real/a"), name);
  }
}

TEST_F(AtomicFileTest, MissingDirectory) {
  const auto file = AtomicFile::create(dir_ / "x y/b/a");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::runtime);
  EXPECT_THAT(file.error().what, HasSubstr("directory " + (dir_ / "x y/b") + " does not exist"));
  EXPECT_EQ(file.error().hint, "create it: mkdir -p '" + (dir_ / "x y/b") + "'");
}

TEST_F(AtomicFileTest, AFileInPlaceOfADirectory) {
  write_file(dir_ / "f", "");
  for (const std::string path : {"f/a", "f/b/a"}) {
    const auto file = AtomicFile::create(dir_ / path);
    ASSERT_FALSE(file);
    EXPECT_THAT(file.error().what, HasSubstr((dir_ / "f") + " is a file, not a directory"));
  }
}

TEST_F(AtomicFileTest, ADirectoryInPlaceOfTheFile) {
  std::filesystem::create_directory(dir_ / "d");
  for (const std::string path : {"d", "d/", "new/"}) {
    const auto file = AtomicFile::create(dir_ / path);
    ASSERT_FALSE(file);
    EXPECT_THAT(file.error().what, HasSubstr("it is a directory")) << path;
  }
  std::filesystem::create_directory(dir_ / "e.partial");
  EXPECT_FALSE(AtomicFile::create(dir_ / "e"));
  ASSERT_EQ(mkfifo((dir_ / "p.partial").c_str(), 0600), 0);
  EXPECT_FALSE(AtomicFile::create(dir_ / "p"));
  EXPECT_FALSE(AtomicFile::create(""));
}

TEST_F(AtomicFileTest, NoPermission) {
  ASSERT_EQ(chmod(dir_.path().c_str(), 0555), 0);
  const bool is_root = geteuid() == 0;
  if (is_root) setfsuid(65534);
  const auto file = AtomicFile::create(dir_ / "a");
  if (is_root) setfsuid(0);
  ASSERT_EQ(chmod(dir_.path().c_str(), 0755), 0);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().what, "create " + (dir_ / "a") + ": no permission to write in " + dir_.path());
  EXPECT_EQ(file.error().hint, "choose another path or look at: ls -ld " + dir_.path());
}

TEST_F(AtomicFileTest, AWriteThatFailsNamesTheFile) {
  auto file = AtomicFile::create(dir_ / "a");
  ASSERT_TRUE(file);
  Done done;
  {
    const test::FileSizeLimit limit(1000);
    done = file->write(std::string(2000, 'x'));
  }
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().what, HasSubstr("write " + (dir_ / "a.partial") + ": File too large"));
}

TEST_F(AtomicFileTest, ACommitThatFailsKeepsTheContent) {
  auto file = AtomicFile::create(dir_ / "a");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("x"));
  std::filesystem::create_directory(dir_ / "a");  // somebody was faster
  const Done done = file->commit();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().hint, "the content is in " + (dir_ / "a.partial"));
  EXPECT_EQ(read_file(dir_ / "a.partial"), "x");
}

TEST(ShellQuotedTest, QuotesWhatAShellWouldChange) {
  EXPECT_EQ(shell_quoted("out/a-1.ndjson"), "out/a-1.ndjson");
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quoted(""), "''");
}

TEST_F(AtomicFileTest, ACheckTouchesNothing) {
  write_file(dir_ / "there", "old");
  write_file(dir_ / "left.partial", "rescue");
  for (const Existing existing : {Existing::replaced, Existing::written}) {
    EXPECT_TRUE(check_file_path(dir_ / "new", existing));
    EXPECT_TRUE(check_file_path(dir_ / "there", existing));
    EXPECT_TRUE(check_file_path(dir_ / "left", existing));
    EXPECT_TRUE(check_file_path("/dev/null", existing));
    EXPECT_FALSE(check_file_path(dir_ / "there/below", existing));
    EXPECT_FALSE(check_file_path(dir_ / "none/below", existing));
    EXPECT_FALSE(check_file_path(dir_.path(), existing));
    EXPECT_FALSE(check_file_path("", existing));
  }
  EXPECT_THAT(check_file_path(dir_ / "none/below", Existing::replaced).error().what,
              HasSubstr("none does not exist"));
  EXPECT_EQ(read_file(dir_ / "there"), "old");
  EXPECT_EQ(read_file(dir_ / "left.partial"), "rescue");
  EXPECT_EQ(dir_.names().size(), 2u);
}

}  // namespace
}  // namespace racesim
