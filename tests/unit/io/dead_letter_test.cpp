// Goal: an event that was given up can be read back from the dead-letter file byte for byte, with its reason,
// or the loss is reported. Method: records compared with literals; full and forbidden targets; a file cut
// short by a kill.
#include "io/dead_letter.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "support/pipes.h"
#include "support/scratch_dir.h"
#include "support/wire_batches.h"

namespace racesim {
namespace {

using namespace test;

class DeadLetterTest : public testing::Test {
 protected:
  static std::vector<DeadEvent> all_of(const SharedBatch& batch) {
    std::vector<DeadEvent> events;
    for (std::size_t i = 0; i < batch->size(); ++i) events.push_back({batch.get(), i});
    return events;
  }
  std::string one_record(const std::string& line) {
    const std::string path = dir_ / "one.ndjson";
    std::filesystem::remove(path);
    DeadLetter dead(path);
    const SharedBatch batch = make_batch({line});
    EXPECT_EQ(dead.add(all_of(batch), "sink", "why", Persisted::no), 1u);
    EXPECT_TRUE(dead.close());
    return read_file(path);
  }

  ScratchDir dir_;
  std::string path_ = dir_ / "dead-letter.ndjson";
};

TEST_F(DeadLetterTest, LeavesNoFileWithoutAnEvent) {
  {
    DeadLetter dead(path_);
    EXPECT_TRUE(dead.sync());
    EXPECT_TRUE(dead.close());
  }
  EXPECT_TRUE(dir_.names().empty());
}

TEST_F(DeadLetterTest, KeepsJsonAsItIs) {
  DeadLetter dead(path_);
  const SharedBatch batch = make_batch({R"({"b":1.50,"a":"é"})", R"({"b":2})"});
  EXPECT_EQ(dead.add(all_of(batch), "http://x/play", "HTTP 400: \"no\"", Persisted::no), 2u);
  EXPECT_EQ(dead.add(std::vector<DeadEvent>{{batch.get(), 1}}, "kafka", "gone", Persisted::possibly), 1u);
  EXPECT_TRUE(dead.close());
  EXPECT_EQ(read_file(path_),
            "{\"event\":{\"b\":1.50,\"a\":\"é\"},\"sink\":\"http://x/play\",\"error\":\"HTTP 400: "
            "\\\"no\\\"\",\"persisted\":\"no\"}\n"
            "{\"event\":{\"b\":2},\"sink\":\"http://x/play\",\"error\":\"HTTP 400: "
            "\\\"no\\\"\",\"persisted\":\"no\"}\n"
            "{\"event\":{\"b\":2},\"sink\":\"kafka\",\"error\":\"gone\",\"persisted\":\"possibly\"}\n");
  EXPECT_EQ(dead.written(), 3u);
  EXPECT_EQ(dead.lost(), 0u);
}

TEST_F(DeadLetterTest, KeepsOtherTextAsAString) {
  EXPECT_EQ(one_record("a,\"b\",1"),
            "{\"event\":\"a,\\\"b\\\",1\",\"sink\":\"sink\",\"error\":\"why\",\"persisted\":\"no\"}\n");
  EXPECT_EQ(nlohmann::json::parse(one_record("{\"cut\":"))["event"], "{\"cut\":");
  EXPECT_EQ(nlohmann::json::parse(one_record(std::string("{}\0", 3)))["event"], std::string("{}\0", 3));
  EXPECT_EQ(nlohmann::json::parse(one_record("two\nlines"))["event"], "two\nlines");
}

TEST_F(DeadLetterTest, KeepsBrokenTextAsBase64) {
  const auto base64_of = [&](const std::string& line) {
    const auto record = nlohmann::json::parse(one_record(line));
    EXPECT_FALSE(record.contains("event"));
    return record["event_base64"].get<std::string>();
  };
  EXPECT_EQ(base64_of("\xff"), "/w==");
  EXPECT_EQ(base64_of("\xff\xfe"), "//4=");
  EXPECT_EQ(base64_of("{\"a\":\"\xc3\"}"), "eyJhIjoiwyJ9");
}

TEST_F(DeadLetterTest, AppendsBehindATornLine) {
  write_file(
      path_,
      "{\"event\":{\"old\":1},\"sink\":\"s\",\"error\":\"e\",\"persisted\":\"no\"}\n{\"event\":{\"tor");
  {
    DeadLetter dead(path_);
    const SharedBatch batch = make_batch({"{\"new\":1}"});
    EXPECT_EQ(dead.add(all_of(batch), "s", "e", Persisted::no), 1u);
    EXPECT_TRUE(dead.sync());
    EXPECT_EQ(dead.add(all_of(batch), "s", "e", Persisted::no), 1u);
  }
  const std::string expected_line =
      "{\"event\":{\"new\":1},\"sink\":\"s\",\"error\":\"e\",\"persisted\":\"no\"}\n";
  const std::string content = read_file(path_);
  EXPECT_EQ(content.substr(content.find("{\"event\":{\"tor")),
            "{\"event\":{\"tor\n" + expected_line + expected_line);
}

TEST_F(DeadLetterTest, SaysSoWhenTheDiskIsFull) {
  DeadLetter dead("/dev/full");
  const SharedBatch batch = make_batch({"{}", "{}"});
  EXPECT_FALSE(dead.error());
  EXPECT_EQ(dead.add(all_of(batch), "s", "e", Persisted::no), 0u);
  EXPECT_EQ(dead.error()->what, "write dead-letter file /dev/full: No space left on device");
  EXPECT_NE(dead.error()->hint.find("--dead-letter"), std::string::npos);
  EXPECT_FALSE(dead.sync());
  EXPECT_EQ(dead.add(all_of(batch), "s", "e", Persisted::no), 0u);
  EXPECT_EQ(dead.lost(), 4u);
  const Done closed = dead.close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::runtime);
}

TEST_F(DeadLetterTest, KeepsTheWholeLinesOfAHalfWrittenPiece) {
  ignore_write_signals();
  const SharedBatch batch = make_batch(std::vector<std::string>(100, "{\"n\":1234567890}"));
  DeadLetter dead(path_);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit low{1000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &low), 0);
  const std::size_t taken = dead.add(all_of(batch), "s", "e", Persisted::no);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(dead.lost(), 100 - taken);
  EXPECT_FALSE(dead.close());
  const std::string content = read_file(path_);
  EXPECT_GT(taken, 5u);
  EXPECT_EQ(static_cast<std::size_t>(std::count(content.begin(), content.end(), '\n')), taken);
  EXPECT_EQ(content.back(), '\n');
}

TEST_F(DeadLetterTest, SaysSoWhenItCannotBeOpened) {
  write_file(dir_ / "file", "");
  DeadLetter dead(dir_ / "file/dead.ndjson");
  const SharedBatch batch = make_batch({"{}"});
  EXPECT_EQ(dead.add(all_of(batch), "s", "e", Persisted::no), 0u);
  EXPECT_EQ(dead.error()->what, "open dead-letter file " + (dir_ / "file/dead.ndjson") + ": Not a directory");
}

TEST_F(DeadLetterTest, TakesEventsOfManyThreads) {
  DeadLetter dead(path_);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < 50; ++i) {
        const SharedBatch batch = make_batch({"{\"t\":" + std::to_string(t) + "}", "text"});
        EXPECT_EQ(dead.add(all_of(batch), "s", "e", Persisted::no), 2u);
        EXPECT_TRUE(i % 10 != 0 || dead.sync());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(dead.close());
  std::ifstream in(path_);
  std::size_t lines = 0;
  for (std::string line; std::getline(in, line); ++lines) EXPECT_TRUE(nlohmann::json::accept(line));
  EXPECT_EQ(lines, 400u);
  EXPECT_EQ(dead.written(), 400u);
}

}  // namespace
}  // namespace racesim
