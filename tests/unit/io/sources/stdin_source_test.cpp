// Goal: the standard input is read as it comes, to its end or until somebody stops it, and what --from says
// becomes a source or an error with a way out. Method: a pipe in place of the standard input.
#include "io/sources/stdin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "io/sources/registry.h"
#include "kept_positions.h"

namespace racesim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class StdinSourceTest : public testing::Test {
 protected:
  StdinSourceTest() : kept_(::dup(STDIN_FILENO)), source_(*make_stdin_source()) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    writer_ = ends[1];
    EXPECT_TRUE(source_->open(store_));
  }
  ~StdinSourceTest() override {
    hang_up();
    ::dup2(kept_, STDIN_FILENO);
    ::close(kept_);
  }
  void write(std::string_view bytes) {
    ASSERT_EQ(::write(writer_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void hang_up() {
    if (writer_ >= 0) ::close(writer_);
    writer_ = -1;
  }
  /// One block, or what there was in its place.
  std::vector<std::string> pull(int wait_ms = 0) {
    RecordBlock block;
    const Result<Pulled> pulled = source_->pull(block, wait_ms);
    if (!pulled) return {"!" + pulled.error().what};
    if (*pulled != Pulled::records) return {*pulled == Pulled::ended ? "!ended" : "!nothing"};
    std::vector<std::string> records;
    for (std::size_t i = 0; i < block.size(); ++i) records.emplace_back(block.record(i));
    if (block.torn) records.back() += " torn";
    EXPECT_EQ(block.after.consumed, block.before.consumed + block.size());
    return records;
  }

  const int kept_;
  int writer_ = -1;
  KeptPositions store_;
  std::unique_ptr<Source> source_;
};

TEST_F(StdinSourceTest, GivesWholeLinesAsTheyCome) {
  EXPECT_FALSE(source_->has_positions());
  EXPECT_THAT(pull(), ElementsAre("!nothing"));
  write("{\"seq\":0}\n{\"seq\":1}\n{\"s");
  EXPECT_THAT(pull(), ElementsAre("{\"seq\":0}", "{\"seq\":1}"));
  EXPECT_THAT(pull(1), ElementsAre("!nothing"));
  write("eq\":2}\n{\"seq\"");
  EXPECT_THAT(pull(-1), ElementsAre("{\"seq\":2}"));
  hang_up();
  EXPECT_THAT(pull(), ElementsAre("{\"seq\" torn"));
  EXPECT_THAT(pull(), ElementsAre("!ended"));
}

TEST_F(StdinSourceTest, GivesWhatIsHereWhenItIsStopped) {
  std::string lines;
  for (int i = 0; i < 20'000; ++i) lines += "{}\n";
  write(lines.substr(0, 60'000));
  ASSERT_EQ(pull().size(), kBlockRecords);
  write("{\"later\"");
  source_->stop();
  EXPECT_EQ(pull().size(), 20'000 - kBlockRecords);
  EXPECT_THAT(pull(), ElementsAre("!ended"));
}

TEST_F(StdinSourceTest, KnowsTheHeaderOfCsv) {
  write("a,b\n1,2\n");
  EXPECT_THAT(pull(), ElementsAre("1,2"));
  EXPECT_EQ(source_->lane(0).header, "a,b");
}

TEST(SourceRegistry, TakesWhatFromSays) {
  EXPECT_EQ(*parse_source("stdin"), (SourceText{"stdin", ""}));
  EXPECT_EQ(*parse_source("-"), (SourceText{"stdin", ""}));
  EXPECT_EQ(*parse_source("file:out/*.ndjson"), (SourceText{"file", "out/*.ndjson"}));
  for (const std::string text : {"stdni", "file", "file:", "stdin:x", "", ":"}) {
    const Result<SourceText> source = parse_source(text);
    ASSERT_FALSE(source) << text;
    EXPECT_EQ(source.error().kind, ErrorKind::usage);
    EXPECT_NE(source.error().hint, "") << text;
  }
  EXPECT_THAT(parse_source("fiel:x").error().hint, HasSubstr("did you mean: --from file:PATH"));
}

TEST(SourceRegistry, TakesSeveralFilesAndNothingElseTwice) {
  SourceRequest request;
  ASSERT_TRUE(set_sources(std::vector<SourceText>{{"file", "a"}, {"file", "b"}}, request));
  EXPECT_EQ(request.kind, "file");
  EXPECT_THAT(request.targets, ElementsAre("a", "b"));
  EXPECT_FALSE(set_sources(std::vector<SourceText>{{"file", "a"}, {"stdin", ""}}, request));
  EXPECT_FALSE(set_sources(std::vector<SourceText>{{"stdin", ""}, {"stdin", ""}}, request));
  for (const SourceInfo& info : source_registry()) EXPECT_NE(info.summary, "");
  request = {};
  request.kind = "stdin";
  EXPECT_TRUE(check_source(request));
  request.follow = true;
  EXPECT_FALSE(check_source(request));
}

}  // namespace
}  // namespace racesim
