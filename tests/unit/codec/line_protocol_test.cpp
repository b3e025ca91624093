// Goal: every value of a row is in its point, with its type, and nothing else is; no two events of an entity
// share a point. Method: random rows biased to the edges of their types, of all event tables and of a row
// with every field type, with values missing at random; each line is read by a reader that was written apart
// from the encoder (support/line_protocol_reader.h) and compared field by field with a plain rendering of the
// row.
#include "codec/encode/line_protocol.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "model/event_id.h"
#include "model/fleet.h"
#include "model/master.h"
#include "model/play.h"
#include "model/race.h"
#include "support/line_protocol_reader.h"
#include "support/random_rows.h"
#include "support/rounds.h"

namespace racesim {
namespace {

using line_protocol::Point;
using line_protocol::Value;

constexpr std::string_view kRunAndCar[] = {"run", "car"};
constexpr std::string_view kSessionAndDriver[] = {"session", "driver"};
constexpr std::string_view kRunAndVehicle[] = {"run", "vehicle_id"};
constexpr std::string_view kSeqAndRun[] = {"seq", "run"};
constexpr std::string_view kUser[] = {"user_id"};
constexpr std::string_view kWideScope[] = {"run", "note", "car.gear", "mode", "id"};

const TableInfo kTelemetry{
    .name = "telemetry", .key = {kRunAndCar, "seq"}, .time = "time", .labels = kSessionAndDriver};
const TableInfo kLaps{.name = "laps", .key = {kRunAndCar, "seq"}, .time = "time"};
const TableInfo kResults{.name = "results", .key = {kRunAndCar, "seq"}, .time = "time"};
const TableInfo kFleet{
    .name = "fleet", .key = {kRunAndVehicle, "seq"}, .optional = kSeqAndRun, .time = "timestamp"};
const TableInfo kPlays{.name = "plays", .key = {{}, "event_id"}, .time = "played_at", .labels = kUser};
const TableInfo kWide{.name = "wide", .key = {kWideScope, "total"}, .time = "time.measured_at"};

struct Kind {
  const SchemaInfo* schema;
  const TableInfo* table;
};
const Kind kKinds[] = {{&schema_info<TelemetryRow>(), &kTelemetry}, {&schema_info<LapRow>(), &kLaps},
                       {&schema_info<ResultRow>(), &kResults},      {&schema_info<FleetRow>(), &kFleet},
                       {&schema_info<PlayRow>(), &kPlays},          {&schema_info<WideRow>(), &kWide}};

template <class T>
T value_at(const RowBatch& rows, std::size_t row, const FieldInfo& field, std::size_t item = 0) {
  T value;
  std::memcpy(&value, rows.row_bytes(row) + field.offset + item * field.size, sizeof value);
  return value;
}

__int128 number_at(const RowBatch& rows, std::size_t row, const FieldInfo& field, std::size_t item) {
  const bool is_signed = field.type == FieldType::signed_int;
  switch (field.size) {
    case 1:
      return is_signed ? __int128{value_at<std::int8_t>(rows, row, field, item)}
                       : value_at<std::uint8_t>(rows, row, field, item);
    case 2:
      return is_signed ? __int128{value_at<std::int16_t>(rows, row, field, item)}
                       : value_at<std::uint16_t>(rows, row, field, item);
    case 4:
      return is_signed ? __int128{value_at<std::int32_t>(rows, row, field, item)}
                       : value_at<std::uint32_t>(rows, row, field, item);
    default:
      return is_signed ? __int128{value_at<std::int64_t>(rows, row, field, item)}
                       : value_at<std::uint64_t>(rows, row, field, item);
  }
}

std::string digits(__int128 value) {
  if (value < 0) return "-" + digits(-value);
  std::string text;
  do text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  while ((value /= 10) > 0);
  return text;
}

std::string decimal(__int128 value, std::size_t decimals) {
  std::string text = digits(value < 0 ? -value : value);
  if (text.size() <= decimals) text.insert(0, decimals + 1 - text.size(), '0');
  if (decimals > 0) text.insert(text.size() - decimals, ".");
  return (value < 0 ? "-" : "") + text;
}

/// As the other formats show it.
std::string plain_text(const RowBatch& rows, std::size_t row, const FieldInfo& field, std::size_t item) {
  switch (field.type) {
    case FieldType::signed_int:
    case FieldType::unsigned_int:
      return decimal(number_at(rows, row, field, item), field.decimals);
    case FieldType::boolean:
      return value_at<bool>(rows, row, field, item) ? "true" : "false";
    case FieldType::enumeration:
      return std::string(field.enum_names[value_at<std::uint8_t>(rows, row, field, item)]);
    case FieldType::uuid: {
      std::string text;
      value_at<Uuid>(rows, row, field, item).append_text(text);
      return text;
    }
    case FieldType::hex32:
      return fmt::format("{:08x}", value_at<Hex32>(rows, row, field, item).value);
    case FieldType::text:
      return std::string(rows.text(value_at<Text>(rows, row, field, item)));
    case FieldType::date: {
      const CivilDate day = civil_from_days(value_at<Date>(rows, row, field, item).days);
      return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year), static_cast<int>(day.month),
                         static_cast<int>(day.day));
    }
    case FieldType::time_ms:
    case FieldType::time_us: {
      const bool ms = field.type == FieldType::time_ms;
      const std::int64_t per_day = ms ? 86'400'000 : 86'400'000'000;
      const auto ticks = value_at<std::int64_t>(rows, row, field, item);
      const std::int64_t day = ticks >= 0 ? ticks / per_day : -((-ticks + per_day - 1) / per_day);
      const std::int64_t rest = (ticks - day * per_day) * (ms ? 1000 : 1);
      const CivilDate date = civil_from_days(day);
      const std::string text = fmt::format(
          "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year), static_cast<int>(date.month),
          static_cast<int>(date.day), rest / 3'600'000'000, rest / 60'000'000 % 60, rest / 1'000'000 % 60);
      return ms ? text + fmt::format(".{:03}Z", rest / 1000 % 1000)
                : text + fmt::format(".{:06}+00:00", rest % 1'000'000);
    }
  }
  return "?";
}

/// The items of a list as docs/formats/csv.md has them in one cell, before the cell itself is quoted.
std::string list_text(const RowBatch& rows, std::size_t row, const FieldInfo& field) {
  const auto count = static_cast<std::size_t>(rows.row_bytes(row)[field.count_offset]);
  std::string cell;
  bool any_quoted = false;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) cell += ';';
    const std::string item = plain_text(rows, row, field, i);
    const bool quoted = field.type == FieldType::text &&
                        (item.find_first_of(",;\"\r\n") != std::string::npos || (item.empty() && count == 1));
    any_quoted = any_quoted || quoted;
    if (quoted) cell += '"';
    for (const char c : item) cell += quoted && c == '"' ? std::string("\"\"") : std::string(1, c);
    if (quoted) cell += '"';
  }
  if (!any_quoted) return cell;
  std::string whole = "\"";
  for (const char c : cell) whole += c == '"' ? std::string("\"\"") : std::string(1, c);
  return whole + '"';
}

Value expected_value(const RowBatch& rows, std::size_t row, const FieldInfo& field) {
  if (field.list_limit > 0) return {Value::Kind::string, list_text(rows, row, field)};
  const std::string text = plain_text(rows, row, field, 0);
  const bool is_number = field.type == FieldType::signed_int || field.type == FieldType::unsigned_int;
  if (is_number && field.decimals > 0) return {Value::Kind::floating, text};
  if (is_number && number_at(rows, row, field, 0) > INT64_MAX) return {Value::Kind::unsigned_integer, text};
  if (is_number) return {Value::Kind::integer, text};
  if (field.type == FieldType::boolean) return {Value::Kind::boolean, text};
  return {Value::Kind::string, text};
}

/// The digits behind the event time; `missing`: the row has no number.
int number_digits(const Kind& kind, const RowBatch& rows, std::size_t row, bool missing) {
  for (const FieldInfo& field : kind.schema->fields) {
    if (field.path != kind.table->key.number || missing) continue;
    if (field.type != FieldType::uuid) return static_cast<int>(number_at(rows, row, field, 0) % 1000);
    const auto id = value_at<Uuid>(rows, row, field);
    if (const auto parts = unpack_event_id(id)) return static_cast<int>(parts->seq % 1000);
    unsigned __int128 number = 0;
    for (const std::uint8_t byte : id.bytes) number = number << 8 | byte;
    return static_cast<int>(number % 1000);
  }
  return 0;
}

void check_point(const Kind& kind, const RowBatch& rows, std::size_t row, const Point& point) {
  EXPECT_EQ(point.measurement, kind.table->name);
  const std::uint64_t missing = rows.missing.empty() ? 0 : rows.missing[row];
  std::size_t tags = 0, fields = 0;
  bool number_missing = false;
  for (std::size_t i = 0; i < kind.schema->fields.size(); ++i) {
    const FieldInfo& field = kind.schema->fields[i];
    const bool is_missing = (missing >> i & 1) != 0;
    if (field.path == kind.table->key.number) number_missing = is_missing;
    if (field.path == kind.table->time) continue;
    std::string name(field.path);
    std::replace(name.begin(), name.end(), '.', '_');
    // A Maybe without a value holds the least number of its type.
    const bool none =
        field.may_miss && number_at(rows, row, field, 0) == -(__int128{1} << (8 * field.size - 1));
    if (is_tag(*kind.table, field.path)) {
      const std::string text = plain_text(rows, row, field, 0);
      const auto found = point.tags.find(name);
      if (is_missing || text.empty()) {
        EXPECT_TRUE(found == point.tags.end()) << name;
        continue;
      }
      ++tags;
      ASSERT_TRUE(found != point.tags.end()) << name;
      EXPECT_EQ(found->second, text) << name;
      continue;
    }
    const auto found = point.fields.find(name);
    if (is_missing || none) {
      EXPECT_TRUE(found == point.fields.end()) << name;
      continue;
    }
    ++fields;
    ASSERT_TRUE(found != point.fields.end()) << name;
    EXPECT_TRUE(found->second == expected_value(rows, row, field))
        << name << " is " << found->second.text << ", not " << expected_value(rows, row, field).text;
  }
  EXPECT_EQ(point.fields.size(), fields);
  if (kind.table->key.scope.empty() && point.tags.count("run") > 0) ++tags;  // of the event id
  EXPECT_EQ(point.tags.size(), tags);
  const auto time = std::find_if(kind.schema->fields.begin(), kind.schema->fields.end(),
                                 [&](const FieldInfo& f) { return f.path == kind.table->time; });
  const __int128 ns = __int128{value_at<std::int64_t>(rows, row, *time)} *
                          (time->type == FieldType::time_ms ? 1'000'000 : 1000) +
                      number_digits(kind, rows, row, number_missing);
  EXPECT_EQ(point.time, digits(ns));
}

std::vector<std::string> lines_of(const Kind& kind, const RowBatch& rows) {
  WireBatch wire;
  // Twice into one batch: lines are appended.
  const LineProtocolEncoder encoder(*kind.schema, *kind.table);
  encoder.encode(rows, wire);
  encoder.encode(rows, wire);
  EXPECT_EQ(wire.size(), 2 * rows.size());
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string line(wire.line(i));
    EXPECT_EQ(line, wire.line(rows.size() + i));
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    line.pop_back();
    lines.push_back(std::move(line));
  }
  return lines;
}

void check_all(const Kind& kind, const RowBatch& rows) {
  const std::vector<std::string> lines = lines_of(kind, rows);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    SCOPED_TRACE(lines[i]);
    Point point;
    ASSERT_NO_THROW(point = line_protocol::read_point(lines[i]));
    check_point(kind, rows, i, point);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(LineProtocol, HoldsEveryValueOfARowWithItsType) {
  for (const Kind& kind : kKinds) {
    SCOPED_TRACE(kind.table->name);
    RandomRows source(31);
    RowBatch rows(*kind.schema);
    source.add(rows, test::rounds(2000));
    check_all(kind, rows);
  }
}

TEST(LineProtocol, LeavesOutWhatIsMissing) {
  RandomRows source(32);
  RowBatch rows(schema_info<FleetRow>());
  source.add(rows, 1000);
  std::uint64_t optional = 0;
  for (std::size_t i = 0; i < rows.schema().fields.size(); ++i)
    for (const std::string_view path : kSeqAndRun)
      if (rows.schema().fields[i].path == path) optional |= std::uint64_t{1} << i;
  for (std::size_t i = 0; i < rows.size(); ++i) rows.missing.push_back(source.bits() & optional);
  check_all({&schema_info<FleetRow>(), &kFleet}, rows);

  RowBatch laps(schema_info<LapRow>());
  source.add(laps, 100);
  for (std::size_t i = 0; i < laps.size(); i += 2) laps.rows<LapRow>()[i].pit_in_ms = {};
  check_all({&schema_info<LapRow>(), &kLaps}, laps);
}

TEST(LineProtocol, NamesTheRunThatAnEventIdCarries) {
  RowBatch rows(schema_info<PlayRow>());
  RandomRows source(33);
  source.add(rows, 3);
  rows.rows<PlayRow>()[0].event_id = pack_event_id({0xa1b2c3d4, 17, 4'321});
  rows.rows<PlayRow>()[0].played_at.ms = 1'704'067'200'000;
  rows.rows<PlayRow>()[1].event_id.bytes.fill(0xff);
  rows.rows<PlayRow>()[1].played_at.ms = 1'704'067'200'000;
  const std::vector<std::string> lines = lines_of({&schema_info<PlayRow>(), &kPlays}, rows);
  const Point ours = line_protocol::read_point(lines[0]);
  EXPECT_EQ(ours.tags.at("run"), "a1b2c3d4");
  EXPECT_EQ(ours.time, "1704067200000000321");
  EXPECT_EQ(line_protocol::read_point(lines[1]).tags.count("run"), 0U) << lines[1];
  EXPECT_EQ(line_protocol::read_point(lines[1]).time.substr(13), "000455");  // 2^128 - 1 mod 1000
  check_all({&schema_info<PlayRow>(), &kPlays}, rows);
}

TEST(LineProtocol, TellsEventsOfOneMomentApart) {
  RowBatch rows(schema_info<TelemetryRow>());
  rows.resize(1000);
  std::fill(rows.rows<TelemetryRow>().begin(), rows.rows<TelemetryRow>().end(), TelemetryRow{});
  for (std::size_t i = 0; i < rows.size(); ++i) rows.rows<TelemetryRow>()[i].seq = 77'777 + i;
  std::set<std::string> points;
  for (const std::string& line : lines_of({&schema_info<TelemetryRow>(), &kTelemetry}, rows)) {
    const Point point = line_protocol::read_point(line);
    points.insert(fmt::format("{} {}", point.tags.at("car"), point.time));
  }
  EXPECT_EQ(points.size(), rows.size());
}

TEST(LineProtocol, EscapesAsItsDescriptionSays) {
  RowBatch rows(schema_info<LapRow>());
  rows.resize(1);
  LapRow& row = rows.rows<LapRow>()[0];
  row = LapRow{};
  row.driver = rows.add_text("a,b=c d\\e\"f");
  row.team = rows.add_text("a,b=c d\\e\"f\ng");
  constexpr std::string_view kDriver[] = {"driver"};
  TableInfo table = kLaps;
  table.labels = kDriver;
  const LineProtocolEncoder encoder(rows.schema(), table);
  WireBatch wire;
  encoder.encode(rows, wire);
  const std::string line(wire.line(0));
  EXPECT_EQ(line.find(R"(laps,car=0,driver=a\,b\=c\ d\\e"f,run=00000000 )"), 0U) << line;
  EXPECT_NE(line.find(R"(,team="a,b=c d\\e\"f\ng",seq=0i,)"), std::string::npos) << line;
}

TEST(LineProtocol, NeedsATableWithATime) {
  const auto none = make_encoder(schema_info<SongRow>(), "lineprotocol");
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().what, "rows of 'songs' have no time, which every point of line protocol has");
  EXPECT_TRUE(make_encoder(schema_info<TelemetryRow>(), "lineprotocol", &kTelemetry).has_value());
}

}  // namespace
}  // namespace racesim
