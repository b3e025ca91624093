// Goal: CSV is read as RFC 4180 has it, with columns in any order, and every fault is named with its column.
// Method: tables of hand-written files; master data rows for quoted text over several lines.
#include <gtest/gtest.h>

#include "decode_support.h"
#include "model/master.h"
#include "support/random_rows.h"

namespace racesim {
namespace {

using namespace std::string_literals;

constexpr std::string_view kSongs = "song_id,title,artist_name,album_name,genre,duration_ms,release_date\n";

std::string song(std::string_view title, std::string_view duration_ms = "1000") {
  return "11111111-2222-4333-8444-555555555555," + std::string(title) + ",An Artist,An Album,pop," +
         std::string(duration_ms) + ",2020-02-29\n";
}

Decoded songs(std::string_view text, const DecoderOptions& options = {}, std::size_t piece = 1 << 22) {
  return decode(schema_info<SongRow>(), "csv", text, options, piece);
}

TEST(DecodeCsv, TextsAsTheyStandInQuotesOrWithout) {
  struct Title {
    std::string_view cell;
    std::string_view text;
  };
  for (const Title& t : std::vector<Title>{{"plain", "plain"},
                                           {"", ""},
                                           {"\"\"", ""},
                                           {" spaces stay ", " spaces stay "},
                                           {"\"a, b\"", "a, b"},
                                           {"\"say \"\"hi\"\"\"", "say \"hi\""},
                                           {"\"\"\"\"", "\""},
                                           {"\"two\nlines\"", "two\nlines"},
                                           {"\"two\r\nlines\"", "two\r\nlines"},
                                           {"\"\n\n\"", "\n\n"},
                                           {"a;b", "a;b"},
                                           {"it's", "it's"},
                                           {"Zoë 漢字 😀", "Zoë 漢字 😀"},
                                           {"null", "null"}}) {
    for (const std::size_t piece : {1U, 5U, 1000U}) {
      const Decoded got = songs(std::string(kSongs) + song(t.cell) + song("next"), {}, piece);
      ASSERT_EQ(got.good.size(), 2U) << t.cell << (got.bad.empty() ? "" : got.bad[0].reason);
      EXPECT_EQ(got.good.text(got.good.rows<SongRow>()[0].title), t.text);
      EXPECT_EQ(got.good.text(got.good.rows<SongRow>()[1].title), "next");
    }
  }
}

TEST(DecodeCsv, LineEndsMarkAndOrderOfColumns) {
  const std::string text =
      "\xef\xbb\xbf\"release_date\",genre,song_id,title,artist_name,duration_ms,album_name\r\n"
      "2020-02-29,pop,11111111-2222-4333-8444-555555555555,T,A,5,\"B\"\r\n"
      "\r\n"
      "2021-01-01,rock,11111111-2222-4333-8444-555555555556,T,A,6,B";
  const Decoded got = songs(text);
  ASSERT_TRUE(got.bad.empty()) << got.bad[0].reason;
  ASSERT_EQ(got.good.size(), 2U);
  EXPECT_EQ(got.good.rows<SongRow>()[1].duration_ms, 6U);
  EXPECT_EQ(got.good.text(got.good.rows<SongRow>()[0].genre), "pop");
  EXPECT_EQ(got.lines, (std::vector<std::uint64_t>{2, 4}));
}

TEST(DecodeCsv, HeaderFaults) {
  struct Header {
    std::string text;
    std::string_view reason;
  };
  for (const Header& h : std::vector<Header>{
           {"", "header: missing, the input is empty"},
           {"\n\r\n", "header: missing, the input is empty"},
           {with(kSongs, ",genre", ""), "header: column 'genre' is missing"},
           {with(kSongs, ",genre", ",Genre"), "header: column 'Genre' is not in the schema 'songs'"},
           {with(kSongs, ",genre", ",genre,colour"), "header: column 'colour' is not in the schema 'songs'"},
           {with(kSongs, ",genre", ",genre,genre"), "header: column 'genre' appears twice"},
           {with(kSongs, ",genre", ", genre"), "header: column ' genre' is not in the schema"},
           {with(kSongs, ",genre", ",ge\"nre"), "header: "},
           {with(kSongs, ",genre", ",ge\xffnre"), "header: not UTF-8"},
           {song("no header"),
            "header: column '11111111-2222-4333-8444-555555555555' is not in the schema"}}) {
    const Decoded got = songs(h.text);
    ASSERT_EQ(got.bad.size(), 1U) << h.text;
    EXPECT_NE(got.bad[0].reason.find(h.reason), std::string::npos) << got.bad[0].reason;
    if (h.text.empty()) continue;
    const Decoded rows = songs(h.text + song("a") + song("b"));
    EXPECT_TRUE(rows.good.empty());
    if (h.text.front() == '\n') continue;
    ASSERT_EQ(rows.bad.size(), 3U) << h.text;
    EXPECT_EQ(rows.bad[2].reason, "the header cannot be used");
    EXPECT_EQ(rows.bad[2].line, 3U);
  }
}

TEST(DecodeCsv, UnknownColumnsCanBeIgnored) {
  DecoderOptions options;
  options.ignore_unknown = true;
  const std::string text =
      with(kSongs, ",genre", ",colour,colour,genre") + with(song("T"), ",pop", ",red,\"b,c\",pop");
  const Decoded got = songs(text, options);
  ASSERT_EQ(got.good.size(), 1U);
  EXPECT_EQ(got.good.text(got.good.rows<SongRow>()[0].genre), "pop");
  EXPECT_EQ(songs(with(kSongs, ",genre", "") + song("T"), options).bad[0].reason,
            "header: column 'genre' is missing");
}

TEST(DecodeCsv, RecordFaults) {
  struct Fault {
    std::string record;  ///< a line with its end
    std::string_view reason;
  };
  for (const Fault& f : std::vector<Fault>{
           {"a,b\n", "2 columns, the header has 7"},
           {song("T,U"), "8 columns, the header has 7"},
           {song("T\"U"), "column 2: a quote inside text that is not quoted"},
           {song("\"T\"U"), "column 2: text after the closing quote"},
           {song("\"T\" "), "column 2: text after the closing quote"},
           {song("T\rU"), "column 2: a carriage return outside quotes"},
           {song("T\xff"), "not UTF-8"},
           {song("T\0"s), "NUL byte at position 39"},
           {song("T", "1.5"), "duration_ms: '1.5' has more decimals than the schema's 0"},
           {song("T", "-1"), "duration_ms: '-1' is out of range: 0 to 4294967295"},
           {song("T", "4294967296"), "is out of range"},
           {song("T", "18446744073709551616"), "is out of range"},
           {song("T", "1e400"), "is out of range"},
           {song("T", ""), "duration_ms: '' is not a number"},
           {song("T", " 5"), "duration_ms: ' 5' is not a number"},
           {song("T", "5 "), "is not a number"},
           {song("T", "+5"), "is not a number"},
           {song("T", "05"), "is not a number"},
           {song("T", "5."), "is not a number"},
           {song("T", ".5"), "is not a number"},
           {song("T", "0x5"), "is not a number"},
           {song("T", "1e"), "is not a number"},
           {song("T", "five"), "is not a number"},
           {song("T", "\"1,000\""), "'1,000' is not a number"},
           {with(song("T"), "2020-02-29", "2021-02-29"), "release_date: '2021-02-29' is not a date"},
           {with(song("T"), "2020-02-29", "29.02.2020"),
            "release_date: '29.02.2020' is not an ISO 8601 date"},
           {with(song("T"), "11111111-", "1111111-"), "song_id: "}}) {
    for (const std::size_t piece : {1U, 1000U}) {
      const Decoded got = songs(std::string(kSongs) + song("before") + f.record + song("after"), {}, piece);
      EXPECT_EQ(got.good.size(), 2U) << f.record;
      ASSERT_EQ(got.bad.size(), 1U) << f.record;
      EXPECT_NE(got.bad[0].reason.find(f.reason), std::string::npos) << f.record << got.bad[0].reason;
      EXPECT_EQ(got.bad[0].line, 3U);
      EXPECT_EQ(got.bad[0].index, 1U);
      EXPECT_EQ(got.bad[0].raw + "\n", f.record);
    }
  }
}

TEST(DecodeCsv, AStrayQuoteCostsOnlyItsLine) {
  std::string text(kSongs);
  for (int i = 0; i < 5; ++i) text += song("good");
  text += song("\"never closed");
  for (int i = 0; i < 5; ++i) text += song("\"quoted, title\"");
  for (const std::size_t piece : {1U, 100U, 100'000U}) {
    const Decoded got = songs(text, {}, piece);
    EXPECT_EQ(got.good.size(), 10U);
    ASSERT_EQ(got.bad.size(), 1U);
    EXPECT_EQ(got.bad[0].line, 7U);
  }
  const Decoded at_end = songs(std::string(kSongs) + song("\"never closed") + song("good"));
  EXPECT_EQ(at_end.good.size(), 1U);
  ASSERT_EQ(at_end.bad.size(), 1U);
  EXPECT_EQ(at_end.bad[0].reason, "column 2: a quote is opened and never closed");
}

TEST(DecodeCsv, OverlongRecords) {
  const std::string huge(kRecordLimit + 10, 'x');
  std::string many_lines = "\"" + std::string(kRecordLimit, '\n');
  const Decoded line = songs(std::string(kSongs) + song(huge) + song("T"), {}, 1 << 16);
  EXPECT_EQ(line.good.size(), 1U);
  ASSERT_EQ(line.bad.size(), 1U);
  EXPECT_EQ(line.bad[0].reason, "longer than 1048576 bytes; the first 4096 are kept");
  EXPECT_EQ(line.bad[0].raw.size(), kRejectHead);
  const Decoded quoted = songs(std::string(kSongs) + many_lines + song("\"T"), {}, 1 << 16);
  ASSERT_GE(quoted.bad.size(), 1U);
  EXPECT_EQ(quoted.bad[0].reason, "longer than 1048576 bytes; the first 4096 are kept");
  EXPECT_EQ(quoted.bad[0].raw, "\"");
}

TEST(DecodeCsv, NestedKeysListsAndTruth) {
  const SchemaInfo& wide = schema_info<WideRow>();
  const std::string header =
      "id,run,valid,mode,car_gear,car_air_offset_k,car_air_latitude,car_balance,level,rpm,duration_s,total,"
      "time_seen_at,time_measured_at,day,note,codes,modes,lists_corners_m,lists_tags,last\n";
  const auto with_lists = [&](const std::string& codes, const std::string& modes, const std::string& tags) {
    return header + "fd9b71c8-9ac0-427e-be80-e9a063cdbd72,a1b2c3d4,false,sport,1,-0.5,1.25,0,0,0,0.001,7," +
           "2024-01-01T12:00:00.000Z,2025-08-09T12:34:56.789012+00:00,2024-01-01,n," + codes + "," + modes +
           ",-1.5;2," + tags + ",z\n";
  };
  Decoded got = decode(wide, "csv", with_lists("1;2;3", "", "a;b"));
  ASSERT_EQ(only_reason(got), "");
  const WideRow* row = &got.good.rows<WideRow>()[0];
  EXPECT_EQ(row->codes.count, 3);
  EXPECT_EQ(row->codes.items[2], 3);
  EXPECT_EQ(row->modes.count, 0);
  EXPECT_EQ(row->corners_mm.items[1], 2000);
  EXPECT_EQ(row->offset_dk, -5);
  EXPECT_FALSE(row->valid);

  got = decode(wide, "csv", with_lists("1", "eco;sport", "\"a;\"\"b;c\"\";\"\"say \"\"\"\"hi\"\"\"\"\"\"\""));
  ASSERT_EQ(only_reason(got), "");
  row = &got.good.rows<WideRow>()[0];
  ASSERT_EQ(row->tags.count, 3);
  EXPECT_EQ(got.good.text(row->tags.items[1]), "b;c");
  EXPECT_EQ(got.good.text(row->tags.items[2]), "say \"hi\"");
  got = decode(wide, "csv", with_lists("1", "eco", "\"\"\"\"\"\""));
  ASSERT_EQ(only_reason(got), "");
  EXPECT_EQ(got.good.rows<WideRow>()[0].tags.count, 1) << "one empty text";

  EXPECT_EQ(only_reason(decode(wide, "csv", with_lists("1;2;3;4;5", "", ""))), "codes: more than 4 items");
  EXPECT_EQ(only_reason(decode(wide, "csv", with_lists("1;;2", "", ""))), "codes: '' is not a number");
  EXPECT_EQ(only_reason(decode(wide, "csv", with_lists("1", "eco;", ""))),
            "modes: '' is none of: off eco sport");
  EXPECT_EQ(only_reason(decode(wide, "csv", with(with_lists("1", "", ""), "false", "no"))),
            "valid: 'no' is neither true nor false");
}

}  // namespace
}  // namespace racesim
