// Goal: every JSON text that the grammar allows is read, every other one refused with its reason, and no
// number or text changes on the way. Method: the corpus of tests/support/json_corpus.py, whose verdicts and
// values come from a plain recogniser: each text as a record, inside a field that no schema has, as a number
// and as a text.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "codec/decoder.h"
#include "model/fleet.h"
#include "run/rows/block_decoder.h"
#include "support/record_blocks.h"

namespace racesim {
namespace {

struct CorpusCase {
  std::string name, text, alone, inside;
  std::optional<std::uint16_t> speed_dkmh;
  std::optional<std::string> string;
};

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::strtoul(hex.substr(i, 2).c_str(), nullptr, 16));
  return bytes;
}

std::vector<CorpusCase> read_corpus() {
  std::ifstream in(RACESIM_SOURCE_DIR "/tests/support/json_corpus.tsv");
  std::vector<CorpusCase> cases;
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> cells;
    std::istringstream rest(line);
    for (std::string cell; std::getline(rest, cell, '\t');) cells.push_back(cell);
    cells.resize(7);
    CorpusCase made{cells[0], from_hex(cells[1]), cells[2], cells[3], {}, {}};
    if (cells[4] != "-") made.speed_dkmh = static_cast<std::uint16_t>(std::stoul(cells[4]));
    if (cells[5] != "-") made.string = from_hex(cells[5]);
    cases.push_back(std::move(made));
  }
  return cases;
}

class JsonCorpus : public testing::Test {
 protected:
  /// The reason of the only record; empty: it is a row.
  std::string reason_of(const std::string& record) {
    decoder_->decode(block_of({std::string_view(record)}), {}, out_);
    if (!out_.rejects.empty()) return out_.rejects.front().reason;
    return row() != nullptr ? "" : "no row and no reject";
  }
  const FleetRow* row() const {
    for (const auto& part : out_.parts)
      if (part->rows.size() == 1 && part->table.schema == &schema_info<FleetRow>())
        return part->rows.rows<FleetRow>().data();
    return nullptr;
  }
  std::string vehicle() const {
    for (const auto& part : out_.parts)
      if (part->rows.size() == 1) return std::string(part->rows.text(row()->vehicle_id));
    return {};
  }

  static std::string packet(const std::string& vehicle, const std::string& speed, const std::string& more) {
    return R"({"vehicle_id":)" + vehicle + R"(,"timestamp":"2025-08-09T12:34:56.789012+00:00",)" +
           R"("location":{"lat":52.230400,"lon":21.012200},"speed_kmh":)" + speed +
           R"(,"engine_rpm":2140,"gear":4,"fuel_level_pct":92.1,"fault_codes":[],)" + more +
           R"("road_type":"urban","speed_limit_kmh":50,"speeding":true,"rpm_over_redline":false,)" +
           R"("seq":1041,"run":"a1b2c3d4"})";
  }

  std::unique_ptr<BlockDecoder> decoder_ = std::move(*BlockDecoder::make({}));
  DecodedBlock out_;
  const std::vector<CorpusCase> corpus_ = read_corpus();
};

bool says_not_json(const std::string& reason) {
  const auto begins = [&](std::string_view begin) { return reason.rfind(begin, 0) == 0; };
  return begins("not JSON") || begins("not UTF-8") || begins("NUL byte") ||
         begins("nested deeper than 64 levels");
}

TEST_F(JsonCorpus, IsLargeEnough) {
  const auto count = [&](auto&& fits) { return std::count_if(corpus_.begin(), corpus_.end(), fits); };
  EXPECT_GE(corpus_.size(), 600u);
  EXPECT_GE(count([](const CorpusCase& c) { return c.name == "number edge"; }), 55);
  EXPECT_GE(count([](const CorpusCase& c) { return c.alone == "valid"; }), 200);
  EXPECT_GE(count([](const CorpusCase& c) { return c.alone == "invalid"; }), 250);
  EXPECT_GE(count([](const CorpusCase& c) { return c.alone == "taken" || c.alone == "refused"; }), 20);
}

TEST_F(JsonCorpus, AsARecord) {
  for (const CorpusCase& c : corpus_) {
    const std::string reason = reason_of(c.text);  // none of them is a row
    if (c.alone == "invalid") {
      EXPECT_TRUE(says_not_json(reason)) << reason << " in " << c.text;
    } else {
      EXPECT_FALSE(reason.empty()) << c.text;
      EXPECT_EQ(says_not_json(reason), c.alone == "refused" && c.name != "repeated key")
          << reason << " in " << c.text;
    }
  }
}

TEST_F(JsonCorpus, InsideAFieldThatNoSchemaHas) {
  std::uint64_t rows = 0;
  for (const CorpusCase& c : corpus_) {
    const std::string reason = reason_of(packet("\"TESTCAR01\"", "73.4", "\"extra\":" + c.text + ","));
    if (c.inside == "valid" || c.inside == "taken") {
      EXPECT_EQ(reason, "") << c.text;
      ++rows;
    } else if (c.inside == "refused" && c.name == "repeated key") {
      EXPECT_NE(reason.find("the key appears twice"), std::string::npos) << reason << " in " << c.text;
    } else {
      EXPECT_TRUE(says_not_json(reason)) << reason << " in " << c.text;
    }
  }
  EXPECT_EQ(decoder_->unknown_fields().at("extra"), rows);
}

TEST_F(JsonCorpus, AsANumberItIsExactOrRefused) {
  for (const CorpusCase& c : corpus_) {
    const std::string reason = reason_of(packet("\"TESTCAR01\"", c.text, ""));
    EXPECT_EQ(reason.empty(), c.speed_dkmh.has_value()) << reason << " in " << c.text;
    if (reason.empty() && c.speed_dkmh) {
      EXPECT_EQ(row()->speed_dkmh, *c.speed_dkmh) << c.text;
    } else if (c.inside == "valid") {
      EXPECT_EQ(reason.rfind("speed_kmh: ", 0), 0u) << reason << " in " << c.text;
    }
  }
}

TEST_F(JsonCorpus, AsATextItKeepsItsCharacters) {
  for (const CorpusCase& c : corpus_) {
    const std::string reason = reason_of(packet(c.text, "73.4", ""));
    EXPECT_EQ(reason.empty(), c.string.has_value()) << reason << " in " << c.text;
    if (reason.empty() && c.string) {
      EXPECT_EQ(vehicle(), *c.string) << c.text;
    } else if (c.inside == "valid") {
      EXPECT_EQ(reason.rfind("vehicle_id: ", 0), 0u) << reason << " in " << c.text;
    }
  }
}

TEST_F(JsonCorpus, DeepAndLongRecordsAreRefusedAtOnce) {
  const std::string brackets(100'000, '[');
  EXPECT_TRUE(says_not_json(reason_of(brackets)));
  EXPECT_EQ(
      reason_of(packet("\"TESTCAR01\"", "73.4", "\"extra\":" + brackets + std::string(100'000, ']') + ",")),
      "nested deeper than 64 levels");
  EXPECT_EQ(reason_of(brackets + std::string(100'000, ']')), "nested deeper than 64 levels");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_TRUE(says_not_json(reason_of(objects)));
  // What a source hands out of a longer record: so much of it.
  const std::string longest(kRecordLimit, '1'), overlong(kRecordLimit + 1, '1');
  EXPECT_EQ(reason_of(longest), "expected an object, found a number");
  EXPECT_EQ(reason_of(overlong).rfind("longer than 1048576 bytes", 0), 0u);
  // Many keys, all different or not: no more than sorting.
  std::string keys;
  for (int i = 0; i < 90'000; ++i) keys += "\"" + std::to_string(i) + "\":0,";
  EXPECT_EQ(reason_of(packet("\"TESTCAR01\"", "73.4", keys)), "");
  EXPECT_EQ(reason_of(packet("\"TESTCAR01\"", "73.4", keys + "\"89999\":0,")),
            "'89999': the key appears twice");
  EXPECT_LE(decoder_->unknown_fields().size(), 1001u);
}

}  // namespace
}  // namespace racesim
