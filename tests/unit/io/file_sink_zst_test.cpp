// Goal: a .zst file decodes to exactly the events, and a run that is killed or meets a full disk leaves every
// acked event readable in the partial file. Method: decode with the zstd library what lies in the folder
// while the sink is open, after a failure and at the end; a hand-moved clock stands for the seconds between
// flushes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <string>

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

class HandClock final : public Clock {
 public:
  std::int64_t now_ns() override { return now; }
  std::int64_t wall_ns() override { return now; }
  void sleep_until(std::int64_t) override {}
  std::int64_t now = 5'000'000'000;
};

struct Decoded {
  std::string text;
  bool whole_frames = false;  ///< the input ended where a frame ends
};

/// All that can be decoded, also of a frame that is cut off.
Decoded decode(std::string_view bytes) {
  Decoded result;
  ZSTD_DCtx* context = ZSTD_createDCtx();
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::string piece(100'000, '\0');
  for (bool stuck = false; !stuck;) {
    ZSTD_outBuffer out{piece.data(), piece.size(), 0};
    const std::size_t before = in.pos;
    const std::size_t left = ZSTD_decompressStream(context, &out, &in);
    EXPECT_FALSE(ZSTD_isError(left)) << ZSTD_getErrorName(left);
    result.text.append(piece, 0, out.pos);
    result.whole_frames = left == 0;
    stuck = ZSTD_isError(left) || (out.pos < out.size && (in.pos == in.size || in.pos == before));
  }
  ZSTD_freeDCtx(context);
  return result;
}

class ZstFileSinkTest : public testing::Test {
 protected:
  void SetUp() override {
    test::ignore_write_signals();
    auto sink = open_file_sink(path_, header_, clock_, &acks_);
    ASSERT_TRUE(sink);
    sink_ = std::move(*sink);
  }
  Decoded partial() const { return decode(read_file(path_ + ".partial")); }

  test::ScratchDir dir_;
  const std::string path_ = dir_ / "plays.ndjson.zst";
  const std::string header_ = "a header\n";
  HandClock clock_;
  AckLog acks_;
  std::unique_ptr<Sink> sink_;
};

TEST_F(ZstFileSinkTest, RoundTrip) {
  std::string expected = header_;
  for (std::uint64_t i = 0; i < 10; ++i) {
    const SharedBatch batch = make_bulk_batch(3000, 300, i * 3000);
    expected += batch->text.view();
    for (std::size_t at = 0; at < 3000; at += 750) ASSERT_TRUE(sink_->submit(batch, at, at + 750));
  }
  ASSERT_TRUE(sink_->close());
  EXPECT_THAT(dir_.names(), ElementsAre("plays.ndjson.zst"));
  const std::string bytes = read_file(path_);
  const Decoded decoded = decode(bytes);
  EXPECT_TRUE(decoded.whole_frames);
  EXPECT_TRUE(decoded.text == expected);
  EXPECT_LT(bytes.size(), expected.size());
  EXPECT_EQ(bytes[4] & 0x04, 0x04);  // the frame header's checksum flag
  EXPECT_THAT(tally(*sink_), ElementsAre(30'000, 30'000, 0));
  EXPECT_EQ(sink_->counters().bytes, expected.size() - header_.size());
  EXPECT_TRUE(acks_.in_order());
  EXPECT_EQ(acks_.events(), 30'000u);
  EXPECT_EQ(decode(bytes + bytes).text.size(), 2 * expected.size());
}

TEST_F(ZstFileSinkTest, WithoutEventsThereIsAWholeFrame) {
  ASSERT_TRUE(sink_->close());
  const Decoded decoded = decode(read_file(path_));
  EXPECT_EQ(decoded.text, header_);
  EXPECT_TRUE(decoded.whole_frames);
}

TEST_F(ZstFileSinkTest, AckedMeansReadableAfterAKill) {
  const SharedBatch batch = make_bulk_batch(20'000, 300);
  for (std::size_t at = 0; at < batch->size(); at += 2500) {
    ASSERT_TRUE(sink_->submit(batch, at, at + 2500));
    const std::uint64_t acked = sink_->counters().acked;
    EXPECT_TRUE(acked == 0 || partial().text.starts_with(header_ + std::string(batch->lines(0, acked))));
    // At most 1 MiB, the flush that is due with the next submission, is open.
    EXPECT_LE(batch->lines(acked, at + 2500).size(), std::size_t{1} << 20);
  }
  EXPECT_GT(acks_.calls(), 3u);
  EXPECT_EQ(acks_.events(), 20'000u);  // the end of a batch is always flushed
}

TEST_F(ZstFileSinkTest, ASecondLaterTheNextEventFlushes) {
  const SharedBatch batch = make_batch({"a", "b", "c", "d"});
  ASSERT_TRUE(sink_->submit(batch, 0, 1));
  clock_.now += 999'999'999;
  ASSERT_TRUE(sink_->submit(batch, 1, 2));
  EXPECT_THAT(tally(*sink_), ElementsAre(2, 0, 0));
  clock_.now += 1;
  ASSERT_TRUE(sink_->submit(batch, 2, 3));
  EXPECT_THAT(tally(*sink_), ElementsAre(3, 3, 0));
  EXPECT_EQ(partial().text, header_ + "a\nb\nc\n");
}

TEST_F(ZstFileSinkTest, KeepsNoBatchFromItsPool) {
  const SharedBatch first = make_batch({"a", "b"});
  const SharedBatch second = make_batch({"c"}, 2);
  ASSERT_TRUE(sink_->submit(first, 0, 1));
  EXPECT_EQ(first.use_count(), 2);
  ASSERT_TRUE(sink_->submit(second, 0, 1));
  EXPECT_EQ(first.use_count(), 1);
  EXPECT_EQ(second.use_count(), 1);
}

TEST_F(ZstFileSinkTest, FullDiskCountsOnlyWhatCanBeRead) {
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
  EXPECT_GT(c.failed, 0u);
  EXPECT_EQ(c.acked + c.failed, c.sent);
  EXPECT_FALSE(sink_->close());
  EXPECT_EQ(partial().text, header_ + std::string(batch->lines(0, c.acked)));
}

TEST_F(ZstFileSinkTest, AbandonFailsWhatIsNotFlushed) {
  const SharedBatch batch = make_batch({"a", "b", "c"});
  ASSERT_TRUE(sink_->submit(batch, 0, 2));
  sink_->abandon();
  EXPECT_FALSE(sink_->close());
  EXPECT_THAT(tally(*sink_), ElementsAre(2, 0, 2));
}

}  // namespace
}  // namespace racesim
