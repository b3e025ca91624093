// Goal: the quick way takes what our encoders write, and never anything that the full reading would refuse or
// read as another row. Method: random rows of many schemas, written, then damaged on fixed seeds; whatever
// the quick way takes is read the long way too (the JSON library's check and the cursor), and the rows
// compared.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/decode/json_row.h"
#include "codec/encoder.h"
#include "decode_support.h"
#include "model/fleet.h"
#include "model/master.h"
#include "model/race.h"
#include "model/race_as.h"
#include "model/race_master.h"
#include "model/race_simple.h"
#include "support/damaged_texts.h"
#include "support/random_rows.h"

namespace racesim {
namespace {

std::vector<std::string> random_lines(const SchemaInfo& schema, RandomRows& source, std::size_t count) {
  RowBatch rows(schema);
  source.add(rows, count);
  rows.heads.resize(count);
  WireBatch wire;
  (*make_encoder(schema, "json"))->encode(rows, wire);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < count; ++i) lines.emplace_back(wire.line(i).substr(0, wire.line(i).size() - 1));
  return lines;
}

/// The same record as Python's json.dumps spells it: with spaces, and without zeros at a number's end.
std::string as_python(std::string_view line) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\') out += line[i++];
    if (!in_string && (c == ',' || c == '}' || c == ']')) {
      const std::size_t digits = out.find_last_not_of("0123456789.") + 1;
      if (out.find('.', digits) != std::string::npos)
        while (out.ends_with("0") && !out.ends_with(".0")) out.pop_back();
    }
    out += line[i];
    if (!in_string && (c == ',' || c == ':')) out += ' ';
  }
  return out;
}

/// Reads a record both ways.
class TwoWays {
 public:
  TwoWays(const SchemaInfo& schema, const DecoderOptions& options)
      : reader_(schema, options), quick_(schema), full_(schema) {}

  /// Whether the quick way took it; both give one row then, the same.
  bool taken(const std::string& record) {
    quick_.clear();
    full_.clear();
    // What follows in a block, so that reading on is seen by sanitizers and by value.
    std::string padded = record + '\n' + std::string(kReadAhead, '\0');
    const std::string_view text = std::string_view(padded).substr(0, record.size());
    const bool taken = reader_.read_canonical(text, quick_);
    if (!taken) {
      EXPECT_TRUE(quick_.empty() && quick_.arena.empty() && quick_.missing.empty()) << record;
      return false;
    }
    std::string why;
    const bool read = check_.valid(text, why) && reader_.read_valid(text, full_, why);
    EXPECT_TRUE(read) << why << " in " << record;
    if (!read) return true;
    EXPECT_EQ(first_difference(quick_, 0, full_, 0), "") << record;
    EXPECT_EQ(quick_.missing, full_.missing) << record;
    return true;
  }

 private:
  JsonRowReader reader_;
  JsonCheck check_;
  RowBatch quick_, full_;
};

struct Share {
  int taken = 0, of = 0;
};

/// How many records were taken: as written, and damaged.
template <class Row>
void try_rows(std::uint64_t seed, int rounds, Share& whole, Share& damaged,
              const DecoderOptions& options = {}) {
  const SchemaInfo& schema = schema_info<Row>();
  RandomRows source(seed);
  TwoWays ways(schema, options);
  for (int round = 0; round < rounds; ++round) {
    for (const std::string& written : random_lines(schema, source, 10)) {
      const std::string line = source.below_n(4) == 0 ? as_python(written) : written;
      ++whole.of;
      whole.taken += ways.taken(line);
      for (int i = 0; i < 4; ++i) {
        std::string record = line;
        for (std::uint64_t n = 1 + source.below_n(2); n > 0; --n)
          source.below_n(2) == 0 ? mutate(source, record) : mutate_number(source, record);
        ++damaged.of;
        damaged.taken += ways.taken(record);
      }
      if (testing::Test::HasFailure()) return;
    }
  }
}

constexpr int kLineRounds = 500;

TEST(DecodeCanonical, RowsWithoutTextsAreAllTaken) {
  Share whole, damaged;
  try_rows<PlayRow>(201, kLineRounds, whole, damaged);
  try_rows<OpenF1LapRow>(203, kLineRounds, whole, damaged);
  try_rows<OpenF1CarDataRow>(204, kLineRounds, whole, damaged);
  EXPECT_EQ(whole.taken, whole.of);
  // Another digit is often right, a strange byte seldom.
  EXPECT_GT(damaged.taken, damaged.of / 20);
  EXPECT_LT(damaged.taken, damaged.of * 3 / 4);
}

TEST(DecodeCanonical, RowsWithTextsAreTakenUnlessTheyHaveEscapes) {
  Share whole, damaged, large;
  try_rows<TelemetryRow>(211, kLineRounds, whole, damaged);
  try_rows<LapRow>(212, kLineRounds, whole, damaged);
  try_rows<RaceControlRow>(213, kLineRounds, whole, damaged);
  try_rows<SongRow>(214, kLineRounds, whole, damaged);
  try_rows<CarRow>(215, kLineRounds, whole, damaged);
  try_rows<SimpleCarRow>(216, kLineRounds, whole, damaged);
  try_rows<WideRow>(217, kLineRounds, whole, damaged);
  try_rows<ResultRow>(218, kLineRounds, whole, damaged);
  EXPECT_GT(whole.taken, whole.of / 20);
  EXPECT_LT(whole.taken, whole.of);
  EXPECT_GT(damaged.taken, damaged.of / 200);
  // Half of all texts have an escape, half of the rest a number of 19 digits.
  try_rows<FastF1TelemetryRow>(202, kLineRounds, large, damaged);
  EXPECT_GT(large.taken, large.of / 5);
}

TEST(DecodeCanonical, OptionalFieldsAreThere) {
  constexpr std::string_view kOptional[] = {"seq", "run"};
  DecoderOptions options;
  options.optional = kOptional;
  options.natural_ranges = true;
  Share whole, damaged;
  try_rows<FleetRow>(221, kLineRounds, whole, damaged, options);
  EXPECT_GT(whole.taken, whole.of / 20);
}

TEST(DecodeCanonical, PythonsSpelling) {
  TwoWays ways(schema_info<SimpleCarRow>(), {});
  EXPECT_TRUE(ways.taken(R"({"id": "car-1", "time": "2026-07-05T14:18:03.450Z", "speed": 213.0, )"
                         R"("location": {"x_m": 0.0, "y_m": 0, "lat": 52.0684, "lon": -1.0234}, )"
                         R"("checkpoint": 4, "seq": 7, "run": "a1b2c3d4"})"));
  // Both at once is nobody's.
  EXPECT_FALSE(ways.taken(R"({"id": "car-1","time": "2026-07-05T14:18:03.450Z", "speed": 213.0, )"
                          R"("location": {"x_m": 0.0, "y_m": 0, "lat": 52.0684, "lon": -1.0234}, )"
                          R"("checkpoint": 4, "seq": 7, "run": "a1b2c3d4"})"));
  EXPECT_EQ(as_python(R"({"a":[1,2.50],"b":"x,\":0.0","c":0.00})"),
            R"({"a": [1, 2.5], "b": "x,\":0.0", "c": 0.0})");
}

TEST(DecodeCanonical, EveryPrefixAndEveryByteOfARecord) {
  RandomRows source(231);
  TwoWays ways(schema_info<PlayRow>(), {});
  const std::string line(kPlayLine);
  ASSERT_TRUE(ways.taken(line));
  for (std::size_t size = 0; size < line.size(); ++size) ASSERT_FALSE(ways.taken(line.substr(0, size)));
  for (std::size_t at = 0; at < line.size(); ++at)
    for (int byte = 0; byte < 256; ++byte) {
      std::string record = line;
      record[at] = static_cast<char>(byte);
      ways.taken(record);
    }
  EXPECT_FALSE(ways.taken(line + "}"));
  EXPECT_FALSE(ways.taken(line + line));
  EXPECT_FALSE(ways.taken(' ' + line));
}

TEST(DecodeCanonical, TimesAtTheEdgesOfMinutes) {
  // The minute is remembered from record to record: one that differs late or early must be read anew.
  TwoWays ways(schema_info<PlayRow>(), {});
  for (const char* time :
       {"2024-01-01T12:00:00.000Z", "2024-01-01T12:00:59.999Z", "2024-01-01T12:01:00.000Z",
        "2024-02-29T23:59:59.999Z", "2025-01-01T00:00:00.000Z", "0000-01-01T00:00:00.000Z",
        "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", "2024-01-01T12:00:30.500Z"})
    EXPECT_TRUE(ways.taken(with(kPlayLine, "2024-01-01T12:00:00.000Z", time))) << time;
  for (const char* time :
       {"2024-01-01T12:00:60.000Z", "2024-01-01T12:60:00.000Z", "2023-02-29T00:00:00.000Z",
        "2024-01-01T24:00:00.000Z", "2024-01-01t12:00:00.000Z", "2024-01-01T12:00:00.000z",
        "2024-01-01T12:00:0:.000Z", "2024-01-01T12:00:00.00/Z", "2024-01-01T12:00:00.0000Z"})
    EXPECT_FALSE(ways.taken(with(kPlayLine, "2024-01-01T12:00:00.000Z", time))) << time;
}

TEST(DecodeCanonical, NumbersAtTheEdgesOfTheirTypes) {
  TwoWays ways(schema_info<PlayRow>(), {});
  for (const char* number : {"0", "9", "4294967295", "99999999", "100000000"})
    EXPECT_TRUE(ways.taken(with(kPlayLine, "183000", number))) << number;
  for (const char* number : {"4294967296", "-1", "00", "01", "", "-", "1.0", "1e3", "99999999999999999999",
                             "000000001", "1234567a"})
    EXPECT_FALSE(ways.taken(with(kPlayLine, "183000", number))) << number;
}

}  // namespace
}  // namespace racesim
