// Goal: every JSON text is either exactly the row it says or refused with a reason that names the key and the
// fault. Method: tables of hand-written changes to a valid line, each with the words its reason must hold.
#include <gtest/gtest.h>

#include "decode_support.h"
#include "model/master.h"
#include "support/random_rows.h"

namespace racesim {
namespace {

using namespace std::string_literals;

struct Case {
  std::string_view from;  ///< of the valid line
  std::string to;
  std::string_view reason;  ///< a part of it; empty: accepted
};

void check_plays(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const std::string line = with(kPlayLine, c.from, c.to);
    const Decoded got = decode_plays("json", line + "\n");
    if (c.reason.empty()) {
      EXPECT_EQ(only_reason(got), "") << line;
    } else {
      EXPECT_NE(only_reason(got).find(c.reason), std::string::npos) << line << "\n" << only_reason(got);
      ASSERT_EQ(got.bad.size(), 1U) << line;
      EXPECT_EQ(got.bad[0].raw, line);
    }
    // The same record as an element of a document.
    EXPECT_EQ(decode_plays("json-array", "[" + line + "]").bad.empty(), c.reason.empty()) << line;
  }
}

TEST(DecodeJson, ReadsEveryFieldOfAPlay) {
  const Decoded got = decode_plays("json", std::string(kPlayLine) + "\n");
  ASSERT_EQ(got.good.size(), 1U);
  const PlayRow& row = got.good.rows<PlayRow>()[0];
  EXPECT_EQ(row.event_id.bytes[0], 0xfd);
  EXPECT_EQ(row.event_id.bytes[15], 0x72);
  EXPECT_EQ(row.song_id.bytes[7], 0x33);
  EXPECT_EQ(row.played_at.ms, 1'704'110'400'000);
  EXPECT_EQ(row.play_duration_ms, 183'000U);
  EXPECT_EQ(row.device_type, Device::mobile);
}

TEST(DecodeJson, AcceptsWhatMeansTheSame) {
  check_plays({
      {R"({"event_id")", R"(  { "event_id" )", ""},
      {R"("play_duration_ms":183000,)", "\"play_duration_ms\"\t:\r 183000 ,", ""},
      {R"(,"device_type":"mobile"})", R"(,"device_type":"mobile"}  )", ""},
      {R"("mobile"})", "\"mobile\"}\r", ""},
      {R"("song_id")", R"("song\u005fid")", ""},
      {R"("mobile")", R"("mob\u0069le")", ""},
      {"183000", "183000.0", ""},
      {"183000", "183e3", ""},
      {"183000", "1.83E+5", ""},
      {"183000", "1830000000e-4", ""},
      {"183000", "0", ""},
      {"183000", "-0", ""},
      {"183000", "0e99999999999999999999", ""},
      {"183000", "4294967295", ""},
      {"fd9b71c8-9ac0", "FD9B71C8-9AC0", ""},
      {"-427e-", "-727e-", ""},
      {"2024-01-01T", "2024-02-29T", ""},
      {"mobile", "smart_speaker", ""},
  });
  const std::string reordered =
      R"({"device_type":"tv","played_at":"2024-01-01T12:00:00.000Z","play_duration_ms":1,)"
      R"("location_id":"01234567-89ab-4def-8123-456789abcdef","user_id":"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",)"
      R"("song_id":"11111111-2222-4333-8444-555555555555","event_id":"fd9b71c8-9ac0-427e-be80-e9a063cdbd72"})";
  EXPECT_EQ(only_reason(decode_plays("json", reordered)), "");
}

TEST(DecodeJson, RefusesWrongKeys) {
  check_plays({
      {R"("song_id":)", R"("song":)", "key 'song' is not in the schema 'plays'"},
      {R"("song_id":)", R"("Song_id":)", "key 'Song_id' is not in the schema"},
      {R"("song_id":)", R"("":)", "key '' is not in the schema"},
      {R"("device_type":"mobile"})", R"("device_type":"mobile","x":{"y":[1,2]}})",
       "key 'x' is not in the schema"},
      {R"("device_type":"mobile"})", R"("device_type":"mobile","device_type":"mobile"})",
       "device_type: the key appears twice"},
      {R"("song_id":)", R"("event_\u0069d":)", "event_id: the key appears twice"},
      {R"("song_id":"11111111-2222-4333-8444-555555555555",)", "", "key 'song_id' is missing"},
      {R"(,"device_type":"mobile")", "", "key 'device_type' is missing"},
  });
  EXPECT_EQ(only_reason(decode_plays("json", "{}\n")), "key 'event_id' is missing");
}

TEST(DecodeJson, RefusesWrongTypes) {
  check_plays({
      {"183000", "\"183000\"", "play_duration_ms: expected a number, found a string"},
      {"183000", "null", "play_duration_ms: expected a number, found null"},
      {"183000", "true", "play_duration_ms: expected a number, found true or false"},
      {"183000", "[183000]", "play_duration_ms: expected a number, found an array"},
      {"183000", "{}", "play_duration_ms: expected a number, found an object"},
      {R"("mobile")", "0", "device_type: expected a string, found a number"},
      {R"("mobile")", "null", "device_type: expected a string, found null"},
      {R"("2024-01-01T12:00:00.000Z")", "1704110400000", "played_at: expected a string, found a number"},
  });
  for (const std::string_view text : {"[]", "5", "\"x\"", "null", "true"})
    EXPECT_NE(only_reason(decode_plays("json", text)).find("expected an object, found"), std::string::npos)
        << text;
}

TEST(DecodeJson, RefusesNumbersThatDoNotFit) {
  check_plays({
      {"183000", "-1", "play_duration_ms: '-1' is out of range: 0 to 4294967295"},
      {"183000", "4294967296", "'4294967296' is out of range"},
      {"183000", "18446744073709551615", "is out of range"},
      {"183000", "1e10", "'1e10' is out of range"},
      {"183000", "1e308", "'1e308' is out of range"},
      {"183000", "1.5", "'1.5' has more decimals than the schema's 0"},
      {"183000", "183000.00001", "has more decimals"},
      {"183000", "1e-1", "has more decimals"},
      {"183000", "1e-400", "has more decimals"},
      {"183000", "18446744073709551616", "'18446744073709551616' is out of range"},
      {"183000", "1e400", "'1e400' is out of range"},
      {"183000", "01", "not JSON: a number is malformed"},
      {"183000", "1.", "not JSON: a number is malformed"},
      {"183000", ".5", "not JSON"},
      {"183000", "+5", "not JSON"},
      {"183000", "-", "not JSON"},
      {"183000", "0x10", "not JSON"},
      {"183000", "1_000", "not JSON"},
      {"183000", "NaN", "not JSON"},
      {"183000", "Infinity", "not JSON"},
      {"183000", "-Infinity", "not JSON"},
  });
}

TEST(DecodeJson, RefusesIllFormedValues) {
  check_plays({
      {"fd9b71c8-", "fd9b71c8", "event_id: 'fd9b71c89ac0-"},
      {"fd9b71c8-", "gd9b71c8-", "is not a UUID: 32 hex digits as 8-4-4-4-12"},
      {"fd9b71c8-", "{fd9b71c8-", "is not a UUID"},
      {"fd9b71c8-9ac0-427e-be80-e9a063cdbd72", "", "event_id: '' is not a UUID"},
      {"fd9b71c8-9ac0-427e-be80-e9a063cdbd72", "fd9b71c89ac0427ebe80e9a063cdbd72", "is not a UUID"},
      {"mobile", "phone", "device_type: 'phone' is none of: mobile desktop tablet smart_speaker tv"},
      {"mobile", "Mobile", "'Mobile' is none of"},
      {"mobile", "", "'' is none of"},
      {"12:00:00.000Z", "12:00:00Z", "played_at: '2024-01-01T12:00:00Z' is not an event time"},
      {"12:00:00.000Z", "12:00:00.000", "is not an event time"},
      {"12:00:00.000Z", "12:00:00.000+00:00", "is not an event time"},
      {"12:00:00.000Z", "12:00:00.0000Z", "is not an event time"},
      {"12:00:00.000Z", "12:00:60.000Z", "seconds go from 00 to 59"},
      {"12:00:00.000Z", "24:00:00.000Z", "hours go from 00 to 23"},
      {"2024-01-01T", "2023-02-29T", "February 2023 has 28 days"},
      {"2024-01-01T", "2024-13-01T", "months go from 01 to 12"},
      {"2024-01-01T", "2024-01-01 ", "is not an event time"},
  });
}

TEST(DecodeJson, RefusesWhatIsNotJson) {
  check_plays({
      {"{", "", "not JSON"},
      {R"("mobile"})", R"("mobile")", "not JSON"},
      {R"("mobile"})", R"("mobile"}})", "not JSON"},
      {R"("mobile"})", R"("mobile"} {})", "not JSON"},
      {R"("mobile"})", R"("mobile"},)", "not JSON"},
      {R"("mobile"})", R"("mobile",})", "not JSON"},
      {R"("mobile"})", R"("mobile)", "a string is never closed"},
      {R"("mobile"})", R"('mobile'})", "not JSON"},
      {R"("mobile"})", R"("mobile"} // x)", "not JSON"},
      {R"("song_id":)", R"(song_id:)", "not JSON"},
      {R"("song_id":)", R"("song_id")", "not JSON"},
      {"183000", "tru", "not JSON"},
      {"183000", "nulL", "not JSON"},
      {"183000", "", "not JSON"},
      {"mobile", "mob\\xile", "not JSON: a string has an impossible escape"},
      {"mobile", "mob\\u12", "not JSON: a string has an impossible escape"},
      {"mobile", "\\ud800", "half a surrogate pair"},
      {"mobile", "\\udc00x", "half a surrogate pair"},
      {"mobile", "\\ud800\\u0041", "half a surrogate pair"},
      {"mobile", "mo\tbile", "a string holds a control character"},
      {"mobile", "mo\x01", "a string holds a control character"},
      {"mobile", "mo\xff", "not UTF-8"},
      {"mobile", "mo\xc0\xaf", "not UTF-8"},
      {"mobile", "mo\xed\xa0\x80", "not UTF-8"},
      {"mobile", "mo\xf5\x80\x80\x80", "not UTF-8"},
      {"mobile", "mo\xe2\x82", "not UTF-8"},
      {"mobile", "mo\0"s, "NUL byte at position"},
      {R"("mobile"})", "\"mobile\"}\0"s, "NUL byte at position"},
      {"183000", std::string(64, '[') + std::string(64, ']'), "nested deeper than 64 levels"},
      {"183000", std::string(100'000, '['), "nested deeper than 64 levels"},
  });
}

TEST(DecodeJson, NestedKeysAndListsOfTheWideRow) {
  RandomRows source(5);
  RowBatch rows(schema_info<WideRow>());
  const std::string line =
      R"({"id":"fd9b71c8-9ac0-427e-be80-e9a063cdbd72","run":"a1b2c3d4","valid":true,"mode":"eco",)"
      R"("car":{"gear":-3,"air":{"offset_k":-0.5,"latitude":52.065951},"balance":-0.000000001},"level":255,)"
      R"("rpm":10693,"duration_s":1.5,"total":18446744073709551615,)"
      R"("time":{"seen_at":"2024-01-01T12:00:00.000Z","measured_at":"2025-08-09T12:34:56.789012+00:00"},)"
      R"("day":"1969-12-31","note":"Zo\u00eb \ud83d\ude00 \"x\"\n","codes":[1,2],"modes":[],)"
      R"("lists":{"corners_m":[-1.25],"tags":["a","","c"]},"last":""})";
  const SchemaInfo& wide = schema_info<WideRow>();
  const Decoded got = decode(wide, "json", line);
  ASSERT_EQ(only_reason(got), "");
  const WideRow& row = got.good.rows<WideRow>()[0];
  EXPECT_EQ(row.run.value, 0xa1b2c3d4U);
  EXPECT_EQ(row.gear, -3);
  EXPECT_EQ(row.offset_dk, -5);
  EXPECT_EQ(row.latitude_udeg, 52'065'951);
  EXPECT_EQ(row.balance_nano, -1);
  EXPECT_EQ(row.duration_ms, 1500U);
  EXPECT_EQ(row.total, UINT64_MAX);
  EXPECT_EQ(row.day.days, -1);
  EXPECT_EQ(row.measured_at.us, 1'754'742'896'789'012);
  EXPECT_EQ(got.good.text(row.note), "Zoë 😀 \"x\"\n");
  EXPECT_EQ(row.codes.count, 2);
  EXPECT_EQ(row.modes.count, 0);
  EXPECT_EQ(row.corners_mm.items[0], -1250);
  EXPECT_EQ(got.good.text(row.tags.items[2]), "c");

  const std::vector<Case> cases{
      {R"("gear":-3)", R"("gear":-129)", "car.gear: '-129' is out of range: -128 to 127"},
      {R"("gear":-3)", R"("gear":-128)", ""},
      {R"("gear":-3,)", "", "key 'car.gear' is missing"},
      {R"("gear":-3)", R"("gear":1,"gear":1)", "car.gear: the key appears twice"},
      {R"("gear":-3)", R"("gears":1)", "car: key 'gears' is not in the schema"},
      {R"("air":{"offset_k":-0.5,"latitude":52.065951})", R"("air":5)",
       "car.air: expected an object, found a number"},
      {R"("air":{"offset_k":-0.5,"latitude":52.065951})", R"("air":{})", "key 'car.air.offset_k' is missing"},
      {R"("level":255)", R"("level":255,"car":{})", "car: the key appears twice"},
      {"-0.5", "3276.8", "car.air.offset_k: '3276.8' is out of range: -3276.8 to 3276.7"},
      {"-0.5", "-3276.8", ""},
      {"-0.5", "1", ""},
      {"-0.5", "1.25", "'1.25' has more decimals than the schema's 1"},
      {"52.065951", "52.0659511", "has more decimals than the schema's 6"},
      {"52.065951", "52.06595100", ""},
      {"-0.000000001", "-9223372036.854775808", ""},
      {"-0.000000001", "9223372036.854775808",
       "is out of range: -9223372036.854775808 to 9223372036.854775807"},
      {"-0.000000001", "9007199254.740993001", ""},
      {"true", "1", "valid: expected true or false, found a number"},
      {"true", "\"true\"", "valid: expected true or false, found a string"},
      {"a1b2c3d4", "a1b2c3d", "run: 'a1b2c3d' is not 8 hex digits"},
      {"a1b2c3d4", "a1b2c3d4e", "is not 8 hex digits"},
      {"a1b2c3d4", "A1B2C3D4", ""},
      {"1969-12-31", "1969-12-32", "day: '1969-12-32' is not a date: December 1969 has 31 days"},
      {"1969-12-31", "1969-12-31T00:00", "is not an ISO 8601 date"},
      {"[1,2]", "[1,2,3,4]", ""},
      {"[1,2]", "[1,2,3,4,5]", "codes: more than 4 items"},
      {"[1,2]", "[1,null]", "codes: expected a number, found null"},
      {"[1,2]", "[65536]", "codes: '65536' is out of range: 0 to 65535"},
      {"[1,2]", "1", "codes: expected an array, found a number"},
      {R"("modes":[])", R"("modes":["eco","fast"])", "modes: 'fast' is none of: off eco sport"},
      {R"(["a","","c"])", R"([["a"]])", "lists.tags: expected a string, found an array"},
      {R"("last":"")", R"("last":"a\u0000b")", "last: 'a?b' holds a NUL character"},
      {".789012+00:00", ".789012Z", "time.measured_at: "},
      {".789012+00:00", ".789+00:00", "time.measured_at: "},
  };
  for (const Case& c : cases) {
    const std::string reason = only_reason(decode(wide, "json", with(line, c.from, c.to)));
    if (c.reason.empty()) {
      EXPECT_EQ(reason, "") << c.to;
    } else {
      EXPECT_NE(reason.find(c.reason), std::string::npos) << c.to << "\n" << reason;
    }
  }
}

TEST(DecodeJson, UnknownKeysCanBeIgnored) {
  DecoderOptions options;
  options.ignore_unknown = true;
  const std::string line =
      with(kPlayLine, R"("song_id")", R"("x":{"a":[{"b":"}]\""},null,1.5e3,true]},"song_id")");
  EXPECT_EQ(only_reason(decode_plays("json", line, options)), "");
  EXPECT_EQ(only_reason(decode_plays("json", with(line, "\"song_id\":", "\"s\":"), options)),
            "key 'song_id' is missing");
  const std::string bad = with(kPlayLine, R"("song_id")", R"("x":[1,],"song_id")");
  EXPECT_NE(only_reason(decode_plays("json", bad, options)).find("not JSON"), std::string::npos);
}

TEST(DecodeJson, ReasonsQuoteOnlyTheStartOfLongValues) {
  const std::string reason =
      only_reason(decode_plays("json", with(kPlayLine, "mobile", std::string(100, 'x') + "漢")));
  EXPECT_EQ(reason.find(std::string(60, 'x') + "…'"), std::string("device_type: '").size());
}

TEST(DecodeJson, ARefusedRecordLeavesNoText) {
  Decoded got(schema_info<SongRow>());
  got = decode(
      schema_info<SongRow>(), "json",
      R"({"song_id":"11111111-2222-4333-8444-555555555555","title":"T","artist_name":"A","album_name":"B",)"
      R"("genre":"G","duration_ms":-1,"release_date":"2020-01-01"})");
  EXPECT_EQ(got.bad.size(), 1U);
  EXPECT_EQ(got.good.arena, "");
}

}  // namespace
}  // namespace racesim
