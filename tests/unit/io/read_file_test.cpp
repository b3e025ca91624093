// Goal: a small file is read whole, and what stands in the way is told. Method: files and folders in a
// scratch folder, a device without end.
#include "io/files/read_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scratch_dir.h"

namespace racesim {
namespace {

using testing::HasSubstr;

TEST(ReadFile, TheWholeFile) {
  const test::ScratchDir dir;
  std::string text(200'000, 'x');
  text[65'536] = '\0';
  test::write_file(dir / "a", text);
  test::write_file(dir / "empty", "");
  EXPECT_EQ(read_file(dir / "a", 200'000).value(), text);
  EXPECT_EQ(read_file(dir / "empty", 10).value(), "");
}

TEST(ReadFile, WhatStandsInTheWay) {
  const test::ScratchDir dir;
  const auto missing = read_file(dir / "none", 10);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().kind, ErrorKind::runtime);
  EXPECT_EQ(missing.error().what, "read " + (dir / "none") + ": No such file or directory");
  EXPECT_EQ(missing.error().hint, "");
  test::write_file(dir / "none.partial", "");
  EXPECT_THAT(read_file(dir / "none", 10).error().hint, HasSubstr("there is " + (dir / "none.partial")));
  EXPECT_THAT(read_file(dir.path(), 10).error().what, HasSubstr("Is a directory"));
  EXPECT_THAT(read_file("/dev/zero", 3 << 20).error().what, HasSubstr("larger than the 3 MiB"));
}

}  // namespace
}  // namespace racesim
