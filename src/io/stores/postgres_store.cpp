#include <algorithm>
#include <atomic>
#include <random>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "io/stores/postgres.h"
#include "io/stores/postgres_columns.h"
#include "io/stores/postgres_connection.h"
#include "io/stores/postgres_dead_letters.h"
#include "io/stores/postgres_loader.h"
#include "io/stores/postgres_positions.h"
#include "io/stores/postgres_retention.h"
#include "io/stores/postgres_rollups.h"
#include "io/stores/postgres_session.h"
#include "io/stores/postgres_state.h"
#include "io/stores/postgres_tables.h"
#include "io/stores/postgres_tallies.h"
#include "io/stores/rollups.h"

namespace racesim {
namespace postgres {
namespace {

constexpr std::int64_t kSettleMax_ns = 300 * kNsPerSecond;
constexpr std::int64_t kFirstPause_ns = 100'000'000, kLongestPause_ns = 2'000'000'000;
constexpr int kExpireSteps = 256;  // rows are looked for whenever this part of --keep has passed

std::string random_uuid() {
  std::random_device device;
  Uuid id;
  for (std::uint8_t& byte : id.bytes) byte = static_cast<std::uint8_t>(device());
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  std::string text;
  id.append_text(text);
  return text;
}

// A table while the store is open.
struct PostgresTable : LoadedTable {
  using LoadedTable::LoadedTable;
  Ages ages;                                    ///< as committed
  std::optional<std::int64_t> clean_before_us;  ///< no row is older
};

class PostgresStore final : public Store {
 public:
  PostgresStore(Target target, const StoreOptions& options)
      : target_(std::move(target)),
        keep_us_(options.keep_ns / 1000),
        writer_(random_uuid()),
        summaries_(options.summaries),
        rollups_(options.tables, SqlDialect::postgres) {
    session_ = {"racesim ingest " + writer_, true, options.durability,
                std::max<std::int64_t>(options.busy_wait_ns / 1'000'000, 1)};
    for (const StoreTable& table : options.tables) tables_.emplace_back(TablePlan(table, keep_us_ > 0));
  }

  Done open();
  std::string name() const override { return target_.shown; }
  Result<std::vector<LanePosition>> positions(std::string_view source) override;
  Done begin() override;
  Result<Appended> append(const StoreTable& table, const RowBatch& rows, std::span<Fate> fates) override;
  void find_unfit(const StoreTable& table, const RowBatch& rows, std::vector<RecordFate>& out) const override;
  Done add_dead_letters(std::span<const DeadRecord> records) override;
  Result<bool> advance(const LanePosition& before, const LanePosition& after) override;
  Done put_state(std::string_view name, std::string_view bytes) override;
  Result<std::optional<std::string>> state(std::string_view name) override;
  Done commit() override;
  void rollback() override;
  bool worth_retrying() const override { return passing_; }
  Result<std::uint64_t> expire() override;
  void abandon() override { abandoned_ = true; }
  Done close() override;
  const WaitNote* wait() const override { return &wait_; }

 private:
  Done connect();
  Done learn_ages();
  Done refresh_ages();
  Result<Answer> run(const std::string& sql);
  tl::unexpected<Error> failed(Error error);
  std::uint64_t set_aside_old(const PostgresTable& table, const RowBatch& rows);
  void note_newest(const PostgresTable& table, const RowBatch& rows);
  Done settle(const Error& why);
  Result<bool> was_committed();
  void end_transaction(bool committed);
  std::size_t index_of(const StoreTable& table) const;

  const Target target_;
  const std::int64_t keep_us_;
  const std::string writer_;  ///< UUID of this store as long as it is open
  SessionOptions session_;
  std::vector<PostgresTable> tables_;
  std::unique_ptr<Connection> connection_;  ///< null: gone, to be made again
  std::uint64_t transaction_ = 0;           ///< number of the latest one
  bool is_open_ = false;                    ///< between begin() and its end
  bool passing_ = false;
  std::vector<Fate> fates_;  ///< of the rows of one append()
  Tallies tallies_;
  Loader loader_;
  const bool summaries_;
  Rollups rollups_;
  const Rollups::Execute execute_ = [this](const std::string& sql) {
    return run(sql).map([](const Answer&) {});
  };
  std::size_t next_to_expire_ = 0;
  WaitNote wait_;
  std::atomic<bool> abandoned_{false};
};

std::size_t PostgresStore::index_of(const StoreTable& table) const {
  const auto found = std::find_if(tables_.begin(), tables_.end(),
                                  [&](const PostgresTable& t) { return t.plan.of.table == table.table; });
  RACESIM_CHECK(found != tables_.end());
  return static_cast<std::size_t>(found - tables_.begin());
}

// After an error nothing of the transaction stands, and a connection that is gone is made anew by begin().
tl::unexpected<Error> PostgresStore::failed(Error error) {
  const Trouble trouble = connection_ ? connection_->trouble() : Trouble{.sqlstate = {}, .lost = true};
  passing_ = trouble.is_passing();
  if (trouble.lost) connection_.reset();
  rollback();
  return tl::make_unexpected(std::move(error));
}

Result<Answer> PostgresStore::run(const std::string& sql) {
  Result<Answer> answer = connection_->run(sql);
  if (!answer) return failed(std::move(answer.error()));
  return answer;
}

Done PostgresStore::connect() {
  Trouble trouble;
  auto opened = open_session(target_, session_, trouble);
  passing_ = !opened && trouble.is_passing();
  if (!opened) return tl::make_unexpected(opened.error());
  connection_ = std::move(*opened);
  return {};
}

Done PostgresStore::open() {
  if (Done ok = connect(); !ok) return ok;
  std::vector<TablePlan> plans;
  for (const PostgresTable& table : tables_) plans.push_back(table.plan);
  if (Done ok = make_tables(*connection_, target_, plans, keep_us_ > 0); !ok) return ok;
  if (summaries_)
    if (Done ok = make_rollups(*connection_, rollups_.plans()); !ok) return ok;
  // There from now on, so that was_committed() finds its lock.
  if (const Result<Answer> ok =
          run("INSERT INTO ingest_writers (writer, transactions) VALUES ('" + writer_ + "', 0)");
      !ok)
    return tl::make_unexpected(ok.error());
  return learn_ages();
}

// How old the rows are that are there.
Done PostgresStore::learn_ages() {
  for (PostgresTable& table : tables_) {
    const Result<Ages> ages = read_ages(*connection_, table.plan, keep_us_ > 0);
    if (!ages) return failed(ages.error());
    table.ages = *ages;
  }
  return {};
}

// What other processes have stored and removed since.
Done PostgresStore::refresh_ages() {
  const auto known = read_all_ages(*connection_);
  if (!known) return failed(known.error());
  for (PostgresTable& table : tables_)
    if (const auto of = known->find(table.plan.of.table->name); of != known->end())
      table.ages.add(of->second);
  return {};
}

Result<std::vector<LanePosition>> PostgresStore::positions(std::string_view source) {
  if (!connection_)
    if (Done ok = connect(); !ok) return tl::make_unexpected(ok.error());
  auto found = read_positions(*connection_, source);
  if (!found) return failed(std::move(found.error()));
  return found;
}

// The number of the transaction is part of it: whoever reads it later knows whether it was committed.
Done PostgresStore::begin() {
  RACESIM_CHECK(!is_open_);
  if (!connection_)
    if (Done ok = connect(); !ok) return ok;
  is_open_ = true;
  const std::string number = std::to_string(++transaction_);
  const Result<Answer> begun =
      run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; INSERT INTO ingest_writers (writer, "
          "transactions) VALUES ('" +
          writer_ + "', " + number + ") ON CONFLICT (writer) DO UPDATE SET transactions = " + number +
          ", seen = now(); " + find_rollups_sql(rollups_.plans()));
  if (!begun) return tl::make_unexpected(begun.error());
  rollups_.begin(rollups_found(*begun));
  return keep_us_ > 0 ? refresh_ages() : Done();
}

Result<Appended> PostgresStore::append(const StoreTable& of, const RowBatch& rows, std::span<Fate> fates) {
  PostgresTable& table = tables_[index_of(of)];
  fates_.assign(rows.size(), Fate::stored);
  const std::uint64_t expired = set_aside_old(table, rows);
  Result<Appended> out = loader_.load(*connection_, table, rows, fates_);
  if (!out) return failed(std::move(out.error()));
  out->expired = expired;
  note_newest(table, rows);
  tallies_.add(table.plan, rows, fates_);
  // From here on this transaction holds a lock on the table, for which whoever makes the summaries waits.
  if (const RollupPlan* const plan = rollups_.to_look_for(of)) {
    const Result<Answer> found = run(find_rollups_sql({*plan}));
    if (!found) return tl::make_unexpected(found.error());
    rollups_.note_there(of, rollups_found(*found).front());
  }
  rollups_.add(of, rows, fates_);
  if (!fates.empty()) std::copy(fates_.begin(), fates_.end(), fates.begin());
  return out;
}

// Old is what lies so far behind the newest row that was there before, and what is older than rows that were
// removed once.
std::uint64_t PostgresStore::set_aside_old(const PostgresTable& table, const RowBatch& rows) {
  if (table.plan.time_field < 0 || (keep_us_ == 0 && !table.ages.expired_before_us)) return 0;
  Ages ages = table.ages;
  ages.add(tallies_.ages(table.plan.of.table->name));
  std::optional<std::int64_t> before_us = ages.expired_before_us;
  if (keep_us_ > 0 && ages.newest_us)
    before_us = std::max(before_us, std::optional(*ages.newest_us - keep_us_));
  std::uint64_t expired = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::optional<std::int64_t> time_us = event_time_us(table.plan, rows, i);
    if (!time_us || !before_us || *time_us >= *before_us) continue;
    fates_[i] = Fate::expired;
    ++expired;
  }
  if (expired > 0) tallies_.note(table.plan.of.table->name, {std::nullopt, before_us});
  return expired;
}

// Of what is in the table now: a row in conflict with it is not, whatever its time.
void PostgresStore::note_newest(const PostgresTable& table, const RowBatch& rows) {
  if (table.plan.time_field < 0 || (keep_us_ == 0 && !table.ages.expired_before_us)) return;
  Ages seen;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (fates_[i] != Fate::expired && fates_[i] != Fate::conflict)
      seen.newest_us = std::max(seen.newest_us, event_time_us(table.plan, rows, i));
  tallies_.note(table.plan.of.table->name, seen);
}

void PostgresStore::find_unfit(const StoreTable& of, const RowBatch& rows,
                               std::vector<RecordFate>& out) const {
  const TablePlan& plan = tables_[index_of(of)].plan;
  const std::span<const FieldInfo> fields = rows.schema().fields;
  std::vector<bool> indexed(fields.size());
  for (const std::uint16_t field : plan.indexed_texts) indexed[field] = true;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t f = 0; f < fields.size(); ++f) {
      std::string why = why_unfit(fields[f], rows, i, indexed[f]);
      if (why.empty()) continue;
      out.push_back({static_cast<std::uint32_t>(i), Fate::rejected, std::move(why)});
      break;
    }
  }
}

Done PostgresStore::add_dead_letters(std::span<const DeadRecord> records) {
  if (records.empty()) return {};
  if (Done ok = write_dead_letters(*connection_, records); !ok) return failed(std::move(ok.error()));
  return {};
}

Result<bool> PostgresStore::advance(const LanePosition& before, const LanePosition& after) {
  Result<bool> moved = move_position(*connection_, before, after);
  if (!moved) return failed(std::move(moved.error()));
  if (!*moved) rollback();
  return moved;
}

Done PostgresStore::put_state(std::string_view name, std::string_view bytes) {
  if (Done ok = write_state(*connection_, name, bytes); !ok) return failed(std::move(ok.error()));
  return {};
}

Result<std::optional<std::string>> PostgresStore::state(std::string_view name) {
  if (!connection_)
    if (Done ok = connect(); !ok) return tl::make_unexpected(ok.error());
  Result<std::optional<std::string>> found = read_state(*connection_, target_, name);
  if (!found) return failed(std::move(found.error()));
  return found;
}

Done PostgresStore::commit() {
  if (const std::string sql = tallies_.sql(); !sql.empty())
    if (const Result<Answer> written = run(sql); !written) return tl::make_unexpected(written.error());
  if (Done ok = rollups_.flush(execute_); !ok) return ok;
  Result<Answer> done = connection_->run("COMMIT");
  if (!done && connection_->is_lost()) return settle(done.error());
  if (!done) return failed(std::move(done.error()));
  RACESIM_CHECK(done->command() == "COMMIT");  // an aborted transaction was told before
  end_transaction(true);
  return {};
}

// The connection died while the server committed: whether it did is asked until somebody knows.
Done PostgresStore::settle(const Error& why) {
  connection_.reset();
  const std::int64_t begin_ns = system_clock().now_ns();
  std::int64_t pause_ns = kFirstPause_ns;
  for (;;) {
    const Result<bool> committed = was_committed();
    if (committed) {
      wait_.end(this);
      end_transaction(*committed);
      passing_ = !*committed;
      return *committed ? Done() : Done(tl::make_unexpected(why));
    }
    const std::int64_t now_ns = system_clock().now_ns();
    if (!passing_ || abandoned_ || now_ns - begin_ns > kSettleMax_ns) {
      wait_.end(this);
      end_transaction(false);
      passing_ = false;
      return fail(ErrorKind::runtime,
                  committed.error().what +
                      "; the connection broke off in a commit, and it is not known whether the "
                      "last transaction is kept",
                  "start again once the server is back: what is stored already is recognised");
    }
    wait_.begin(this, {begin_ns, now_ns + pause_ns, committed.error().what});
    while (!abandoned_ && system_clock().now_ns() < now_ns + pause_ns)
      system_clock().sleep_until(std::min(now_ns + pause_ns, system_clock().now_ns() + kFirstPause_ns));
    pause_ns = std::min(2 * pause_ns, kLongestPause_ns);
  }
}

// Waits for what the old connection may still do, by the lock that it holds on its row.
Result<bool> PostgresStore::was_committed() {
  if (Done ok = connect(); !ok) return tl::make_unexpected(ok.error());
  const Result<Answer> found =
      connection_->run("SELECT transactions FROM ingest_writers WHERE writer = '" + writer_ + "' FOR UPDATE");
  if (!found) {
    passing_ = connection_->trouble().is_passing();
    connection_.reset();
    return tl::make_unexpected(found.error());
  }
  return found->rows() == 1 && found->value(0, 0) == std::to_string(transaction_);
}

void PostgresStore::end_transaction(bool committed) {
  if (committed)
    for (PostgresTable& table : tables_) table.ages.add(tallies_.ages(table.plan.of.table->name));
  for (PostgresTable& table : tables_) table.staged = 0;
  tallies_.clear();
  loader_.end();
  is_open_ = false;
}

void PostgresStore::rollback() {
  if (!is_open_) return;
  if (connection_ && !connection_->run("ROLLBACK")) connection_.reset();
  end_transaction(false);
}

Result<std::uint64_t> PostgresStore::expire() {
  for (std::size_t tried = 0; tried < tables_.size(); ++tried) {
    PostgresTable& table = tables_[next_to_expire_++ % tables_.size()];
    const TablePlan& plan = table.plan;
    if (keep_us_ == 0 || plan.time_field < 0 || !table.ages.newest_us) continue;
    const std::int64_t before_us = *table.ages.newest_us - keep_us_;
    if (table.clean_before_us && before_us - *table.clean_before_us < keep_us_ / kExpireSteps) continue;
    if (Done ok = begin(); !ok) return tl::make_unexpected(ok.error());
    const Result<std::uint64_t> removed = remove_rows_before(*connection_, plan, before_us);
    if (!removed) return failed(removed.error());
    const std::uint64_t count = *removed;
    if (count == 0) {
      rollback();
      table.clean_before_us = before_us;
      continue;
    }
    tallies_.note(plan.of.table->name, {std::nullopt, before_us});
    if (Done ok = rollups_.expire(plan.of, before_us, keep_us_, execute_); !ok)
      return tl::make_unexpected(ok.error());
    if (Done ok = commit(); !ok) return tl::make_unexpected(ok.error());
    return count;
  }
  return 0;
}

Done PostgresStore::close() {
  rollback();
  // Nobody asks for its transactions any more. A store that is away keeps the row, which harms nobody.
  if (connection_)
    (void)connection_->run("DELETE FROM ingest_writers WHERE writer = '" + writer_ +
                           "' OR seen < now() - interval '30 days'");
  connection_.reset();
  return {};
}

Result<std::unique_ptr<PostgresStore>> make_postgres(const StoreOptions& options) {
  return parse_target(options.target, options.password).map([&](Target target) {
    return std::make_unique<PostgresStore>(std::move(target), options);
  });
}

}  // namespace
}  // namespace postgres

Result<std::unique_ptr<Store>> open_postgres(const StoreOptions& options) {
  using namespace postgres;
  auto store = make_postgres(options);
  if (!store) return tl::make_unexpected(store.error());
  if (Done ok = (*store)->open(); !ok) return tl::make_unexpected(ok.error());
  return std::unique_ptr<Store>(std::move(*store));
}

}  // namespace racesim
