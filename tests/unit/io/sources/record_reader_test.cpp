// Goal: whatever the bytes and however they are cut into pieces, records are those that a plain slow reading
// of the whole text finds, at the same offsets; and reading that goes on from any position gives the same
// records as reading on. Method: random texts of a few nasty characters, random pieces, a reference that
// looks at one character after the other and knows nothing of pieces.
#include "io/sources/record_reader.h"

#include <gtest/gtest.h>

#include <regex>
#include <vector>

#include "pieces.h"

namespace racesim {
namespace {

struct Record {
  std::string text;
  std::int64_t offset = 0;
  bool torn = false;
  bool operator==(const Record&) const = default;
};

void PrintTo(const Record& record, std::ostream* out) {
  *out << record.offset << (record.torn ? " torn " : " ")
       << testing::PrintToString(record.text.substr(0, 80));
}

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r") == std::string::npos;
}

/// One record, from `begin` to in front of its line end; whether it has one.
std::pair<std::size_t, bool> end_of(const std::string& text, std::size_t begin, bool csv) {
  static const std::regex kCells(R"(("([^"]|"")*"|[^",\n]*)(,("([^"]|"")*"|[^",\n]*))*)");
  const std::size_t first = text.find('\n', begin);
  if (first == std::string::npos) return {text.size(), false};
  if (!csv) return {first, true};
  std::size_t quotes = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '"') ++quotes;
    if (text[i] != '\n' || quotes % 2 != 0) continue;
    std::string record = text.substr(begin, i - begin);
    if (!record.empty() && record.back() == '\r') record.pop_back();
    return {i == first || std::regex_match(record, kCells) ? i : first, true};
  }
  return {first, true};
}

std::vector<Record> plain_records(const std::string& text, std::size_t begin, bool csv) {
  std::vector<Record> records;
  while (begin < text.size()) {
    const auto [end, ended] = end_of(text, begin, csv);
    std::string record = text.substr(begin, end - begin);
    if (!record.empty() && record.back() == '\r') record.pop_back();
    if (record.size() > kLongestRecord) record.resize(kLongestRecord + 1);
    if (!is_blank(record)) records.push_back({record, static_cast<std::int64_t>(begin), !ended});
    begin = end + (ended ? 1 : 0);
  }
  return records;
}

void take_records(const RecordBlock& block, std::vector<Record>& records) {
  ASSERT_EQ(block.offsets.size(), block.size());
  ASSERT_LE(block.size(), kBlockRecords);
  for (std::size_t i = 0; i < block.size(); ++i) {
    ASSERT_EQ(block.text.data()[block.ends[i] - 1], '\n');
    records.push_back({std::string(block.record(i)), block.offsets[i], false});
  }
  if (block.torn) records.back().torn = true;
  ASSERT_GE(block.text.capacity(), block.text.size() + kBlockReadAhead);
}

std::vector<Record> read_all(RecordReader& reader) {
  std::vector<Record> records;
  RecordBlock block;
  for (;;) {
    const Result<ReadStep> step = reader.read(block, 0);
    EXPECT_TRUE(step) << step.error().what;
    if (!step || *step == ReadStep::ended) return records;
    if (*step == ReadStep::bytes) take_records(block, records);
  }
}

std::string random_text(std::mt19937& random, bool csv) {
  static const std::vector<std::string> kJson{"\n", "\r\n", "\r",   " ",  "{\"a\":1}", "\"", "x",
                                              "\0", "\n\n", "\xef", "\t", "}",         ","};
  static const std::vector<std::string> kCsv{"\n",       "\r\n", "\"", ",",  "\"\"", "a",
                                             "\"x\ny\"", " ",    "\r", "\n", "1,2\n"};
  const auto& parts = csv ? kCsv : kJson;
  std::string text;
  for (std::size_t i = random() % 40; i > 0; --i) {
    const std::string& part = parts[random() % parts.size()];
    text += part.empty() ? std::string(1, '\0') : part;
  }
  return text;
}

TEST(RecordReader, ReadsWhatAPlainReadingOfTheWholeFinds) {
  std::mt19937 random(1);
  for (int round = 0; round < 6000; ++round) {
    const bool csv = round % 2 == 1;
    const std::string mark = random() % 4 == 0 ? "\xef\xbb\xbf" : "";
    const std::string header = "id,\"seq\",x_m";
    const std::string end = random() % 2 == 0 ? "\n" : "\r\n";
    const std::string before = csv ? mark + header + end : mark + "{}\n";
    const auto text = std::make_shared<std::string>(before + random_text(random, csv));
    RecordReader reader(std::make_unique<Pieces>(text, 1 + random() % 20, random()), false);
    const std::vector<Record> found = read_all(reader);
    ASSERT_EQ(found, plain_records(*text, csv ? before.size() : mark.size(), csv))
        << testing::PrintToString(*text);
    ASSERT_EQ(reader.header(), csv ? header : "");
  }
}

TEST(RecordReader, TakesNoJsonForAHeader) {
  for (const std::string first : {"{\"a\":1}", "[1,2]", "\"a\",\"b", "1,2", "nul", "\"text\"", "true",
                                  "a b,c", "{\"a\":1,\"b\":2", "-1", "a", ","}) {
    const auto text = std::make_shared<std::string>(first + "\n{}\n");
    RecordReader reader(std::make_unique<Pieces>(text, 100, 1), false);
    EXPECT_EQ(read_all(reader).size(), 2u) << first;
    EXPECT_EQ(reader.header(), "") << first;
  }
  for (const std::string first :
       {"a,b", "event_id,song_id", "\"a\",\"b\"", ",a", "Time,DriverNumber", "a.b,c-d"}) {
    const auto text = std::make_shared<std::string>(first + "\n1,2\n");
    RecordReader reader(std::make_unique<Pieces>(text, 100, 1), false);
    EXPECT_EQ(read_all(reader).size(), 1u) << first;
    EXPECT_EQ(reader.header(), first);
  }
}

// Sizes around the limit, with both line ends and none, behind and in front of good records.
TEST(RecordReader, CutsWhatIsTooLong) {
  std::mt19937 random(2);
  for (const bool csv : {false, true}) {
    for (const std::size_t over : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{3},
                                   kLongestRecord, 5 * kLongestRecord}) {
      for (const std::string end : {"\n", "\r\n", ""}) {
        const std::string before = csv ? "a,b\n1,2\n" : "{}\n";
        const auto text =
            std::make_shared<std::string>(before + std::string(kLongestRecord + over - 1, 'x') + end);
        if (!end.empty()) *text += csv ? "3,4\n" : "{\"b\":1}\n";
        RecordReader reader(std::make_unique<Pieces>(text, 300'000, random()), false);
        ASSERT_EQ(read_all(reader), plain_records(*text, csv ? 4 : 0, csv)) << over << csv << end.size();
      }
    }
  }
}

// A quote that is never closed, more than a record's length before the end.
TEST(RecordReader, AStrayQuoteTakesOnlyItsLine) {
  const auto text = std::make_shared<std::string>("a,b\n\"1,2\n");
  for (int i = 0; i < 300'000; ++i) *text += "3,4567\n";
  RecordReader reader(std::make_unique<Pieces>(text, 300'000, 3), false);
  const std::vector<Record> found = read_all(reader);
  ASSERT_EQ(found.size(), 300'001u);
  EXPECT_EQ(found[0].text, "\"1,2");
  EXPECT_EQ(found[300'000].text, "3,4567");
}

// What is read and no record stays small: blank lines, a line without an end.
TEST(RecordReader, KeepsLittleOfWhatIsNoRecord) {
  for (const char filler : {'\n', 'x'}) {
    const auto text =
        std::make_shared<std::string>("{}\n" + std::string(std::size_t{12} << 20, filler) + "\n{}\n");
    RecordReader reader(std::make_unique<Pieces>(text, 300'000, 4), false);
    RecordBlock block;
    std::size_t records = 0, most = 0;
    for (;;) {
      const Result<ReadStep> step = reader.read(block, 0);
      ASSERT_TRUE(step);
      if (*step == ReadStep::ended) break;
      records += block.size();
      most = std::max(most, block.text.capacity());
    }
    EXPECT_EQ(records, filler == 'x' ? 3u : 2u);
    EXPECT_LT(most, std::size_t{4} << 20);
  }
}

TEST(RecordReader, EndsBlocksInTime) {
  const auto text = std::make_shared<std::string>();
  for (int i = 0; i < 100'000; ++i) *text += "{}\n";
  for (int i = 0; i < 10'000; ++i) *text += "{\"text\":\"" + std::string(500, 'a') + "\"}\n";
  RecordReader reader(std::make_unique<Pieces>(text, 262'144, 5), false);
  RecordBlock block;
  std::size_t records = 0;
  for (;;) {
    const Result<ReadStep> step = reader.read(block, -1);
    ASSERT_TRUE(step);
    if (*step == ReadStep::ended) break;
    ASSERT_LE(block.size(), kBlockRecords);
    ASSERT_LT(block.text.size(), kBlockBytes + 262'144 + 600);
    records += block.size();
  }
  EXPECT_EQ(records, 110'000u);
}

/// A position as a lane keeps it, after each block; blocks are made small by pieces of one byte.
struct Stand {
  LanePosition position;
  FileMark mark;
  std::size_t records = 0;
};

std::vector<Stand> stands_of(const std::shared_ptr<std::string>& text, std::mt19937::result_type seed) {
  RecordReader reader(std::make_unique<Pieces>(text, 3, seed), false);
  RecordBlock block;
  std::vector<Stand> stands;
  std::size_t records = 0;
  for (;;) {
    const Result<ReadStep> step = reader.read(block, 0);
    EXPECT_TRUE(step);
    if (!step || *step == ReadStep::ended) return stands;
    if (*step == ReadStep::nothing) continue;
    records += block.size();
    Stand stand;
    stand.position.next = static_cast<std::int64_t>(reader.next());
    stand.position.last_hash = reader.last_hash();
    const std::optional<FileMark> mark = parse_file_mark(to_text(reader.mark()));
    EXPECT_EQ(mark, reader.mark());
    stand.mark = *mark;
    stand.records = records;
    stands.push_back(stand);
  }
}

TEST(RecordReader, GoesOnFromEveryPosition) {
  std::mt19937 random(6);
  for (int round = 0; round < 400; ++round) {
    const bool csv = round % 2 == 1;
    const std::string before = csv ? "id,seq\r\n" : "{}\n";
    const auto text = std::make_shared<std::string>(before + random_text(random, csv));
    const std::vector<Record> all = plain_records(*text, csv ? before.size() : 0, csv);
    for (const Stand& stand : stands_of(text, random())) {
      RecordReader reader(std::make_unique<Pieces>(text, 1 + random() % 30, random()), false);
      const Result<std::string> other = reader.resume(stand.position, stand.mark);
      ASSERT_TRUE(other);
      ASSERT_EQ(*other, "");
      const std::vector<Record> rest(all.begin() + static_cast<std::ptrdiff_t>(stand.records), all.end());
      ASSERT_EQ(read_all(reader), rest) << testing::PrintToString(*text) << " from " << stand.position.next;
      ASSERT_EQ(reader.header(), csv ? "id,seq" : "");
    }
  }
}

// Any one byte before the position that is another one, in the head or in the last record, and any that is
// missing.
TEST(RecordReader, KnowsAnotherStream) {
  const auto text = std::make_shared<std::string>();
  for (int i = 0; i < 200; ++i)
    *text += "{\"seq\":" + std::to_string(i) + ",\"text\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}\n";
  const std::vector<Stand> stands = stands_of(text, 7);
  const Stand& stand = stands.back();
  const auto next = static_cast<std::size_t>(stand.position.next);
  const auto is_other = [&](const std::string& changed) {
    RecordReader reader(std::make_unique<Pieces>(std::make_shared<std::string>(changed), 1000, 8), false);
    const Result<std::string> other = reader.resume(stand.position, stand.mark);
    EXPECT_TRUE(other);
    return !other->empty();
  };
  EXPECT_FALSE(is_other(*text));
  EXPECT_FALSE(is_other(*text + "{}\n"));
  for (std::size_t at = 0; at < next; at = at == kFileHead - 1 ? next - stand.mark.last_size : at + 1) {
    std::string changed = *text;
    changed[at] = changed[at] == 'b' ? 'c' : 'b';
    // Of a line end it is enough that it is there when it is read on.
    if (at != next - 1) {
      EXPECT_TRUE(is_other(changed)) << at;
    }
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kFileHead - 1, next - 2, next - 1})
    EXPECT_TRUE(is_other(text->substr(0, size))) << size;
}

// The end of the last line comes later: with --follow the line waits, else it was torn and is read again.
TEST(RecordReader, ALineThatWasTornIsReadAgainOnceItIsWhole) {
  const std::string whole = "{\"seq\":0}\n{\"seq\":1}\n{\"seq\":2}\n";
  for (std::size_t size = 11; size < 20; ++size) {
    const auto text = std::make_shared<std::string>(whole.substr(0, size));
    const std::vector<Stand> stands = stands_of(text, 9);
    const Stand& stand = stands.back();
    ASSERT_TRUE(stand.mark.torn);
    {
      RecordReader unchanged(std::make_unique<Pieces>(text, 5, 10), false);
      ASSERT_EQ(*unchanged.resume(stand.position, stand.mark), "");
      EXPECT_TRUE(read_all(unchanged).empty());
    }
    RecordReader reader(std::make_unique<Pieces>(std::make_shared<std::string>(whole), 5, 10), false);
    ASSERT_EQ(*reader.resume(stand.position, stand.mark), "");
    const std::vector<Record> all = plain_records(whole, 0, false);
    EXPECT_EQ(read_all(reader), std::vector<Record>(all.begin() + 1, all.end())) << size;
  }
}

TEST(RecordReader, AGrowingLineIsHandedOutWhenItIsWhole) {
  const std::string whole = "{\"seq\":0}\r\n\n{\"seq\":1}\n{\"seq\":2}\n";
  const auto text = std::make_shared<std::string>();
  RecordReader reader(std::make_unique<Pieces>(text, 5, 11), true);
  std::vector<Record> found;
  for (const char each : whole) {
    *text += each;
    for (const Record& record : read_all(reader)) found.push_back(record);
    std::size_t lines = plain_records(*text, 0, false).size();
    if (text->back() != '\n' && !is_blank(text->substr(text->rfind('\n') + 1))) --lines;
    ASSERT_EQ(found.size(), lines) << *text;
  }
  EXPECT_EQ(found, plain_records(whole, 0, false));
}

}  // namespace
}  // namespace racesim
