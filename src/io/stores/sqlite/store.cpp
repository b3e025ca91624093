#include "io/stores/sqlite/store.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "io/stores/kept_state.h"
#include "io/stores/rollups.h"
#include "io/stores/sqlite/connection.h"
#include "io/stores/sqlite/database.h"
#include "io/stores/sqlite/rollup_tables.h"
#include "io/stores/sqlite/table_writer.h"
#include "io/stores/sqlite/unfit.h"

namespace racesim {
namespace {

using sqlite::Connection;
using sqlite::KeptStatement;
using sqlite::Statement;
using sqlite::TableLayout;
using sqlite::TableWriter;

constexpr const char* kBeginLane =
    "INSERT INTO ingest_offsets VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) "
    "ON CONFLICT (source, lane) DO UPDATE SET next_offset = excluded.next_offset, "
    "last_hash = excluded.last_hash, last_time_ms = excluded.last_time_ms, "
    "fingerprint = excluded.fingerprint, consumed = excluded.consumed, updated = excluded.updated "
    "WHERE next_offset = ?8";
constexpr const char* kMoveLane =
    "UPDATE ingest_offsets SET next_offset = ?3, last_hash = ?4, last_time_ms = ?5, fingerprint = ?6, "
    "consumed = ?7, updated = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') "
    "WHERE source = ?1 AND lane = ?2 AND next_offset = ?8";
/// Rows that one call of expire() may always remove: some milliseconds.
constexpr std::uint64_t kLeastExpireStep = 1000;

std::vector<TableLayout> layouts_of(const StoreOptions& options) {
  std::vector<TableLayout> layouts;
  for (const StoreTable& table : options.tables) layouts.push_back(sqlite::layout_of(table));
  return layouts;
}

class SqliteStore final : public Store {
 public:
  SqliteStore(Connection connection, std::vector<TableLayout> layouts, const StoreOptions& options)
      : layouts_(std::move(layouts)),
        connection_(std::move(connection)),
        rollups_(options.tables, SqlDialect::sqlite),
        keep_us_(options.keep_ns / 1000) {}

  ~SqliteStore() override { rollback(); }

  Done prepare(const StoreOptions& options) {
    for (const StoreTable& table : options.tables) {
      writers_.push_back(std::make_unique<TableWriter>(connection_, table, options.keep_ns / 1000));
      if (Done ok = writers_.back()->prepare(); !ok) return ok;
    }
    return options.summaries ? sqlite::make_rollups(connection_, rollups_.plans()) : Done();
  }

  std::string name() const override { return "sqlite:" + connection_.path(); }

  Result<std::vector<LanePosition>> positions(std::string_view source) override {
    Result<KeptStatement> kept = connection_.kept(
        "SELECT lane, next_offset, last_hash, last_time_ms, fingerprint, consumed FROM ingest_offsets "
        "WHERE source = ?1 ORDER BY lane");
    if (!kept) return broken(std::move(kept.error()));
    Statement* const select = &**kept;
    select->bind_text(1, source);
    std::vector<LanePosition> found;
    int code = SQLITE_ROW;
    while ((code = select->step()) == SQLITE_ROW) {
      LanePosition& lane = found.emplace_back();
      lane.source = source;
      lane.lane = select->text(0);
      lane.next = select->integer(1);
      lane.last_hash = static_cast<std::uint64_t>(select->integer(2));
      lane.last_time_ms = select->integer(3);
      lane.fingerprint = select->text(4);
      lane.consumed = static_cast<std::uint64_t>(select->integer(5));
    }
    if (code != SQLITE_DONE) return broken(connection_.error("read"));
    return found;
  }

  Done begin() override {
    RACESIM_CHECK(!connection_.in_transaction());
    if (Done ok = connection_.run("BEGIN IMMEDIATE"); !ok) return broken(std::move(ok.error()));
    worth_retrying_ = false;
    if (connection_.has_moved()) return broken(moved());
    for (const auto& writer : writers_) writer->begin();
    // Another process may have made them just now.
    Result<std::vector<bool>> there = sqlite::find_rollups(connection_, rollups_.plans());
    if (!there) return broken(std::move(there.error()));
    rollups_.begin(*there);
    return {};
  }

  Result<Appended> append(const StoreTable& table, const RowBatch& rows, std::span<Fate> fates) override {
    fates_.assign(fates.empty() ? rows.size() : 0, Fate::stored);
    const std::span<Fate> told = fates.empty() ? std::span<Fate>(fates_) : fates;
    Result<Appended> appended = writer_of(table).append(rows, told);
    if (!appended) return broken(std::move(appended.error()));
    rollups_.add(table, rows, told);
    stored_since_expire_ += appended->stored;
    return appended;
  }

  void find_unfit(const StoreTable& table, const RowBatch& rows,
                  std::vector<RecordFate>& out) const override {
    const auto found = std::find_if(layouts_.begin(), layouts_.end(), [&](const TableLayout& layout) {
      return layout.name == table.table->name;
    });
    RACESIM_CHECK(found != layouts_.end());
    sqlite::find_unfit(*found, rows, out);
  }

  Done add_dead_letters(std::span<const DeadRecord> records) override {
    if (records.empty()) return {};
    Result<KeptStatement> kept = connection_.kept(
        "INSERT INTO dead_letter (source, lane, record_offset, reason, raw, added) "
        "VALUES (?1, ?2, ?3, ?4, ?5, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))");
    if (!kept) return broken(std::move(kept.error()));
    Statement* const insert = &**kept;
    for (const DeadRecord& record : records) {
      insert->bind_text(1, record.source);
      insert->bind_text(2, record.lane);
      insert->bind(3, record.offset);
      insert->bind_text(4, record.reason);
      insert->bind_blob(5, record.raw);
      if (insert->step() != SQLITE_DONE) return broken(connection_.error("write"));
      insert->reset();
    }
    return {};
  }

  Result<bool> advance(const LanePosition& before, const LanePosition& after) override {
    // Only who begins a lane may find no row: one that was taken away by hand is not made again.
    Result<KeptStatement> kept = connection_.kept(before.consumed > 0 ? kMoveLane : kBeginLane);
    if (!kept) return broken(std::move(kept.error()));
    Statement* const update = &**kept;
    update->bind_text(1, after.source);
    update->bind_text(2, after.lane);
    update->bind(3, after.next);
    update->bind(4, static_cast<std::int64_t>(after.last_hash));
    update->bind(5, after.last_time_ms);
    update->bind_text(6, after.fingerprint);
    update->bind(7, static_cast<std::int64_t>(after.consumed));
    update->bind(8, before.next);
    if (update->step() != SQLITE_DONE) return broken(connection_.error("write"));
    if (connection_.changes() == 1) return true;
    rollback();
    return false;
  }

  Done put_state(std::string_view name, std::string_view bytes) override {
    Result<Statement> upsert = connection_.prepare(
        "INSERT INTO aggregation_state VALUES (?1, ?2, ?3, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) "
        "ON CONFLICT (name) DO UPDATE SET format = excluded.format, bytes = excluded.bytes, "
        "updated = excluded.updated");
    if (!upsert) return broken(std::move(upsert.error()));
    upsert->bind_text(1, name);
    upsert->bind(2, kStateFormat);
    upsert->bind_blob(3, bytes);
    if (upsert->step() != SQLITE_DONE) return broken(connection_.error("write"));
    return {};
  }

  Result<std::optional<std::string>> state(std::string_view name) override {
    Result<Statement> select =
        connection_.prepare("SELECT format, bytes FROM aggregation_state WHERE name = ?1");
    if (!select) return broken(std::move(select.error()));
    select->bind_text(1, name);
    const int code = select->step();
    if (code == SQLITE_DONE) return std::optional<std::string>();
    if (code != SQLITE_ROW) return broken(connection_.error("read"));
    if (select->integer(0) != kStateFormat)
      return tl::make_unexpected(unknown_state_format(this->name(), name, select->integer(0)));
    return std::optional<std::string>(select->text(1));
  }

  Done commit() override {
    for (const auto& writer : writers_)
      if (Done ok = writer->flush(); !ok) return broken(std::move(ok.error()));
    if (Done ok = rollups_.flush(execute_); !ok) return broken(std::move(ok.error()));
    if (connection_.has_moved()) return broken(moved());
    // If only the last sync fails, the log holds the transaction, unmarked: the next one overwrites it.
    // Should power fail before, rows and positions may both be there, never one without the other.
    if (Done ok = connection_.run("COMMIT"); !ok) return broken(std::move(ok.error()));
    return {};
  }

  void rollback() override {
    if (connection_.get() == nullptr) return;
    if (connection_.in_transaction()) static_cast<void>(connection_.run("ROLLBACK"));
    for (const auto& writer : writers_) writer->forget();
  }

  bool worth_retrying() const override { return worth_retrying_; }

  Result<std::uint64_t> expire() override {
    const auto may = [](const auto& writer) { return writer->can_expire(); };
    if (std::none_of(writers_.begin(), writers_.end(), may)) return std::uint64_t{0};
    if (Done ok = begin(); !ok) return tl::make_unexpected(std::move(ok.error()));
    // Twice what came in meanwhile, so that removing keeps up and still takes no longer than storing.
    const std::uint64_t most = kLeastExpireStep + 2 * stored_since_expire_;
    std::uint64_t removed = 0;
    for (const auto& writer : writers_) {
      if (!writer->can_expire() || removed >= most) continue;
      const Result<std::uint64_t> step = writer->expire(most - removed);
      if (!step) return broken(step.error());
      removed += *step;
      const std::optional<std::int64_t> before_us = writer->expired_before_us();
      if (*step == 0 || !before_us) continue;
      if (Done ok = rollups_.expire(writer->layout().table, *before_us, keep_us_, execute_); !ok)
        return broken(std::move(ok.error()));
    }
    if (Done ok = commit(); !ok) return tl::make_unexpected(std::move(ok.error()));
    stored_since_expire_ = 0;
    return removed;
  }

  Done close() override {
    rollback();
    writers_.clear();
    return connection_.close();
  }

 private:
  Error moved() const {
    return {ErrorKind::runtime,
            "write " + connection_.path() + ": the file was moved or removed while it was in use",
            "what was committed is in the file that was moved; give the same command again for a new one"};
  }

  /// Ends the transaction, whatever failed in it.
  tl::unexpected<Error> broken(Error error) {
    worth_retrying_ = error.kind == ErrorKind::busy;
    rollback();
    return tl::make_unexpected(std::move(error));
  }

  TableWriter& writer_of(const StoreTable& table) {
    const auto found = std::find_if(writers_.begin(), writers_.end(), [&](const auto& writer) {
      return writer->layout().table.table->name == table.table->name;
    });
    RACESIM_CHECK(found != writers_.end());
    return **found;
  }

  const std::vector<TableLayout> layouts_;  // any thread reads them, also when the store is closed
  Connection connection_;                   // ends behind the statements of the writers
  std::vector<std::unique_ptr<TableWriter>> writers_;
  Rollups rollups_;
  const std::int64_t keep_us_;
  const Rollups::Execute execute_ = [this](const std::string& sql) { return connection_.exec(sql); };
  std::vector<Fate> fates_;  // of an append() whose caller asks for none
  std::uint64_t stored_since_expire_ = 0;
  bool worth_retrying_ = false;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const StoreOptions& options) {
  std::vector<TableLayout> layouts = layouts_of(options);
  Result<Connection> connection = sqlite::open_database(options, layouts);
  if (!connection) return tl::make_unexpected(std::move(connection.error()));
  auto store = std::make_unique<SqliteStore>(std::move(*connection), std::move(layouts), options);
  if (Done ok = store->prepare(options); !ok) return tl::make_unexpected(std::move(ok.error()));
  return std::unique_ptr<Store>(std::move(store));
}

Result<std::string> plan_sqlite_store(const StoreOptions& options) {
  const Result<std::vector<std::string>> missing = sqlite::missing_tables(options, layouts_of(options));
  if (!missing) return tl::make_unexpected(missing.error());
  if (missing->empty()) return std::string("no table is to be made");
  std::string text = "tables to make: ";
  for (const std::string& name : *missing) text += (name == missing->front() ? "" : ", ") + name;
  return text;
}

}  // namespace racesim
