// Goal: whatever the bytes, a decoder neither crashes nor loses a record, and the size of the pieces changes
// nothing. Method: valid texts of random rows with bytes flipped, inserted, deleted, doubled and cut on fixed
// seeds; every line has to come back as a row or a reject, and rows read from a mutated line have to encode
// to what was read.
#include <gtest/gtest.h>

#include <algorithm>

#include "codec/encode/row_encoder.h"
#include "codec/encoder.h"
#include "decode_support.h"
#include "model/master.h"
#include "support/damaged_texts.h"
#include "support/random_rows.h"

namespace racesim {
namespace {

template <class Row>
std::string valid_text(RandomRows& source, std::string_view format, std::size_t count) {
  RowBatch rows(schema_info<Row>());
  source.add(rows, count);
  WireBatch wire;
  const RowEncoder<Row, JsonFormat> json;
  const RowEncoder<Row, CsvFormat> csv;
  if (format == "csv")
    csv.encode(rows, wire);
  else
    json.encode(rows, wire);
  std::string text = (format == "csv" ? csv.header() : "") + std::string(wire.text.view());
  if (format != "json-array") return text;
  text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ',');
  return "[" + text + "]";
}

std::size_t records_in_lines(std::string_view text) {
  std::size_t count = 0;
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    count += line.find_first_not_of(" \t\r") != std::string_view::npos;
  }
  return count;
}

template <class Row>
void run(std::string_view format, std::uint64_t seed, int rounds) {
  RandomRows source(seed);
  for (int round = 0; round < rounds; ++round) {
    std::string text = valid_text<Row>(source, format, 1 + source.below_n(4));
    for (std::uint64_t n = 1 + source.below_n(3); n > 0; --n) mutate(source, text);
    const Decoded whole = decode(schema_info<Row>(), format, text);
    const Decoded pieces = decode(schema_info<Row>(), format, text, {}, 1 + source.below_n(40));

    if (format == "json") {
      ASSERT_EQ(whole.good.size() + whole.bad.size(), records_in_lines(text)) << text;
    }
    ASSERT_EQ(whole.good.size(), pieces.good.size()) << text;
    ASSERT_EQ(whole.lines, pieces.lines) << text;
    for (std::size_t i = 0; i < whole.good.size(); ++i)
      ASSERT_EQ(first_difference(whole.good, i, pieces.good, i), "") << text;
    ASSERT_EQ(whole.bad.size(), pieces.bad.size()) << text;
    for (std::size_t i = 0; i < whole.bad.size(); ++i) {
      ASSERT_EQ(whole.bad[i].reason, pieces.bad[i].reason) << text;
      ASSERT_FALSE(whole.bad[i].reason.empty());
      ASSERT_EQ(whole.bad[i].offset, pieces.bad[i].offset) << text;
      ASSERT_EQ(text.substr(whole.bad[i].offset, whole.bad[i].raw.size()), whole.bad[i].raw) << text;
    }
  }
}

constexpr int kMutationRounds = 4000;

TEST(DecodeMutation, JsonPlays) {
  run<PlayRow>("json", 101, kMutationRounds);
}
TEST(DecodeMutation, JsonWide) {
  run<WideRow>("json", 102, kMutationRounds);
}
TEST(DecodeMutation, JsonSongs) {
  run<SongRow>("json", 103, kMutationRounds);
}
TEST(DecodeMutation, ArrayPlays) {
  run<PlayRow>("json-array", 104, kMutationRounds);
}
TEST(DecodeMutation, ArrayWide) {
  run<WideRow>("json-array", 105, kMutationRounds);
}
TEST(DecodeMutation, CsvPlays) {
  run<PlayRow>("csv", 106, kMutationRounds);
}
TEST(DecodeMutation, CsvWide) {
  run<WideRow>("csv", 107, kMutationRounds);
}
TEST(DecodeMutation, CsvSongs) {
  run<SongRow>("csv", 108, kMutationRounds);
}

TEST(DecodeMutation, AcceptedPlaysMeanWhatTheySay) {
  // A mutated line that is still accepted, written again and read again, gives the same row: nothing was
  // rounded, cut or left over.
  RandomRows source(109);
  const auto encoder = make_encoder(schema_info<PlayRow>(), "json");
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = valid_text<PlayRow>(source, "json", 1);
    mutate(source, text);
    const Decoded first = decode_plays("json", text);
    if (first.good.empty()) continue;
    ++accepted;
    WireBatch wire;
    (*encoder)->encode(first.good, wire);
    const Decoded second = decode_plays("json", wire.text.view());
    ASSERT_EQ(second.good.size(), first.good.size()) << text;
    ASSERT_EQ(first_difference(first.good, 0, second.good, 0), "") << text;
  }
  EXPECT_GT(accepted, 500);
}

TEST(DecodeMutation, RandomBytes) {
  RandomRows source(110);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (std::uint64_t n = source.below_n(200); n > 0; --n) text += strange_byte(source);
    for (const std::string_view format : decoder_formats()) {
      const Decoded got = decode_plays(format, text);
      EXPECT_TRUE(got.good.empty());
    }
  }
}

}  // namespace
}  // namespace racesim
