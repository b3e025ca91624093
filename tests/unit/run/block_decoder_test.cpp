// Goal: every record of a block becomes a row of its table, a reject with its reason, or a blank. Method:
// rows of all stored kinds, written by the encoders and read back; and records with one thing wrong each.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "codec/encoder.h"
#include "run/master/load.h"
#include "run/rows/block_decoder.h"
#include "support/random_rows.h"
#include "support/record_blocks.h"

namespace racesim {
namespace {

std::unique_ptr<BlockDecoder> decoder_with(const BlockDecoderOptions& options = {}) {
  auto made = BlockDecoder::make(options);
  EXPECT_TRUE(made.has_value());
  return std::move(*made);
}

const TableRows* table_part(const DecodedBlock& decoded, std::string_view table) {
  for (const auto& part : decoded.parts)
    if (part->table.table->name == table) return part.get();
  return nullptr;
}

/// The reason of the only record, "" if it is a row.
std::string reason_of(BlockDecoder& decoder, std::string_view record) {
  DecodedBlock out;
  decoder.decode(block_of({record}), {}, out);
  if (!out.rejects.empty()) return out.rejects.front().reason;
  for (const auto& part : out.parts)
    if (part->rows.size() == 1) return "";
  return "no row and no reject";
}

constexpr std::string_view kPacket =
    R"({"vehicle_id":"TESTCAR01","timestamp":"2025-08-09T12:34:56.789012+00:00",)"
    R"("location":{"lat":52.230400,"lon":21.012200},"speed_kmh":73.4,"engine_rpm":2140,"gear":4,)"
    R"("fuel_level_pct":92.1,"fault_codes":[],"road_type":"urban","speed_limit_kmh":50,"speeding":true,)"
    R"("rpm_over_redline":false,"seq":1041,"run":"a1b2c3d4"})";

std::string exchanged(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const std::size_t at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return out.replace(at, from.size(), to);
}

bool lacks(const TableRows& part, std::string_view path) {
  const auto fields = part.rows.schema().fields;
  const auto field =
      std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& f) { return f.path == path; });
  return (part.rows.missing.front() >> (field - fields.begin()) & 1) != 0;
}

TEST(BlockDecoder, ReadsBackEveryStoredKind) {
  // Rows of all kinds, one after the other in one block, so that the kind changes with every record.
  RandomRows random(7);
  std::vector<std::unique_ptr<RowBatch>> written;
  std::vector<std::string> records;
  for (const StoreTable& table : store_tables()) {
    if (table.scenario.empty()) continue;  // master data has checks of its own
    auto& rows = *written.emplace_back(std::make_unique<RowBatch>(*table.schema));
    random.add(rows, 20);
    rows.heads.resize(rows.size());
    WireBatch wire;
    (*make_encoder(*table.schema, "json"))->encode(rows, wire);
    for (std::size_t i = 0; i < wire.size(); ++i)
      records.emplace_back(wire.line(i).substr(0, wire.line(i).size() - 1));
  }
  std::vector<std::string_view> shuffled;
  for (std::size_t i = 0; i < 20; ++i)
    for (std::size_t k = 0; k < written.size(); ++k) shuffled.push_back(records[k * 20 + i]);

  const auto decoder = decoder_with();
  DecodedBlock out;
  decoder->decode(block_of(shuffled), {}, out);
  ASSERT_TRUE(out.rejects.empty()) << out.rejects.front().reason << " in "
                                   << shuffled[out.rejects.front().index];
  std::size_t kind = 0;
  for (const auto& rows : written) {
    const auto part = std::find_if(out.parts.begin(), out.parts.end(),
                                   [&](const auto& p) { return p->table.schema == &rows->schema(); });
    ASSERT_NE(part, out.parts.end());
    ASSERT_EQ((*part)->rows.size(), 20u);
    for (std::size_t i = 0; i < 20; ++i) {
      EXPECT_EQ(first_difference(*rows, i, (*part)->rows, i), "");
      EXPECT_EQ((*part)->records[i], i * written.size() + kind);
    }
    ++kind;
  }
}

/// The record with its members in another order, one left out, or a further one among them.
std::string reordered(std::string_view record, RandomRows& random) {
  std::vector<std::string> members(1);
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 1; i + 1 < record.size(); ++i) {
    const char c = record[i];
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\') members.back() += record[i++];
    if (!in_string) depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
    if (c == ',' && depth == 0 && !in_string)
      members.emplace_back();
    else
      members.back() += record[i];
  }
  if (random.below_n(4) == 0) members.emplace_back("\"further\":[{\"a\":1}]");
  for (std::size_t i = members.size(); i > 1; --i) std::swap(members[i - 1], members[random.below_n(i)]);
  if (random.below_n(8) == 0) members.pop_back();
  std::string out;
  for (const std::string& member : members) out += (out.empty() ? "{" : ", ") + member;
  return out + "}";
}

TEST(BlockDecoder, RemembersNothingOfEarlierRecords) {
  // A decoder that has read others before gives of each record what a new one gives.
  RandomRows random(11);
  const auto decoder = decoder_with();
  DecodedBlock lasting, fresh;
  int rows_seen = 0;
  for (int round = 0; round < 400; ++round) {
    const StoreTable& table = store_tables()[random.below_n(store_tables().size())];
    RowBatch rows(*table.schema);
    random.add(rows, 1);
    rows.heads.resize(1);
    WireBatch wire;
    (*make_encoder(*table.schema, "json"))->encode(rows, wire);
    const std::string record = reordered(wire.line(0).substr(0, wire.line(0).size() - 1), random);
    const RecordBlock block = block_of({std::string_view(record)});
    decoder->decode(block, {}, lasting);
    decoder_with()->decode(block, {}, fresh);
    ASSERT_EQ(lasting.rejects.size(), fresh.rejects.size()) << record;
    if (!fresh.rejects.empty()) {
      EXPECT_EQ(lasting.rejects[0].reason, fresh.rejects[0].reason);
      continue;
    }
    ++rows_seen;
    for (const auto& part : fresh.parts) {
      if (part->rows.empty()) continue;
      const TableRows* const other = table_part(lasting, part->table.table->name);
      ASSERT_NE(other, nullptr) << record;
      ASSERT_EQ(other->rows.size(), 1u) << record;
      EXPECT_EQ(first_difference(other->rows, 0, part->rows, 0), "") << record;
    }
  }
  EXPECT_GT(rows_seen, 100);
}

TEST(BlockDecoder, PacketsMayLackNumberAndRun) {
  const auto decoder = decoder_with();
  DecodedBlock out;
  for (const std::string& record :
       {exchanged(kPacket, R"(,"seq":1041,"run":"a1b2c3d4")", ""),
        exchanged(kPacket, R"("seq":1041,"run":"a1b2c3d4")", R"("run":null,"seq":null)")}) {
    decoder->decode(block_of({std::string_view(record)}), {}, out);
    const TableRows* fleet = table_part(out, "fleet");
    ASSERT_NE(fleet, nullptr);
    ASSERT_EQ(fleet->rows.missing.size(), 1u);
    EXPECT_TRUE(lacks(*fleet, "seq"));
    EXPECT_TRUE(lacks(*fleet, "run"));
    EXPECT_FALSE(lacks(*fleet, "gear"));
  }
  decoder->decode(block_of({kPacket}), {}, out);
  EXPECT_EQ(table_part(out, "fleet")->rows.missing.front(), 0u);
  EXPECT_EQ(reason_of(*decoder, exchanged(kPacket, R"("gear":4,)", R"("gear":null,)")),
            "gear: expected a number, found null");
}

TEST(BlockDecoder, CountsUnknownFieldsAndKeepsTheRow) {
  const auto decoder = decoder_with();
  EXPECT_EQ(
      reason_of(*decoder, exchanged(kPacket, R"("gear":4)", R"("gear":4,"cabin":{"c":21.5},"cabin":1)")),
      "'cabin': the key appears twice");
  EXPECT_TRUE(decoder->unknown_fields().empty());
  EXPECT_EQ(
      reason_of(*decoder, exchanged(kPacket, R"("gear":4)", R"("gear":4,"cabin":{"c":21.5},"big":1e400)")),
      "");
  EXPECT_EQ(
      reason_of(*decoder, exchanged(kPacket, R"("lon":21)", R"("alt":12345678901234567890123,"lon":21)")),
      "");
  EXPECT_EQ(reason_of(*decoder, exchanged(kPacket, R"("gear":4)",
                                          R"("gear":4,"cabin":[{"c":1,"d":{"e":2,"\u0065":3}}])")),
            "'cabin.d.e': the key appears twice");
  const std::map<std::string, std::uint64_t> expected{{"cabin", 1}, {"big", 1}, {"location.alt", 1}};
  EXPECT_EQ(decoder->unknown_fields(), expected);
}

TEST(BlockDecoder, SaysWhatTheNearestKindLacks) {
  const auto decoder = decoder_with();
  EXPECT_EQ(reason_of(*decoder, exchanged(kPacket, R"("gear":4,)", "")),
            "no known row: it is nearest to 'fleet', of which it lacks 'gear'");
  EXPECT_EQ(reason_of(*decoder, R"({"colour":"red"})"), "none of its fields is known");
  EXPECT_EQ(reason_of(*decoder, "[1]"), "expected an object, found an array");
  EXPECT_EQ(reason_of(*decoder, "12"), "expected an object, found a number");
}

TEST(BlockDecoder, TakesRowsOfOneScenarioOnly) {
  const auto decoder = decoder_with({"race", {}});
  EXPECT_NE(reason_of(*decoder, kPacket), "");
  const auto wrong = BlockDecoder::make({"chess", {}});
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().kind, ErrorKind::usage);
}

TEST(BlockDecoder, RefusesATornLastRecord) {
  const auto decoder = decoder_with();
  const auto torn_reason = [&](std::string_view record) {
    RecordBlock block = block_of({kPacket, record});
    block.torn = true;
    DecodedBlock out;
    decoder->decode(block, {}, out);
    return out.rejects.empty() ? "" : out.rejects.front().reason;
  };
  EXPECT_EQ(torn_reason(kPacket), "");  // whole JSON
  for (std::size_t size = 1; size < kPacket.size(); ++size)
    ASSERT_EQ(torn_reason(kPacket.substr(0, size)), "torn: no line end") << size;
}

TEST(BlockDecoder, ReadsCellsBehindAHeaderInAnyOrder) {
  const auto decoder = decoder_with();
  DecodedBlock out;
  LaneInfo lane;
  lane.header = "title,song_id,remark,artist_name,album_name,genre,release_date,duration_ms\r";
  RecordBlock block =
      block_of({"Song,11111111-2222-4333-8444-555555555555,x,\"A, B\",Album,Pop,2001-02-03,1000\r", "",
                "Song,11111111-2222-4333-8444-555555555555,x,A,Album,Pop,2001-02-03,0", "Song,1"});
  decoder->decode(block, lane, out);
  const TableRows* songs = table_part(out, "songs");
  ASSERT_NE(songs, nullptr);
  ASSERT_EQ(songs->rows.size(), 1u);
  EXPECT_EQ(songs->records.front(), 0u);
  EXPECT_EQ(out.blank, 1u);
  ASSERT_EQ(out.rejects.size(), 2u);
  EXPECT_EQ(out.rejects[0].reason, "duration_ms: 0 is not between 1 ms and a day");
  EXPECT_EQ(out.rejects[1].reason, "2 columns, the header has 8");
  EXPECT_EQ(decoder->unknown_fields().at("remark"), 1u);

  // Another lane is JSON, and a header that nobody knows refuses its own records only.
  block = block_of({kPacket});
  block.lane = 1;
  decoder->decode(block, {}, out);
  EXPECT_TRUE(out.rejects.empty());
  block = block_of({"1,2"});
  block.lane = 2;
  lane.header = "a,b";
  decoder->decode(block, lane, out);
  ASSERT_EQ(out.rejects.size(), 1u);
  EXPECT_EQ(out.rejects[0].reason, "the header cannot be used: none of its fields is known");
}

TEST(BlockDecoder, HoldsNumbersToTheirRanges) {
  const auto decoder = decoder_with();
  const auto reason = [&](std::string_view from, std::string_view to) {
    return reason_of(*decoder, exchanged(kPacket, from, to));
  };
  EXPECT_EQ(reason("52.230400", "90.000001"),
            "location.lat: '90.000001' is out of range: -90.000000 to 90.000000");
  EXPECT_EQ(reason("52.230400", "-90.000000"), "");
  EXPECT_EQ(reason("21.012200", "-180.000001"),
            "location.lon: '-180.000001' is out of range: -180.000000 to 180.000000");
  EXPECT_EQ(reason("92.1", "100.1"), "fuel_level_pct: '100.1' is out of range: 0.0 to 100.0");
  EXPECT_EQ(reason("92.1", "100"), "");
  EXPECT_EQ(reason("92.1", "92.15"), "fuel_level_pct: '92.15' has more decimals than the schema's 1");
  EXPECT_EQ(reason("2140", "-1"), "engine_rpm: '-1' is out of range: 0 to 65535");
}

constexpr std::string_view kSample =
    R"({"run":"a1b2c3d4","session":1,"car":63,"driver":"HAL","seq":7,"time":"2026-07-05T14:18:03.450Z",)"
    R"("session_time_s":1083.450,"lap":12,"lap_distance_m":4700.104,"speed_kmh":301.2,"engine_rpm":10693,)"
    R"("gear":8,"throttle_pct":100,"brake_pct":0,"drs":true,"x_m":599.70,"y_m":-272.43,"lat":52.065951,)"
    R"("lon":-1.014636,"lon_g":0.21,"lat_g":0.01,"fuel_kg":88.213,"tyre":"MEDIUM","tyre_age_laps":11,)"
    R"("tyre_wear_pct":18.4,"sector":3,"position":3,"gap_s":1.204,"status":"on_track"})";

TEST(BlockDecoder, RunsTheLawsOfAScenario) {
  BlockDecoderOptions options;
  options.check_laws = true;
  const auto decoder = decoder_with(options);
  const std::string fast = exchanged(kSample, "301.2", "431.2");
  EXPECT_EQ(reason_of(*decoder_with(), fast), "") << "laws are asked for";
  EXPECT_EQ(reason_of(*decoder, fast), "breaks a law: speed_kmh: expected 0 to 420, found 431.2");

  // The next sample of the car is held against the one before, until that is forgotten.
  decoder->forget();
  const std::string next =
      exchanged(exchanged(kSample, R"("seq":7)", R"("seq":8)"), R"("lap":12)", R"("lap":10)");
  EXPECT_EQ(reason_of(*decoder, kSample), "");
  EXPECT_EQ(reason_of(*decoder, next), "breaks a law: lap: expected 12 or the next, found 10");
  decoder->forget();
  EXPECT_EQ(reason_of(*decoder, next), "");
  // A record that comes again is the store's to judge, even if it differs.
  EXPECT_EQ(reason_of(*decoder, exchanged(next, R"("lap":10)", R"("lap":1)")), "");
}

TEST(BlockDecoder, LooksReferencesUp) {
  BlockDecoderOptions options;
  options.master_data_dir = RACESIM_SOURCE_DIR "/data/master";
  const auto decoder = decoder_with(options);
  const auto master =
      load_master(options.master_data_dir, std::array<std::string_view, 3>{"songs", "users", "locations"});
  ASSERT_TRUE(master.has_value());
  const auto id = [&](std::string_view entity, std::size_t row) {
    std::string text;
    Uuid uuid;
    std::memcpy(&uuid, master->rows(entity)->row_bytes(row), sizeof uuid);
    uuid.append_text(text);
    return text;
  };
  const auto play = [](const std::string& song, const std::string& user, const std::string& location) {
    return R"({"event_id":"fd9b71c8-9ac0-427e-be80-e9a063cdbd72","song_id":")" + song + R"(","user_id":")" +
           user + R"(","location_id":")" + location +
           R"(","played_at":"2024-01-01T12:00:00.000Z","play_duration_ms":183000,"device_type":"mobile"})";
  };
  for (std::size_t row = 0; row < master->rows("locations")->size(); ++row)
    ASSERT_EQ(reason_of(*decoder, play(id("songs", row), id("users", row), id("locations", row))), "") << row;
  // An id of another table is none.
  EXPECT_EQ(reason_of(*decoder, play(id("users", 1), id("users", 1), id("locations", 1))),
            "song_id: '" + id("users", 1) + "' is not among the songs of " + options.master_data_dir);
  EXPECT_EQ(
      reason_of(*decoder, play(id("songs", 1), "00000000-0000-0000-0000-000000000000", id("locations", 1))),
      "user_id: '00000000-0000-0000-0000-000000000000' is not among the users of " + options.master_data_dir);
  // Rows of a block that are good stay, and so do the texts of what follows a refused one.
  DecodedBlock out;
  const std::string bad = play(id("users", 1), id("users", 1), id("locations", 1));
  const std::string good = play(id("songs", 1), id("users", 1), id("locations", 1));
  decoder->decode(
      block_of({std::string_view(bad), std::string_view(good), kPacket, std::string_view(bad), kPacket}), {},
      out);
  EXPECT_EQ(out.rejects.size(), 2u);
  EXPECT_EQ(table_part(out, "plays")->records, std::vector<std::uint32_t>{1});
  const TableRows* fleet = table_part(out, "fleet");
  ASSERT_EQ(fleet->rows.size(), 2u);
  EXPECT_EQ(first_difference(fleet->rows, 0, fleet->rows, 1), "");

  options.master_data_dir = "no/such/folder";
  const auto missing = BlockDecoder::make(options);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().kind, ErrorKind::master_data);
}

}  // namespace
}  // namespace racesim
