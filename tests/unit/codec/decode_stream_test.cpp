// Goal: input may come in pieces of any size, positions are right, and one bad record never costs another.
// Method: texts with known good and bad records, decoded whole and byte by byte; limits tried from both
// sides.
#include <gtest/gtest.h>

#include "decode_support.h"

namespace racesim {
namespace {

std::string play(int duration_ms) {
  return with(kPlayLine, "183000", std::to_string(duration_ms));
}
std::string play_cells(int duration_ms) {
  return with(kPlayCells, "183000", std::to_string(duration_ms));
}

TEST(DecodeStream, LinesPositionsAndBlankLines) {
  const std::string first = play(1) + "\n";
  const std::string text = "\xef\xbb\xbf" + first + "\n  \r\nnonsense\r\n" + play(2) + "\r\n{}\n" + play(3);
  for (const std::size_t piece : {1U, 3U, 100U, 100'000U}) {
    const Decoded got = decode_plays("json", text, {}, piece);
    EXPECT_EQ(got.lines, (std::vector<std::uint64_t>{1, 5, 7}));
    ASSERT_EQ(got.good.size(), 3U);
    EXPECT_EQ(got.good.rows<PlayRow>()[2].play_duration_ms, 3U);
    ASSERT_EQ(got.bad.size(), 2U);
    EXPECT_EQ(got.bad[0].line, 4U);
    EXPECT_EQ(got.bad[0].index, 1U);
    EXPECT_EQ(got.bad[0].raw, "nonsense");
    EXPECT_EQ(got.bad[0].offset, text.find("nonsense"));
    EXPECT_EQ(got.bad[1].line, 6U);
    EXPECT_EQ(got.bad[1].index, 3U);
    EXPECT_EQ(got.bad[1].offset, text.find("{}"));
  }
}

TEST(DecodeStream, AMarkOnlyAtTheStart) {
  EXPECT_EQ(only_reason(decode_plays("json", "\xef\xbb", {}, 1)), "not UTF-8");
  const Decoded got = decode_plays("json", play(1) + "\n\xef\xbb\xbf" + play(2) + "\n");
  EXPECT_EQ(got.good.size(), 1U);
  EXPECT_EQ(got.bad.size(), 1U);
}

TEST(DecodeStream, NothingIsNoRecord) {
  for (const std::string_view text : {"", "\n", "\n \t\r\n", "\xef\xbb\xbf"}) {
    const Decoded got = decode_plays("json", text);
    EXPECT_TRUE(got.good.empty());
    EXPECT_TRUE(got.bad.empty());
  }
}

TEST(DecodeStream, AFinishedDecoderIsAsNew) {
  for (const std::string_view format : {"json", "json-array", "csv"}) {
    auto decoder = make_decoder(schema_info<PlayRow>(), format);
    const std::string text = format == "json"         ? play(1)
                             : format == "json-array" ? "[" + play(1) + "]"
                                                      : std::string(kPlayHeader) + play_cells(1);
    RowBatch good(schema_info<PlayRow>());
    Rejects bad;
    for (std::size_t round = 1; round <= 3; ++round) {
      (*decoder)->decode(text, good, bad);
      (*decoder)->decode("\n nonsense", good, bad);
      (*decoder)->finish(good, bad);
      EXPECT_EQ(good.size(), round) << format;
      ASSERT_EQ(bad.size(), round) << format;
      EXPECT_EQ(bad.back().offset, bad.front().offset);
      EXPECT_EQ(bad.back().line, bad.front().line);
    }
  }
}

TEST(DecodeStream, LongestLine) {
  const std::string line = play(1);
  std::string text = line + std::string(kRecordLimit - line.size(), ' ') + "\n" + line +
                     std::string(kRecordLimit + 1 - line.size(), ' ') + "\n" + line + "\n";
  for (const std::size_t piece : {std::size_t{1} << 16, std::size_t{1} << 20, text.size()}) {
    const Decoded got = decode_plays("json", text, {}, piece);
    EXPECT_EQ(got.lines, (std::vector<std::uint64_t>{1, 3}));
    ASSERT_EQ(got.bad.size(), 1U);
    EXPECT_EQ(got.bad[0].reason, "longer than 1048576 bytes; the first 4096 are kept");
    EXPECT_EQ(got.bad[0].raw.size(), kRejectHead);
    EXPECT_EQ(got.bad[0].line, 2U);
  }
}

TEST(DecodeStream, AHugeLineCostsNoMemoryAndOnlyItself) {
  auto decoder = make_decoder(schema_info<PlayRow>(), "json");
  Decoded got(schema_info<PlayRow>());
  const std::string block(1 << 20, 'x');
  for (int i = 0; i < 20; ++i) (*decoder)->decode(block, got.good, got.bad);
  (*decoder)->decode("\n" + play(5) + "\n", got.good, got.bad);
  (*decoder)->finish(got.good, got.bad);
  EXPECT_EQ(got.good.size(), 1U);
  ASSERT_EQ(got.bad.size(), 1U);
  EXPECT_EQ(got.bad[0].raw.size(), kRejectHead);
}

TEST(DecodeStream, TornLastLine) {
  DecoderOptions strict;
  strict.line_end_required = true;
  EXPECT_EQ(only_reason(decode_plays("json", play(1))), "");
  EXPECT_EQ(only_reason(decode_plays("json", play(1), strict)), "torn: no line end");
  EXPECT_EQ(only_reason(decode_plays("json", play(1) + "\n", strict)), "");
  std::string cells(kPlayHeader);
  cells += play_cells(1);
  EXPECT_EQ(only_reason(decode_plays("csv", cells, strict)), "");
  cells.pop_back();
  EXPECT_EQ(only_reason(decode_plays("csv", cells, strict)), "torn: no line end");
  EXPECT_EQ(only_reason(decode_plays("csv", cells)), "");
}

TEST(DecodeArray, ElementsPositionsAndSpace) {
  const std::string text = " \n[\n" + play(1) + ",\n [1],\n\n{\"a\":\"]},{\\\"\"}, " + play(2) + "\n]\n ";
  for (const std::size_t piece : {1U, 2U, 50U, 100'000U}) {
    const Decoded got = decode_plays("json-array", text, {}, piece);
    EXPECT_EQ(got.lines, (std::vector<std::uint64_t>{3, 6}));
    ASSERT_EQ(got.bad.size(), 2U);
    EXPECT_EQ(got.bad[0].reason, "expected an object, found an array");
    EXPECT_EQ(got.bad[0].line, 4U);
    EXPECT_EQ(got.bad[0].index, 1U);
    EXPECT_EQ(got.bad[0].offset, text.find("[1]"));
    EXPECT_EQ(got.bad[1].raw, "{\"a\":\"]},{\\\"\"}");
  }
  EXPECT_EQ(decode_plays("json-array", "[]").bad.size(), 0U);
  EXPECT_EQ(decode_plays("json-array", " [ ] ").bad.size(), 0U);
}

TEST(DecodeArray, SaysWhereADocumentBreaks) {
  const std::string a = play(1);
  struct Broken {
    std::string text;
    std::string_view reason;
    std::size_t rows;
  };
  const std::vector<Broken> cases{
      {"", "no JSON array: the document is empty", 0},
      {"{}", "expected an array: '[' is missing", 0},
      {a, "expected an array", 0},
      {"[", "the document ends before the array does", 0},
      {"[" + a, "the document ends before the array does", 1},
      {"[" + a + ",", "the document ends before the array does", 1},
      {"[" + a + ",]", "an element is missing", 1},
      {"[," + a + "]", "an element is missing", 0},
      {"[" + a + ",," + a + "]", "an element is missing; the rest of the document is not read", 1},
      {"[" + a + " " + a + "]", "',' or ']' is missing after an element", 1},
      {"[" + a + "}", "',' or ']' is missing after an element", 1},
      {"[" + a + "]]", "text after the end of the array", 1},
      {"[" + a + "] x", "text after the end of the array", 1},
      {"[" + a + ",{\"a\":", "the document ends inside this element", 1},
      {"[" + a + ",\"abc]", "the document ends inside this element", 1},
      {"[" + a + ",nul]", "not JSON", 1},
      {"[" + a + ",{]]", "not JSON", 1},
      {"[" + a + ",{]}]", "',' or ']' is missing after an element", 1},
      {"[tru," + a + "]", "not JSON", 1},
      {"[1 2," + a + "]", "is missing after an element", 0},
  };
  for (const Broken& c : cases)
    for (const std::size_t piece : {1U, 1000U}) {
      const Decoded got = decode_plays("json-array", c.text, {}, piece);
      EXPECT_EQ(got.good.size(), c.rows) << c.text;
      ASSERT_FALSE(got.bad.empty()) << c.text;
      EXPECT_NE(got.bad.back().reason.find(c.reason), std::string::npos) << c.text << "\n"
                                                                         << got.bad.back().reason;
    }
}

TEST(DecodeArray, AnOverlongElementCostsOnlyItself) {
  std::string text = "[" + play(1) + ",{\"x\":\"";
  text += std::string(kRecordLimit * 3, ']') + "\"}," + play(2) + "]";
  for (const std::size_t piece : {std::size_t{1} << 16, text.size()}) {
    const Decoded got = decode_plays("json-array", text, {}, piece);
    EXPECT_EQ(got.good.size(), 2U);
    ASSERT_EQ(got.bad.size(), 1U);
    EXPECT_EQ(got.bad[0].reason, "longer than 1048576 bytes; the first 4096 are kept");
  }
}

TEST(MakeDecoder, UnknownFormatIsRefusedWithTheList) {
  const auto made = make_decoder(schema_info<PlayRow>(), "xml");
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().kind, ErrorKind::usage);
  EXPECT_NE(made.error().what.find("'xml'"), std::string::npos);
  EXPECT_EQ(made.error().hint, "one of: json, json-array, csv");
}

TEST(MakeDecoder, EveryListedFormatCanBeMade) {
  for (const std::string_view format : decoder_formats())
    EXPECT_TRUE(make_decoder(schema_info<PlayRow>(), format).has_value()) << format;
}

}  // namespace
}  // namespace racesim
