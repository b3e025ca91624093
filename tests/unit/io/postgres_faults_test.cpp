// Goal: whatever ends a connection, commit() says truly whether the transaction is kept, and an error that
// passes can be tried again. Method: a real server whose back ends are ended at chosen points: between calls,
// in a COMMIT before it counts (a deferred trigger waits there), and behind it (a standby that is waited for
// and does not exist), and locks and deadlocks with a second store.
#include <atomic>
#include <thread>

#include "base/clock.h"
#include "support/postgres_world.h"

namespace racesim {
namespace {

using namespace postgres_world;

constexpr const char* kEndIngests =
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'racesim "
    "ingest%' "
    "AND datname = current_database()";

class PostgresFaults : public PostgresServer {
 protected:
  // Asks until the answer is that.
  void wait_for(const std::string& sql, const std::string& answer) {
    for (int asked = 0; asked < 20'000 && ask(sql) != answer; ++asked) {
    }
    ASSERT_EQ(ask(sql), answer);
  }
  Done write(Store& store, std::uint64_t first, std::size_t count) {
    if (Done ok = store.begin(); !ok) return ok;
    const auto out = store.append(kTelemetryTable, telemetry(first, count), {});
    if (!out) return tl::make_unexpected(out.error());
    return store.commit();
  }
  std::string rows() { return ask("SELECT count(*) FROM telemetry"); }
};

TEST_F(PostgresFaults, GoesOnAfterItsConnectionWasEndedBetweenCalls) {
  auto store = open({kTelemetryTable});
  LanePosition lane;
  lane.source = "s";
  lane.lane = "l";
  for (int at = 0; at < 4; ++at) {
    const auto cut = [&](int point) {
      if (at == point) ask(kEndIngests);
    };
    cut(0);
    Done done = store->begin();
    cut(1);
    if (done)
      done = store->append(kTelemetryTable, telemetry(static_cast<std::uint64_t>(at) * 100, 100), {})
                 .map([](auto&&) {});
    cut(2);
    if (done) done = store->advance(lane, lane).map([](bool) {});
    cut(3);
    if (done) done = store->commit();
    ASSERT_FALSE(done.has_value()) << at;
    EXPECT_TRUE(store->worth_retrying()) << done.error().what;
    EXPECT_EQ(rows(), std::to_string(at * 100));
    store->rollback();
    const Done again = write(*store, static_cast<std::uint64_t>(at) * 100, 100);
    ASSERT_TRUE(again.has_value()) << again.error().what;
    EXPECT_EQ(rows(), std::to_string(at * 100 + 100));
  }
}

TEST_F(PostgresFaults, KnowsThatACommitCutShortDidNotCount) {
  auto store = open({kTelemetryTable});
  ask("CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN "
      "NULL; END $$");
  ask("CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON telemetry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
      "EXECUTE FUNCTION linger()");
  Done done;
  std::thread writer([&] { done = write(*store, 0, 10); });
  wait_for("SELECT count(*) FROM pg_stat_activity WHERE query = 'COMMIT' AND wait_event = 'PgSleep'", "1");
  ask(kEndIngests);
  writer.join();
  ASSERT_FALSE(done.has_value());
  EXPECT_TRUE(store->worth_retrying());
  EXPECT_EQ(rows(), "0");
  ask("DROP TRIGGER linger ON telemetry");
  EXPECT_TRUE(write(*store, 0, 10).has_value());
  EXPECT_EQ(rows(), "10");
}

TEST_F(PostgresFaults, KnowsThatACommitCountedThoughNobodySaidSo) {
  auto store = open({kTelemetryTable});
  admin("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  admin("SELECT pg_reload_conf()");
  wait_for("SHOW synchronous_standby_names", "nobody");
  Done done;
  std::thread writer([&] { done = write(*store, 0, 10); });
  wait_for("SELECT count(*) FROM pg_stat_activity WHERE query = 'COMMIT' AND wait_event = 'SyncRep'", "1");
  ask(kEndIngests);
  admin("ALTER SYSTEM RESET synchronous_standby_names");
  admin("SELECT pg_reload_conf()");
  writer.join();
  EXPECT_TRUE(done.has_value()) << done.error().what;
  EXPECT_EQ(rows(), "10");
  EXPECT_TRUE(write(*store, 10, 10).has_value());
  EXPECT_EQ(rows(), "20");
}

TEST_F(PostgresFaults, TriesAgainAfterADeadlock) {
  auto one = open({kTelemetryTable});
  auto two = open({kTelemetryTable});
  ASSERT_TRUE(one->begin().has_value());
  ASSERT_TRUE(two->begin().has_value());
  ASSERT_TRUE(one->append(kTelemetryTable, telemetry(0, 10), {}).has_value());
  ASSERT_TRUE(two->append(kTelemetryTable, telemetry(10, 10), {}).has_value());
  std::atomic<bool> one_is_done{false};
  Done first;
  std::thread other([&] {
    first = one->append(kTelemetryTable, telemetry(10, 10), {}).map([](auto&&) {});
    if (first) first = one->commit();
    one_is_done = true;
  });
  Done second = two->append(kTelemetryTable, telemetry(0, 10), {}).map([](auto&&) {});
  if (second) second = two->commit();
  other.join();
  // One of them is the victim.
  ASSERT_NE(first.has_value(), second.has_value());
  Store& victim = first ? *two : *one;
  EXPECT_TRUE(victim.worth_retrying()) << (first ? second : first).error().what;
  EXPECT_TRUE(write(victim, 0, 20).has_value());
  EXPECT_EQ(rows(), "20");
}

TEST_F(PostgresFaults, WaitsForALockNoLongerThanItMay) {
  StoreOptions hurried = options({kTelemetryTable});
  hurried.busy_wait_ns = 50'000'000;
  auto store = open_postgres(hurried).value();
  const auto target = postgres::parse_target(dsn_, "");
  postgres::Trouble trouble;
  auto holder = postgres::Connection::open(*target, "holder", trouble).value();
  ASSERT_TRUE(holder->run("BEGIN; LOCK TABLE telemetry").has_value());
  const Done done = write(*store, 0, 10);
  ASSERT_FALSE(done.has_value());
  EXPECT_TRUE(store->worth_retrying()) << done.error().what;
  ASSERT_TRUE(holder->run("ROLLBACK").has_value());
  EXPECT_TRUE(write(*store, 0, 10).has_value());
}

TEST_F(PostgresFaults, RefusesWhatItCannotUseWithTheNextThingToDo) {
  const auto refused = [&](const std::string& target, ErrorKind kind, const std::string& what) {
    StoreOptions options = this->options({kTelemetryTable});
    options.target = target;
    const auto store = open_postgres(options);
    ASSERT_FALSE(store.has_value()) << target;
    EXPECT_EQ(store.error().kind, kind) << store.error().what;
    EXPECT_NE(store.error().what.find(what), std::string::npos) << store.error().what;
    EXPECT_FALSE(store.error().hint.empty()) << store.error().what;
  };
  refused(server_.substr(0, server_.rfind('/') + 1) + "nothere", ErrorKind::runtime,
          "\"nothere\" does not exist");
  refused("host=127.0.0.1 port=1 dbname=x", ErrorKind::runtime, "refused");
  ask("CREATE TABLE telemetry (id integer)");
  refused(dsn_, ErrorKind::usage, "its table \"telemetry\" is not racesim's");
  ask("DROP TABLE telemetry");
  EXPECT_NE(open({kTelemetryTable}), nullptr);
  ask("UPDATE schema_version SET version = 99");
  refused(dsn_, ErrorKind::usage, "its tables are of version 99");
  ask("DROP TABLE schema_version");
  ask("CREATE TABLE schema_version (major text)");
  refused(dsn_, ErrorKind::usage, "");
  admin("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  refused(server_.substr(0, server_.rfind('/') + 1) + "latin", ErrorKind::usage, "LATIN1");
  admin("DROP DATABASE latin");
}

TEST_F(PostgresFaults, SeveralMayMakeTheTablesAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> opened{0};
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&] {
      opened += open_postgres(options({kTelemetryTable, kFleetTable})).has_value() ? 1 : 0;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(opened, 6);
  EXPECT_EQ(ask("SELECT count(*) FROM schema_version"), "1");
  const auto plan = plan_postgres(options({kTelemetryTable, kPlaysTable}));
  ASSERT_TRUE(plan.has_value());
  EXPECT_NE(plan->find("makes the tables plays"), std::string::npos) << *plan;
}

TEST_F(PostgresFaults, RemovesWhatIsOldAndRefusesWhatComesTooLate) {
  StoreOptions keeping = options({kTelemetryTable});
  keeping.keep_ns = 10 * kNsPerSecond;  // 1000 rows
  auto store = open_postgres(keeping).value();
  ASSERT_TRUE(write(*store, 0, 8000).has_value());
  std::uint64_t removed = 0;
  for (;;) {
    const auto some = store->expire();
    ASSERT_TRUE(some.has_value()) << some.error().what;
    if (*some == 0) break;
    removed += *some;
  }
  EXPECT_EQ(removed, 8000u - 1001u);
  EXPECT_EQ(ask("SELECT min(seq) FROM telemetry"), "6999");
  // A new process knows it from the tables.
  store = open_postgres(keeping).value();
  ASSERT_TRUE(store->begin().has_value());
  std::vector<Fate> fates(8000);
  const auto out = store->append(kTelemetryTable, telemetry(0, 8000), fates);
  EXPECT_EQ(out->expired, 6999u);
  EXPECT_EQ(out->duplicates, 1001u);
  EXPECT_EQ(fates[0], Fate::expired);
  ASSERT_TRUE(store->commit().has_value());
  // What was removed stays removed, also if more is kept from now on.
  store = open({kTelemetryTable});
  ASSERT_TRUE(store->begin().has_value());
  EXPECT_EQ(store->append(kTelemetryTable, telemetry(6990, 10), {})->expired, 9u);
  ASSERT_TRUE(store->commit().has_value());
  const auto reader = open_postgres_reader(options({kTelemetryTable})).value();
  EXPECT_EQ(reader->expired_before_us(kTelemetryTable).value(), (1'780'000'000'000 + 69'990) * 1000);
}

}  // namespace
}  // namespace racesim
