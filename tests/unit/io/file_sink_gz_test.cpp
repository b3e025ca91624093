// Goal: a .gz file decodes to exactly the events, as a .zst file does, every spelling of an ending is
// understood, and an ending that cannot be kept is refused. Method: decode with zlib what lies in the folder
// while the sink is open, after a failure and at the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include "io/files/compression.h"
#include "io/sinks/file.h"
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

struct Inflated {
  std::string text;
  bool whole = false;  ///< the input ended where a member ends
};

/// All that can be decoded, also of a member that is cut off.
Inflated inflated(const std::string& bytes) {
  Inflated result;
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string piece(100'000, '\0');
  int code = Z_OK;
  do {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    code = inflate(&stream, Z_NO_FLUSH);
    result.text.append(piece, 0, piece.size() - stream.avail_out);
  } while (code == Z_OK);
  EXPECT_TRUE(code == Z_STREAM_END || code == Z_BUF_ERROR) << code;
  result.whole = code == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  return result;
}

class GzFileSinkTest : public testing::Test {
 protected:
  void SetUp() override {
    test::ignore_write_signals();
    auto sink = open_file_sink(path_, header_, system_clock(), &acks_);
    ASSERT_TRUE(sink);
    sink_ = std::move(*sink);
  }

  test::ScratchDir dir_;
  const std::string path_ = dir_ / "plays.ndjson.gz";
  const std::string header_ = "a header\n";
  AckLog acks_;
  std::unique_ptr<Sink> sink_;
};

TEST_F(GzFileSinkTest, RoundTrip) {
  std::string expected = header_;
  for (std::uint64_t i = 0; i < 5; ++i) {
    const SharedBatch batch = make_bulk_batch(3000, 300, i * 3000);
    expected += batch->text.view();
    for (std::size_t at = 0; at < 3000; at += 750) ASSERT_TRUE(sink_->submit(batch, at, at + 750));
  }
  ASSERT_TRUE(sink_->close());
  EXPECT_THAT(dir_.names(), ElementsAre("plays.ndjson.gz"));
  const std::string bytes = read_file(path_);
  const Inflated whole = inflated(bytes);
  EXPECT_TRUE(whole.whole);
  EXPECT_TRUE(whole.text == expected);
  EXPECT_LT(bytes.size(), expected.size());
  EXPECT_EQ(bytes.substr(4, 4), std::string(4, '\0'));  // no time: the same events, the same bytes
  EXPECT_THAT(tally(*sink_), ElementsAre(15'000, 15'000, 0));
  EXPECT_TRUE(acks_.in_order());
}

TEST_F(GzFileSinkTest, WithoutEventsThereIsAWholeMember) {
  ASSERT_TRUE(sink_->close());
  const Inflated whole = inflated(read_file(path_));
  EXPECT_EQ(whole.text, header_);
  EXPECT_TRUE(whole.whole);
}

TEST_F(GzFileSinkTest, AckedMeansReadableAfterAKill) {
  const SharedBatch batch = make_bulk_batch(20'000, 300);
  for (std::size_t at = 0; at < batch->size(); at += 2500) {
    ASSERT_TRUE(sink_->submit(batch, at, at + 2500));
    const std::uint64_t acked = sink_->counters().acked;
    const std::string text = inflated(read_file(path_ + ".partial")).text;
    EXPECT_TRUE(acked == 0 || text.starts_with(header_ + std::string(batch->lines(0, acked))));
  }
  EXPECT_EQ(acks_.events(), 20'000u);  // the end of a batch is always flushed
}

TEST_F(GzFileSinkTest, FullDiskCountsOnlyWhatCanBeRead) {
  const SharedBatch batch = make_bulk_batch(30'000, 300);
  Done done;
  {
    const test::FileSizeLimit limit(3'000'000);
    for (std::size_t at = 0; done && at < batch->size(); at += 1000)
      done = sink_->submit(batch, at, at + 1000);
  }
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().what, HasSubstr("write " + path_ + ".partial: File too large"));
  const SinkCounters& c = sink_->counters();
  EXPECT_GT(c.acked, 0u);
  EXPECT_EQ(c.acked + c.failed, c.sent);
  EXPECT_FALSE(sink_->close());
  EXPECT_EQ(inflated(read_file(path_ + ".partial")).text, header_ + std::string(batch->lines(0, c.acked)));
}

TEST(Compression, KnowsEverySpelling) {
  for (const char* path : {"a.zst", "a.ZST", "a.Zst", "a.zstd", "dir.x/a.ndjson.ZSTD"})
    EXPECT_EQ(compression_of(path), Compression::zstd) << path;
  for (const char* path : {"a.gz", "a.GZ", "a.ndjson.Gz", "a.gzip"})
    EXPECT_EQ(compression_of(path), Compression::gzip) << path;
  for (const char* path : {"a", "zst", ".zst", "dir/.gz", "a.zst.partial", "a.gz/b", "a.zs", "agz"})
    EXPECT_EQ(compression_of(path), Compression::none) << path;
  EXPECT_EQ(without_compressed_ending("a.ndjson.gz"), "a.ndjson");
  EXPECT_EQ(without_compressed_ending("a.ndjson.ZSTD"), "a.ndjson");
  EXPECT_EQ(without_compressed_ending("a.ndjson"), "a.ndjson");
}

TEST(Compression, RefusesWhatItCannotWrite) {
  const test::ScratchDir dir;
  for (const char* name : {"a.xz", "a.ndjson.BZ2", "a.zip", "a.parquet", "a.7z"}) {
    const auto sink = open_file_sink(dir / name, "", system_clock(), nullptr);
    ASSERT_FALSE(sink) << name;
    EXPECT_EQ(sink.error().kind, ErrorKind::usage);
    EXPECT_THAT(sink.error().what, HasSubstr(name));
  }
  EXPECT_TRUE(dir.names().empty());
  EXPECT_TRUE(check_ending("a.ndjson"));
  EXPECT_TRUE(check_ending("xz"));
  EXPECT_TRUE(check_ending("/dev/null"));
}

}  // namespace
}  // namespace racesim
