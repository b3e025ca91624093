// Writes rows of one table, and knows what became of each.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/stores/sqlite/connection.h"
#include "io/stores/sqlite/row_feed.h"
#include "io/stores/sqlite/row_keys.h"
#include "io/stores/sqlite/table_layout.h"
#include "io/stores/store.h"

namespace racesim::sqlite {

/// What a transaction adds to a run.
struct RunTally {
  std::uint64_t events = 0;
  std::optional<std::int64_t> first_us, last_us;
};

/// Event times in microseconds.
struct Retention {
  std::optional<std::int64_t> newest_us;
  std::optional<std::int64_t> expired_before_us;
  bool operator==(const Retention&) const = default;
};

/// Lives as long as its connection. One thread.
class TableWriter {
 public:
  /// `keep_us`: 0, for ever.
  TableWriter(Connection& connection, const StoreTable& table, std::int64_t keep_us);

  /// Once, behind open_database().
  Done prepare();
  /// A transaction has begun.
  void begin();
  Result<Appended> append(const RowBatch& rows, std::span<Fate> fates);
  /// Writes what the transaction adds to runs and retention.
  Done flush();
  /// The transaction is over without a commit.
  void forget();

  /// Removes up to `most` rows older than what is kept. Within a transaction of its own.
  Result<std::uint64_t> expire(std::uint64_t most);
  bool can_expire() const { return keep_us_ > 0 && layout_.time_field >= 0; }
  /// Behind expire() in its transaction: what was removed is older.
  std::optional<std::int64_t> expired_before_us() const {
    return retention_ ? retention_->expired_before_us : std::nullopt;
  }

  const TableLayout& layout() const { return layout_; }

 private:
  Done load_retention();
  Result<std::optional<std::int64_t>> horizon_us();
  /// Of rows of one run.
  Done put(std::span<const KeyedRow> group, const RowBatch& rows, std::span<Fate> fates, Appended& result);
  /// Adds those of the rows whose key is not there, and notes them in inserted_; returns how many.
  Result<std::uint64_t> insert_new(std::span<const KeyedRow> part, const RowBatch& rows);
  /// The row whose key is there gets these values.
  Done replace(std::span<const KeyedRow> one, const RowBatch& rows);
  /// Both return how many rows are new.
  Result<std::uint64_t> replace_each(std::span<const KeyedRow> group, const RowBatch& rows,
                                     std::span<Fate> fates, Appended& result);
  Result<std::uint64_t> insert(std::span<const KeyedRow> group, const RowBatch& rows, std::span<Fate> fates,
                               Appended& result);
  /// Tells duplicates from conflicts among the rows of the group that did not go in.
  Done judge_others(std::span<const KeyedRow> group, const RowBatch& rows, std::span<Fate> fates,
                    Appended& result);
  Result<bool> is_stored(const KeyedRow& keyed, const RowBatch& rows);
  void tally(std::span<const KeyedRow> group, const RowBatch& rows, std::uint64_t stored,
             std::size_t first_conflict, const Appended& result);
  std::int64_t time_us(const RowBatch& rows, std::uint32_t row) const;
  Result<std::uint64_t> expire_by_index(const std::string& before, std::uint64_t most);
  Result<std::uint64_t> expire_blocks(const std::string& before, std::uint64_t most);
  Result<std::uint64_t> expire_front(std::int64_t first, std::int64_t last, const std::string& before,
                                     std::uint64_t most);

  Connection& connection_;
  TableLayout layout_;
  std::int64_t keep_us_;
  RowFeed feed_;
  RowKeys keys_;
  Statement insert_, replace_, select_packed_, delete_by_index_, select_front_, delete_front_, next_block_;
  std::vector<Statement> select_unpacked_;  // of each key form
  std::map<std::string, RunTally> runs_;
  std::optional<Retention> retention_, stored_retention_;
  std::int64_t last_block_ = 0;  // that expire() has looked at
  std::vector<std::uint32_t> which_;
  std::vector<KeyedRow> keyed_;
  InsertedRows inserted_;  // of one insert_new()
  RowBatch kept_;          // a row as it is stored
};

}  // namespace racesim::sqlite
