// Where rows are kept: one transaction holds rows, dead letters and the positions they were read up to.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/sources/record_block.h"
#include "io/sources/source.h"
#include "io/wait_note.h"
#include "model/batch.h"
#include "model/table.h"

namespace racesim {

/// A table and the rows that go into it.
struct StoreTable {
  const SchemaInfo* schema = nullptr;
  const TableInfo* table = nullptr;
  std::string_view scenario;  ///< whose events they are; empty: they are none, and `runs` does not count them
  std::string_view run_path;  ///< the field that names the run; empty: none, or the event id holds it
};

/// A record that is no row.
struct DeadRecord {
  std::string_view source, lane;
  std::int64_t offset = 0;
  std::string_view reason;
  std::string_view raw;
};

/// What append() made of rows. stored + duplicates + conflicts + replaced + expired = rows.
struct Appended {
  std::uint64_t stored = 0, duplicates = 0, conflicts = 0, expired = 0;
  std::uint64_t replaced = 0;  ///< rows that took the place of others with their key
  /// Rows that are there with other content; indices into the batch. At most as many as `conflicts`.
  std::vector<std::uint32_t> conflicting;
};

/// A row that append() had called stored and that commit() could not store: what it was sent to refused it.
struct RefusedRow {
  std::uint32_t append = 0;  ///< which append() since begin(), from 0
  std::uint32_t row = 0;     ///< of that one's batch
  std::string reason;
};

/// Appends rows of one table as lines, one each.
using RowsToLines = std::function<void(const RowBatch& rows, WireBatch& out)>;

enum class Durability : std::uint8_t { full, normal };

struct StoreOptions {
  std::string target;  ///< what stands behind "sqlite:"
  Durability durability = Durability::full;
  bool small_commits = false;      ///< somebody waits for each commit, so that it holds few rows
  std::int64_t keep_ns = 0;        ///< of event time, behind the newest of each table; 0: for ever
  std::vector<StoreTable> tables;  ///< that may get rows
  bool summaries = false;          ///< makes the tables that history is read from (io/stores/rollups.h)
  std::string token;               ///< influx
  std::string password;            ///< postgres
  std::string org, bucket;         ///< influx
  std::string dead_letter_path;    ///< influx
  std::string ca_file;             ///< influx: PEM bundle for https; empty: the system's
  /// influx: how rows of a table become line protocol, which io knows nothing of.
  std::function<Result<RowsToLines>(const StoreTable& table)> to_lines;
  std::int64_t connect_grace_ns = 10'000'000'000;  ///< influx: how long the server may take to be there
  std::int64_t retry_max_ns = 300'000'000'000;     ///< influx: how long a request is tried again
  Clock* clock = nullptr;                          ///< of waits; null: the system's
  std::int64_t busy_wait_ns = 10'000'000'000;      ///< how long a lock of somebody else is waited for
};

/// Between begin() and commit() one transaction. One thread. After an error of any call the transaction is
/// over: nothing of it is kept, unless commit() says otherwise.
class Store {
 public:
  virtual ~Store() = default;

  /// "sqlite:racesim.db", without secrets.
  virtual std::string name() const = 0;

  /// What is kept of lanes of this source. Not within a transaction.
  virtual Result<std::vector<LanePosition>> positions(std::string_view source) = 0;

  virtual Done begin() = 0;
  /// Adds rows that are not there yet; their schema is that of the table. Where the table's rows replace each
  /// other, each takes the place of the one with its key, one after the other. With `fates` (as many as rows,
  /// or empty) it says of each row what became of it. Rows that the store cannot hold exactly (a number
  /// beyond 63 bits) are left out before, as find_unfit() says.
  virtual Result<Appended> append(const StoreTable& table, const RowBatch& rows, std::span<Fate> fates) = 0;
  /// Appends which rows cannot be kept exactly (a number beyond 63 bits), and why; indices of rows,
  /// ascending. Any thread.
  virtual void find_unfit(const StoreTable& table, const RowBatch& rows,
                          std::vector<RecordFate>& out) const = 0;
  virtual Done add_dead_letters(std::span<const DeadRecord> records) = 0;
  /// Moves a lane on from `before` to `after`. False: somebody else has moved it, and the transaction is
  /// over.
  virtual Result<bool> advance(const LanePosition& before, const LanePosition& after) = 0;
  /// Keeps what somebody needs to go on later, under a name: any bytes, in the place of those before.
  /// Errors: usage (the store keeps none).
  virtual Done put_state(std::string_view, std::string_view) { return tl::make_unexpected(keeps_no_state()); }
  /// As the last transaction with it left it; none: there never was one. Not within a transaction.
  virtual Result<std::optional<std::string>> state(std::string_view) {
    return tl::make_unexpected(keeps_no_state());
  }
  /// Durable when it returns. An error says that nothing of the transaction is kept; where that cannot be
  /// known (a connection died in the middle), the store finds out before it returns.
  virtual Done commit() = 0;
  virtual void rollback() = 0;
  /// Of the last commit(), ascending. Who called makes dead letters of them, in a transaction of their own.
  virtual std::span<const RefusedRow> refused() const { return {}; }

  /// After an error: the same transaction may succeed if it is done again (a lock, a deadlock, a connection
  /// that is gone and may come back). The store connects again by itself in begin().
  virtual bool worth_retrying() const = 0;

  /// Positions are kept in the same transaction as rows: each event once. False: the source must keep them
  /// (Kafka's group), and events may be written again.
  virtual bool is_exact() const { return true; }
  /// Removes some of what is older than keep_ns, in one short transaction. Returns rows removed.
  virtual Result<std::uint64_t> expire() { return std::uint64_t{0}; }
  /// Waits for what is away end soon, with an error. Any thread.
  virtual void abandon() {}
  /// Flushes and closes.
  virtual Done close() = 0;
  virtual const WaitNote* wait() const { return nullptr; }

 private:
  Error keeps_no_state() const {
    return {ErrorKind::usage, name() + " keeps no state of aggregations",
            "aggregate into sqlite: or postgres:, or with --checkpoint FILE"};
  }
};

}  // namespace racesim
