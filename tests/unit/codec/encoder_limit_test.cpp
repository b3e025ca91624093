// Goal: lines whose ends do not fit into 32 bits are never written without a word. Method: a batch whose text
// already has nearly 4 GiB, of which no byte is touched.
#include <gtest/gtest.h>

#include <new>

#include "codec/encoder.h"
#include "model/play.h"

namespace racesim {
namespace {

TEST(EncoderLimitDeathTest, FourGigabytesAreRefused) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  RowBatch rows(schema_info<PlayRow>());
  rows.resize(2);
  rows.rows<PlayRow>()[0] = rows.rows<PlayRow>()[1] = PlayRow{};
  rows.heads.resize(2);
  const auto encoder = make_encoder(rows.schema(), "json");
  constexpr std::size_t kNearly = (std::size_t{1} << 32) - 100;
  WireBatch wire;
  try {
    wire.text.reserve_more(kNearly + 100'000);
  } catch (const std::bad_alloc&) {
    GTEST_SKIP() << "no 4 GiB of addresses here";
  }
  wire.text.set_size(kNearly);
  EXPECT_DEATH((*encoder)->encode(rows, wire), "UINT32_MAX");
}

}  // namespace
}  // namespace racesim
