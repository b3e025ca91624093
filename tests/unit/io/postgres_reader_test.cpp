// Goal: what was stored is read back exactly, and a user's query can read, and nothing else: not write, not
// reach files, other sessions or settings, also where the connection is a superuser's. Method: random rows of
// every field type against the batch that they came from; a list of attacks, each of which must be refused,
// beside honest queries that must run.
#include <algorithm>

#include "support/postgres_world.h"
#include "support/store_reference.h"

namespace racesim {
namespace {

using namespace postgres_world;

std::unique_ptr<StoreReader> open_reader(const StoreOptions& options) {
  auto reader = open_postgres_reader(options);
  EXPECT_TRUE(reader.has_value()) << reader.error().what;
  return reader ? std::move(*reader) : nullptr;
}

// "1|a|NULL" of each row, or the error.
std::string rows_of(StoreReader& reader, const std::string& sql, std::int64_t limit_ms = 20'000) {
  auto rows = reader.query(sql, limit_ms);
  if (!rows) return "error " + std::to_string(static_cast<int>(rows.error().kind)) + ": " + rows.error().what;
  std::string out;
  std::vector<Cell> cells;
  for (;;) {
    const auto more = (*rows)->next(cells);
    if (!more)
      return "error " + std::to_string(static_cast<int>(more.error().kind)) + ": " + more.error().what;
    if (!*more) return out;
    if (!out.empty()) out += '\n';
    for (std::size_t c = 0; c < cells.size(); ++c)
      out += (c > 0 ? "|" : "") + (cells[c].kind == Cell::Kind::null ? "NULL" : cells[c].text);
  }
}

bool is_usage_error(const std::string& text) {
  return text.starts_with("error " + std::to_string(static_cast<int>(ErrorKind::usage)));
}

TEST_F(PostgresServer, ReadsBackExactlyWhatItStored) {
  RowBatch rows(schema_info<WideRow>());
  RandomRows random(5);
  random.add(rows, 4000);
  auto store = open({kWideTable});
  std::vector<RecordFate> unfit;
  store->find_unfit(kWideTable, rows, unfit);
  EXPECT_GT(unfit.size(), 100u);
  // Those that can be kept, in the order of time and id.
  std::vector<std::size_t> fit;
  for (std::size_t i = 0, u = 0; i < rows.size(); ++i) {
    if (u < unfit.size() && unfit[u].index == i)
      ++u;
    else
      fit.push_back(i);
  }
  RowBatch kept(schema_info<WideRow>());
  kept.arena = rows.arena;
  kept.resize(fit.size());
  kept.missing.resize(fit.size());
  for (std::size_t i = 0; i < fit.size(); ++i) {
    kept.rows<WideRow>()[i] = rows.rows<WideRow>()[fit[i]];
    if (i % 7 == 0) {  // a field that was left out
      kept.missing[i] = 1u << 9;
      kept.rows<WideRow>()[i].rpm = 0;
    }
  }
  ASSERT_TRUE(store->begin().has_value());
  EXPECT_EQ(store->append(kWideTable, kept, {})->stored, kept.size());
  ASSERT_TRUE(store->commit().has_value());
  std::vector<std::size_t> order(kept.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const WideRow &x = kept.rows<WideRow>()[a], &y = kept.rows<WideRow>()[b];
    return std::pair(x.seen_at, x.id) < std::pair(y.seen_at, y.id);
  });

  auto reader = open_reader(options({kWideTable}));
  RowBatch back(schema_info<WideRow>());
  std::size_t at = 0;
  for (bool more = true; more;) {
    back.clear();
    more = reader->scan(kWideTable, "", 333, back).value();
    for (std::size_t i = 0; i < back.size(); ++i, ++at) {
      ASSERT_LT(at, order.size());
      ASSERT_EQ(first_difference(kept, order[at], back, i), "") << at;
      ASSERT_EQ(back.missing[i], kept.missing[order[at]]);
    }
  }
  EXPECT_EQ(at, kept.size());
  EXPECT_EQ(reader->tables().value(), std::vector<std::string>{"wide"});
}

TEST_F(PostgresServer, ShowsWhatSomebodyChangedAsMissing) {
  auto store = open({kTelemetryTable});
  ASSERT_TRUE(store->begin().has_value());
  ASSERT_TRUE(store->append(kTelemetryTable, telemetry(0, 3), {}).has_value());
  ASSERT_TRUE(store->commit().has_value());
  ask("UPDATE telemetry SET speed_kmh = 301.20001 WHERE seq = 0");
  ask("UPDATE telemetry SET status = 'flying' WHERE seq = 1");
  ask("UPDATE telemetry SET lap = NULL WHERE seq = 2");
  auto reader = open_reader(options({kTelemetryTable}));
  RowBatch back(schema_info<TelemetryRow>());
  EXPECT_FALSE(reader->scan(kTelemetryTable, "a1b2c3d4", 10, back).value());
  ASSERT_EQ(back.size(), 3u);
  const auto bit = [&](std::string_view path) { return 1ULL << test::field_index(back.schema(), path); };
  EXPECT_EQ(back.missing, (std::vector<std::uint64_t>{bit("speed_kmh"), bit("status"), bit("lap")}));
  back.clear();
  EXPECT_FALSE(reader->scan(kTelemetryTable, "00000000", 10, back).value());
  EXPECT_EQ(back.size(), 0u);
}

TEST_F(PostgresServer, AnswersHonestQueries) {
  auto store = open({kTelemetryTable});
  ASSERT_TRUE(store->begin().has_value());
  ASSERT_TRUE(store->append(kTelemetryTable, telemetry(0, 1000), {}).has_value());
  ASSERT_TRUE(store->commit().has_value());
  auto reader = open_reader(options({kTelemetryTable}));
  const auto ask_reader = [&](const std::string& sql) { return rows_of(*reader, sql); };
  EXPECT_EQ(ask_reader("SELECT count(*), max(speed_kmh), min(time), bool_and(drs) FROM telemetry;"),
            "1000|339.7|2026-05-28T20:26:40Z|false");
  EXPECT_EQ(ask_reader("WITH x AS (SELECT seq FROM telemetry ORDER BY seq DESC LIMIT 2) SELECT * FROM x "
                       "ORDER BY 1 -- two"),
            "998\n999");
  EXPECT_EQ(ask_reader("VALUES (1, NULL, 'x', '\\x00ff'::bytea, 1.50)").substr(0, 9), "1|NULL|x|");
  EXPECT_EQ(ask_reader("TABLE telemetry LIMIT 1").substr(0, 8), "a1b2c3d4");
  EXPECT_EQ(
      ask_reader("SELECT lag(seq) OVER (ORDER BY seq), date_trunc('hour', time), percentile_cont(0.5) WITHIN "
                 "GROUP (ORDER BY x) FROM (SELECT seq, time, 1.0 AS x FROM telemetry LIMIT 1) t GROUP BY 1, "
                 "seq, time")
          .substr(0, 5),
      "error");  // no window without its column grouped: the database's own words
  EXPECT_EQ(ask_reader("SELECT pg_size_pretty(1024::bigint)"), "1024 bytes");
  EXPECT_EQ(ask_reader("SELECT generate_series FROM generate_series(1, 3)"), "1\n2\n3");
  const std::string wrong = ask_reader("SELECT 1,\n  nothere FROM telemetry");
  EXPECT_TRUE(is_usage_error(wrong)) << wrong;
  EXPECT_NE(wrong.find("\"nothere\""), std::string::npos) << wrong;
  EXPECT_NE(wrong.find("line 2, column 3"), std::string::npos) << wrong;
  const std::string slow = rows_of(*reader, "SELECT count(*) FROM generate_series(1, 100000000000)", 1000);
  EXPECT_TRUE(is_usage_error(slow)) << slow;
  EXPECT_NE(slow.find("the query took longer than 1s"), std::string::npos) << slow;
  // Rows stream: the first are there long before the last, and the rest is given up.
  auto endless =
      reader->query("SELECT a + b FROM generate_series(1, 100000) a, generate_series(1, 100000) b", 60'000);
  ASSERT_TRUE(endless.has_value());
  std::vector<Cell> cells;
  EXPECT_TRUE((*endless)->next(cells).value());
}

constexpr const char* kAttacks[] = {
    "DELETE FROM telemetry",
    "INSERT INTO telemetry (run, car, seq) VALUES ('x', 1, 1)",
    "WITH gone AS (DELETE FROM telemetry RETURNING *) SELECT * FROM gone",
    "WITH put AS (INSERT INTO runs VALUES ('x', 'y', 1)) SELECT 1",
    "SELECT 1) AS q; DROP TABLE telemetry; --",
    "SELECT 1) AS q, (SELECT 2",
    "SELECT 1; DROP TABLE telemetry",
    "SELECT * INTO stolen FROM telemetry",
    "CREATE TABLE stolen AS SELECT 1",
    "COPY telemetry TO PROGRAM 'cat >/tmp/racesim-stolen'",
    "COPY telemetry TO '/tmp/racesim-stolen'",
    "DO $$ BEGIN DELETE FROM telemetry; END $$",
    "SET ROLE NONE",
    "RESET ROLE",
    "COMMIT",
    "EXPLAIN ANALYZE DELETE FROM telemetry",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT PG_CATALOG.\"pg_read_file\"('/etc/passwd')",
    "SELECT U&\"pg\\005fread_file\"('/etc/passwd')",
    "SELECT t.pg_read_file FROM (SELECT '/etc/passwd'::text) t",
    "SELECT pg_ls_dir('/')",
    "SELECT * FROM pg_ls_logdir()",
    "SELECT pg_stat_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/racesim-stolen')",
    "SELECT lo_create(4711)",
    "SELECT lo_from_bytea(4711, 'x')",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity",
    "SELECT pg_cancel_backend(1)",
    "SELECT pg_reload_conf()",
    "SELECT pg_switch_wal()",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_sleep(1)",
    "SELECT pg_notify('a', 'b')",
    "SELECT set_config('role', 'none', false)",
    "SELECT set_config('transaction_read_only', 'off', false)",
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT database_to_xml(true, true, '')",
    "SELECT table_to_xml('pg_authid', true, true, '')",
    "SELECT ts_stat('SELECT to_tsvector(''a'')')",
    "SELECT nextval('dead_letter_id_seq')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT * FROM pg_hba_file_rules",
    "SELECT * FROM telemetry FOR UPDATE",
    "SELECT dblink('', 'DELETE FROM telemetry')",
    "SELECT dblink_exec('dbname=postgres', 'CREATE TABLE stolen ()')",
    "SELECT bystander()",
    "SELECT public.bystander()",
    "SELECT t.bystander_of FROM runs t",
    "LISTEN a",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
    "PREPARE p AS DELETE FROM telemetry",
    "CALL bystander_procedure()",
    "VACUUM",
    "LOCK TABLE telemetry",
};

TEST_F(PostgresServer, RefusesWhateverDoesMoreThanRead) {
  auto store = open({kTelemetryTable});
  ASSERT_TRUE(store->begin().has_value());
  ASSERT_TRUE(store->append(kTelemetryTable, telemetry(0, 10), {}).has_value());
  ASSERT_TRUE(store->commit().has_value());
  ask("CREATE EXTENSION IF NOT EXISTS dblink");
  // What somebody's functions do nobody can see from here.
  ask("CREATE FUNCTION bystander() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS "
      "$$ BEGIN PERFORM set_config('role', 'none', false); RETURN 1; END $$");
  ask("CREATE FUNCTION bystander_of(runs) RETURNS integer LANGUAGE sql AS 'SELECT 1'");
  ask("CREATE ROLE test_reader LOGIN");
  ask("GRANT pg_read_all_data TO test_reader");
  const std::string before =
      ask("SELECT md5(string_agg(t::text, ',' ORDER BY seq)) || count(*) FROM telemetry t");
  const std::size_t user = dsn_.find("racesim@");
  ASSERT_NE(user, std::string::npos);
  StoreOptions as_reader = options({kTelemetryTable});
  as_reader.target.replace(user, 7, "test_reader");
  ASSERT_EQ(ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"), "t");
  for (const StoreOptions& who : {options({kTelemetryTable}), as_reader}) {
    auto reader = open_reader(who);
    ASSERT_EQ(rows_of(*reader, "SELECT count(*) FROM telemetry"), "10");
    for (const char* sql : kAttacks) {
      const std::string answer = rows_of(*reader, sql);
      EXPECT_TRUE(is_usage_error(answer)) << sql << "\n" << answer;
    }
    EXPECT_NE(rows_of(*reader, "SELECT current_user"), "racesim");
  }
  EXPECT_EQ(ask("SELECT md5(string_agg(t::text, ',' ORDER BY seq)) || count(*) FROM telemetry t"), before);
  EXPECT_EQ(
      ask("SELECT to_regclass('stolen') IS NULL AND (SELECT count(*) FROM pg_largeobject_metadata) = 0"),
      "t");
  ask("DROP OWNED BY test_reader");
  ask("DROP ROLE test_reader");
}

}  // namespace
}  // namespace racesim
