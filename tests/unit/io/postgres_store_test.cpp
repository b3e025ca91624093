// Goal: the PostgreSQL store keeps each row once and says truly what became of it, and a transaction stands
// or falls as a whole. Method: a real server, named by RACESIM_POSTGRES_DSN; what it should hold is kept in
// plain maps beside it, and random batches with repeats and changes decide.
#include <map>
#include <set>

#include "support/earlier_race.h"
#include "support/postgres_world.h"
#include "support/store_reference.h"

namespace racesim {
namespace {

using namespace postgres_world;

LanePosition lane_at(std::int64_t next, std::uint64_t consumed) {
  return {.source = "kafka c1 f1-telemetry",
          .lane = "3",
          .next = next,
          .last_hash = 0xfedcba9876543210,
          .last_time_ms = 17,
          .fingerprint = "",
          .consumed = consumed};
}

Appended must_append(Store& store, const StoreTable& table, const RowBatch& rows, std::vector<Fate>& fates) {
  fates.assign(rows.size(), Fate::blank);
  const auto out = store.append(table, rows, fates);
  EXPECT_TRUE(out.has_value()) << out.error().what;
  return out.value_or(Appended{});
}

TEST_F(PostgresServer, KeepsRowsAndPositionsTogether) {
  auto store = open({kTelemetryTable});
  ASSERT_TRUE(store->positions("kafka c1 f1-telemetry").value().empty());
  std::vector<Fate> fates;
  for (const bool keep : {false, true}) {
    ASSERT_TRUE(store->begin().has_value());
    EXPECT_EQ(must_append(*store, kTelemetryTable, telemetry(0, 5000), fates).stored, 5000u);
    const DeadRecord dead{"kafka c1 f1-telemetry", "3", 5000, "not JSON", std::string_view("\0{\xff", 3)};
    ASSERT_TRUE(store->add_dead_letters({&dead, 1}).has_value());
    EXPECT_TRUE(store->advance(lane_at(0, 0), lane_at(5001, 5001)).value());
    if (keep)
      ASSERT_TRUE(store->commit().has_value());
    else
      store->rollback();
    EXPECT_EQ(ask("SELECT count(*) FROM telemetry"), keep ? "5000" : "0");
    EXPECT_EQ(ask("SELECT count(*) FROM dead_letter"), keep ? "1" : "0");
  }
  EXPECT_EQ(ask("SELECT raw FROM dead_letter"), "\\x007bff");
  const auto positions = store->positions("kafka c1 f1-telemetry");
  ASSERT_EQ(positions->size(), 1u);
  EXPECT_EQ(positions->front(), lane_at(5001, 5001));
  EXPECT_EQ(ask("SELECT run || ' ' || scenario || ' ' || events FROM runs"), "a1b2c3d4 race 5000");
  EXPECT_TRUE(store->close().has_value());
  EXPECT_EQ(ask("SELECT count(*) FROM ingest_writers"), "0");
}

TEST_F(PostgresServer, RefusesALaneThatSomebodyElseMoved) {
  auto one = open({kTelemetryTable});
  auto two = open({kTelemetryTable});
  for (auto* store : {one.get(), two.get()}) {
    ASSERT_TRUE(store->begin().has_value());
    EXPECT_EQ(store->advance(lane_at(0, 0), lane_at(10, 10)).value(), store == one.get());
    if (store == one.get()) {
      ASSERT_TRUE(store->commit().has_value());
    }
  }
  ASSERT_TRUE(two->begin().has_value());
  EXPECT_TRUE(two->advance(lane_at(10, 10), lane_at(20, 20)).value());
  ASSERT_TRUE(two->commit().has_value());
  ASSERT_TRUE(one->begin().has_value());
  EXPECT_FALSE(one->advance(lane_at(10, 10), lane_at(30, 30)).value());
  EXPECT_EQ(ask("SELECT next_offset FROM ingest_offsets"), "20");
  // A lane that begins where nothing was read yet may say so more than once.
  ASSERT_TRUE(one->begin().has_value());
  EXPECT_TRUE(one->advance(lane_at(20, 20), lane_at(20, 20)).value());
  EXPECT_TRUE(one->commit().has_value());
}

TEST_F(PostgresServer, RefusesALaneWhoseRowWasTakenAway) {
  auto store = open({kTelemetryTable});
  ASSERT_TRUE(store->begin().has_value());
  ASSERT_TRUE(store->advance(lane_at(0, 0), lane_at(10, 10)).value());
  ASSERT_TRUE(store->commit().has_value());
  ask("DELETE FROM ingest_offsets");
  ASSERT_TRUE(store->begin().has_value());
  EXPECT_FALSE(store->advance(lane_at(10, 10), lane_at(20, 20)).value());
  EXPECT_EQ(ask("SELECT count(*) FROM ingest_offsets"), "0");
}

TEST_F(PostgresServer, TellsRepeatsFromConflictsOfRandomRows) {
  RandomRows random(7);
  std::map<std::uint64_t, std::uint16_t> reference;  // seq → speed
  auto store = open({kTelemetryTable});
  std::vector<Fate> fates;
  for (int round = 0; round < 30; ++round) {
    ASSERT_TRUE(store->begin().has_value());
    auto tried = reference;
    for (int batch = 0; batch < 3; ++batch) {
      RowBatch rows = telemetry(0, 1 + random.below_n(300));
      std::vector<Fate> expected;
      for (TelemetryRow& row : rows.rows<TelemetryRow>()) {
        row.seq = round % 5 == 0 ? tried.size() : random.below_n(3000);
        row.speed_dkmh = static_cast<std::uint16_t>(row.seq + (random.below_n(10) == 0 ? 1 : 0));
        const auto [found, is_new] = tried.emplace(row.seq, row.speed_dkmh);
        // Times are of the number, so only the speed can differ.
        row.time.ms = static_cast<std::int64_t>(row.seq);
        row.session_time_ms = row.time.ms;
        row.lap_distance_mm = 0;
        expected.push_back(is_new                            ? Fate::stored
                           : found->second == row.speed_dkmh ? Fate::duplicate
                                                             : Fate::conflict);
      }
      const Appended out = must_append(*store, kTelemetryTable, rows, fates);
      EXPECT_EQ(fates, expected) << "round " << round;
      EXPECT_EQ(out.stored, static_cast<std::uint64_t>(std::count(fates.begin(), fates.end(), Fate::stored)));
      EXPECT_EQ(out.duplicates,
                static_cast<std::uint64_t>(std::count(fates.begin(), fates.end(), Fate::duplicate)));
      EXPECT_EQ(out.conflicts, out.conflicting.size());
      for (const std::uint32_t row : out.conflicting) EXPECT_EQ(fates[row], Fate::conflict);
    }
    if (random.below_n(4) == 0) {
      store->rollback();
    } else {
      ASSERT_TRUE(store->commit().has_value());
      reference = std::move(tried);
    }
  }
  EXPECT_EQ(ask("SELECT count(*) FROM telemetry"), std::to_string(reference.size()));
  std::uint64_t sum = 0;
  for (const auto& [seq, speed] : reference) sum += speed;
  EXPECT_EQ(ask("SELECT (sum(speed_kmh) * 10)::bigint FROM telemetry"), std::to_string(sum));
  EXPECT_EQ(ask("SELECT events FROM runs"), std::to_string(reference.size()));
}

constexpr std::string_view kResultScope[] = {"run", "mode"};

TEST_F(PostgresServer, ReplacesResultsLikeInAMap) {
  constexpr TableInfo kByTime{
      .name = "wide_results", .key = {kResultScope, "day"}, .time = "time.seen_at", .replaces = true};
  constexpr TableInfo kByText{
      .name = "text_results", .key = {kResultScope, "note"}, .planned = kWidePlanned, .replaces = true};
  std::uint64_t seed = 0;
  for (const TableInfo* info : {&kByTime, &kByText}) {
    const StoreTable table{&schema_info<WideRow>(), info, {}, "run"};
    auto store = open({table});
    test::StoreReference reference(table);
    test::RepeatingRows source(table, ++seed);
    std::vector<Fate> fates, expected;
    std::uint64_t replaced = 0;
    for (int round = 0; round < 10; ++round) {
      ASSERT_TRUE(store->begin());
      for (int batch = 0; batch < 2; ++batch) {
        RowBatch raw(*table.schema), rows(*table.schema);
        source.add(raw, 40);
        test::keep_fit(*store, table, raw, rows);
        const Appended wanted = reference.append(rows, expected);
        const Appended out = must_append(*store, table, rows, fates);
        EXPECT_EQ(fates, expected) << info->name << ", round " << round;
        EXPECT_EQ(out.stored, wanted.stored);
        EXPECT_EQ(out.duplicates, wanted.duplicates);
        EXPECT_EQ(out.replaced, wanted.replaced);
        replaced += out.replaced;
      }
      ASSERT_TRUE(store->commit());
    }
    EXPECT_GT(replaced, 10u);
    EXPECT_EQ(ask("SELECT count(*) FROM runs"), "0");
    const auto reader = open_postgres_reader(options({}));
    ASSERT_TRUE(reader);
    RowBatch stored(*table.schema);
    while ((*reader)->scan(table, "", 50, stored).value()) {
    }
    EXPECT_TRUE(reference.contents_of(stored) == reference.contents());
    EXPECT_TRUE(store->close());
  }
}

TEST_F(PostgresServer, KeepsStateWithTheTransaction) {
  auto store = open({kTelemetryTable});
  EXPECT_EQ(store->state("laps").value(), std::nullopt);
  const std::string large = std::string("\0\xff", 2) + std::string(5 << 20, 'x');
  for (const bool keep : {false, true}) {
    ASSERT_TRUE(store->begin());
    ASSERT_TRUE(store->put_state("laps", "before"));
    ASSERT_TRUE(store->put_state("laps", large));
    if (keep)
      ASSERT_TRUE(store->commit());
    else
      store->rollback();
    EXPECT_EQ(store->state("laps").value().has_value(), keep);
  }
  EXPECT_TRUE(open({kTelemetryTable})->state("laps").value() == large);
  ask("UPDATE aggregation_state SET format = 2");
  const auto newer = store->state("laps");
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().kind, ErrorKind::usage);
  EXPECT_NE(newer.error().what.find("the state laps has the format 2"), std::string::npos);
}

TEST_F(PostgresServer, MakesWhatADatabaseOfVersion1Lacks) {
  EXPECT_TRUE(open({kTelemetryTable})->close());
  ask("DROP TABLE aggregation_state");
  ask("UPDATE schema_version SET version = 1");
  auto store = open({kTelemetryTable});
  EXPECT_EQ(store->state("laps").value(), std::nullopt);
  EXPECT_EQ(ask("SELECT count(*) FROM schema_version"), "2");
}

TEST_F(PostgresServer, AddsColumnsThatAnEarlierTableLacks) {
  const test::EarlierRace race;
  const auto store_ten = [&](const StoreTable& table, std::uint64_t first) {
    auto store = open({table});
    RowBatch rows(*table.schema);
    test::add_numbered(rows, first, 10);
    std::vector<Fate> fates;
    ASSERT_TRUE(store->begin());
    EXPECT_EQ(must_append(*store, table, rows, fates).stored, 10U);
    ASSERT_TRUE(store->commit());
  };
  const auto stored = [&](const StoreTable& table) {
    const auto reader = open_postgres_reader(options({}));
    RowBatch rows(*table.schema);
    while ((*reader)->scan(table, "", 7, rows).value()) {
    }
    return rows;
  };
  for (const test::EarlierTable* table : race.all()) {
    SCOPED_TRACE(table->now().table->name);
    store_ten(table->then(), 0);
    // As it is it may be read: what it has no column for is missing.
    test::expect_numbered(stored(table->now()), *table, 10, 0);
    EXPECT_TRUE(plan_postgres(options({table->now()})));
    store_ten(table->now(), 10);
    test::expect_numbered(stored(table->now()), *table, 10, 10);
    // The earlier racesim may still write.
    store_ten(table->then(), 20);
  }
  EXPECT_EQ(ask("SELECT count(*) FROM laps WHERE start_time_s IS NULL"), "20");
  ask("ALTER TABLE laps DROP COLUMN seq");
  EXPECT_FALSE(open_postgres(options({race.laps.now()}))) << "a table without the key is not racesim's";
}

TEST_F(PostgresServer, KeepsPacketsWithoutRunByVehicleAndTime) {
  auto store = open({kFleetTable});
  RowBatch rows(schema_info<FleetRow>());
  rows.resize(6);
  rows.missing.resize(6);
  constexpr std::uint64_t kRun = 1u << 14, kSeq = 1u << 13;
  const Text id = rows.add_text("TESTCAR01");
  for (std::size_t i = 0; i < 6; ++i) {
    FleetRow row{};
    row.vehicle_id = id;
    row.timestamp.us = i < 3 ? 1000 : 2000;
    row.seq = i;
    rows.rows<FleetRow>()[i] = row;
  }
  rows.missing[0] = kRun | kSeq;  // stored
  rows.missing[1] = kRun | kSeq;  // the same again
  rows.missing[2] = 0;            // has both: another key, stored
  rows.missing[3] = kRun;         // stored: its time is new
  rows.missing[4] = kRun;         // same vehicle and time, another seq: conflict
  rows.missing[5] = 0;            // stored
  for (FleetRow& row : rows.rows<FleetRow>().subspan(0, 2)) row.seq = 0;
  std::vector<Fate> fates;
  ASSERT_TRUE(store->begin().has_value());
  must_append(*store, kFleetTable, rows, fates);
  EXPECT_EQ(fates, (std::vector<Fate>{Fate::stored, Fate::duplicate, Fate::stored, Fate::stored,
                                      Fate::conflict, Fate::stored}));
  ASSERT_TRUE(store->commit().has_value());
  EXPECT_EQ(ask("SELECT count(*) FROM fleet WHERE run IS NULL"), "2");
}

}  // namespace
}  // namespace racesim
