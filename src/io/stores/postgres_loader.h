// Puts rows into their table and says of each what became of it, within a transaction that somebody else
// begins and ends.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/sources/source.h"
#include "io/stores/postgres_connection.h"
#include "io/stores/postgres_tables.h"
#include "io/stores/scope_order.h"
#include "io/stores/store.h"
#include "model/batch.h"

namespace racesim::postgres {

/// A table that rows go into.
struct LoadedTable {
  explicit LoadedTable(TablePlan of) : plan(std::move(of)), order(*plan.of.schema, plan.of.table->key) {}
  TablePlan plan;
  ScopeOrder order;
  /// Rows have come that were there: the next ones go through a temporary table, which tells which ones.
  bool expects_repeats = false;
  std::int32_t staged = 0;  ///< ordinal of the next row that is staged in this transaction
};

/// One thread. After an error the transaction cannot go on; Connection::trouble() says why.
class Loader {
 public:
  /// The rows whose fate is `stored` so far; changes it where that is not what becomes of them. What is
  /// expired already is counted nowhere.
  Result<Appended> load(Connection& connection, LoadedTable& table, const RowBatch& rows,
                        std::span<Fate> fates);
  /// The transaction is over.
  void end() { has_savepoint_ = false; }

 private:
  Result<std::uint64_t> copy_rows(Connection& connection, LoadedTable& table, const RowBatch& rows,
                                  std::span<const Fate> fates, bool is_staged);
  Result<bool> load_directly(Connection& connection, LoadedTable& table, const RowBatch& rows,
                             std::span<const Fate> fates);
  Result<Appended> load_replacing(Connection& connection, LoadedTable& table, const RowBatch& rows,
                                  std::span<Fate> fates);
  Result<std::uint64_t> stage(Connection& connection, LoadedTable& table, const RowBatch& rows,
                              std::span<const Fate> fates);
  Result<Appended> load_staged(Connection& connection, LoadedTable& table, const RowBatch& rows,
                               std::span<Fate> fates);

  ByteBuffer buffer_;
  bool has_savepoint_ = false;
};

}  // namespace racesim::postgres
