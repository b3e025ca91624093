// Goal: every sink of the registry opens, is documented, and is told apart from what is mistyped.
// Method: walk the table; read docs/formats/sinks.md; texts as users type them.
#include "io/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "io/dead_letter.h"
#include "kafka_support.h"
#include "support/scratch_dir.h"
#include "support/wire_batches.h"

namespace racesim {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(SinkRegistryTest, EverySinkOpensAndNamesItself) {
  if (test::kCannotRunKafka) GTEST_SKIP() << test::kWhyNoKafka;
  const test::ScratchDir dir;
  DeadLetter dead_letter(dir / "dead-letter.ndjson");
  test::MockCluster cluster;
  std::set<std::string_view> names;
  for (const SinkInfo& info : sink_registry()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.summary.empty()) << info.name;
    SinkRequest request;
    request.kind = info.name;
    if (info.name == "file") request.target = dir / "a";
    if (info.name == "http") request.target = "http://127.0.0.1:1/play";
    request.kafka = cluster.options();
    request.topics = {test::kTopic};
    request.clock = &system_clock();
    request.dead_letter = &dead_letter;
    const auto sink = open_sink(request);
    ASSERT_TRUE(sink) << info.name;
    EXPECT_THAT((*sink)->name(), HasSubstr(std::string(info.name)));
    EXPECT_EQ(test::tally(**sink), (std::vector<std::uint64_t>{0, 0, 0}));
  }
}

TEST(SinkRegistryTest, EverySinkIsDocumented) {
  const std::string page = test::read_file(RACESIM_SOURCE_DIR "/docs/formats/sinks.md");
  for (const SinkInfo& info : sink_registry()) {
    const std::string use =
        std::string(info.name) + (info.target.empty() ? "" : ":" + std::string(info.target));
    EXPECT_THAT(page, HasSubstr("\n## `" + use + "`")) << "docs/formats/sinks.md has no section for it";
  }
}

TEST(SinkRegistryTest, EverySinkHasATest) {
  for (const SinkInfo& info : sink_registry()) {
    bool found = false;
    for (const auto& entry : std::filesystem::directory_iterator(RACESIM_SOURCE_DIR "/tests/unit/io"))
      found = found || entry.path().filename().string().starts_with(std::string(info.name) + "_");
    EXPECT_TRUE(found) << "tests/unit/io/ has no test of " << info.name;
  }
}

TEST(SinkRegistryTest, UnknownKind) {
  SinkRequest request;
  request.kind = "carrier-pigeon";
  const auto sink = open_sink(request);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().kind, ErrorKind::usage);
  EXPECT_EQ(sink.error().what, "unknown sink 'carrier-pigeon'");
  EXPECT_THAT(sink.error().hint, HasSubstr("known: stdout, file:PATH, "));
}

TEST(ParseSinkTest, WhatUsersMean) {
  EXPECT_EQ(*parse_sink("stdout"), (SinkText{"stdout", ""}));
  EXPECT_EQ(*parse_sink("null"), (SinkText{"null", ""}));
  EXPECT_EQ(*parse_sink("file:out/plays.ndjson"), (SinkText{"file", "out/plays.ndjson"}));
  EXPECT_EQ(*parse_sink("file:a:b c"), (SinkText{"file", "a:b c"}));
}

TEST(ParseSinkTest, Mistakes) {
  struct Case {
    const char* text;
    const char* what;
    const char* hint;
  };
  for (const Case& c : {
           Case{"fiel:x", "unknown sink 'fiel'", "did you mean: --sink file:PATH"},
           Case{"stdot", "unknown sink 'stdot'", "did you mean: --sink stdout"},
           Case{"pigeon-post", "unknown sink 'pigeon-post'", "known: stdout, file:PATH"},
           Case{"", "unknown sink ''", "known: stdout"},
           Case{":x", "unknown sink ''", "known: stdout"},
           Case{"file", "sink 'file': the path is missing", "--sink file:out/events.ndjson"},
           Case{"file:", "sink 'file:': the path is missing", "--sink file:out/events.ndjson"},
           Case{"stdout:x", "sink 'stdout:x': stdout takes no target", "--sink stdout"},
           Case{"null:", "sink 'null:': null takes no target", "--sink null"},
           Case{"http://h:8000/play", "the address is given by a separate option",
                "--api-endpoint http://h:8000/play"},
           Case{"https://h/play", "the address is given by a separate option",
                "--api-endpoint https://h/play"},
       }) {
    const auto parsed = parse_sink(c.text);
    ASSERT_FALSE(parsed) << c.text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::usage);
    EXPECT_THAT(parsed.error().what, HasSubstr(c.what));
    EXPECT_THAT(parsed.error().hint, HasSubstr(c.hint));
  }
  EXPECT_THAT(parse_sink("pigeon-post").error().hint, Not(HasSubstr("did you mean")));
}

TEST(CheckDistinctTest, RefusesTwoSinksForOnePlace) {
  const test::ScratchDir dir;
  test::write_file(dir / "a", "");
  std::filesystem::create_symlink("a", dir / "link");
  const auto file = [](std::string path) { return SinkText{"file", std::move(path)}; };
  const SinkText to_stdout{"stdout", ""};
  const std::vector<std::vector<SinkText>> clashes{
      {to_stdout, to_stdout},
      {to_stdout, file("/dev/stdout")},
      {file(dir / "a"), {"null", ""}, file(dir / "a")},
      {file(dir / "a"), file(dir / "./x/../a")},
      {file(dir / "a"), file(dir / "link")},
      {file(dir / "new"), file(dir.path() + "//new")},
      {file("new"), file(std::filesystem::current_path() / "new")},
      {file(dir / "new"), file(dir / "new.partial")},
      {file(dir / "new.partial"), file(dir / "new")},
  };
  for (const auto& sinks : clashes) {
    const Done done = check_distinct(sinks);
    ASSERT_FALSE(done) << sinks.front().target;
    EXPECT_EQ(done.error().kind, ErrorKind::usage);
    EXPECT_THAT(done.error().what, HasSubstr("write to the same place"));
  }
}

TEST(CheckDistinctTest, AllowsWhatDoesNotClash) {
  const std::vector<SinkText> sinks{
      {"stdout", ""},        {"file", "a"}, {"file", "b"},         {"null", ""},      {"null", ""},
      {"file", "/dev/null"}, {"http", ""},  {"file", "/dev/null"}, {"file", "sub/a"}, {"file", "a.zst"}};
  EXPECT_TRUE(check_distinct(sinks));
  EXPECT_TRUE(
      check_distinct(sinks, std::vector<SideFile>{{"--lock", "elsewhere"}, {"--summary-export", ""}}));
  EXPECT_TRUE(check_distinct({}));
}

}  // namespace
}  // namespace racesim
