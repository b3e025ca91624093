// Questions of the program itself to a store, in SQL that both databases take, over a connection that only
// reads: what serve's history is made of. racesim query, whose SQL is a stranger's, goes by StoreReader.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "io/stores/rollups.h"
#include "io/stores/store.h"

namespace racesim {

/// A row of an answer; until the next one comes. Columns count from 0.
class SelectedRow {
 public:
  virtual ~SelectedRow() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;  ///< booleans are 1 and 0
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
};

/// One thread, but cancel(). Between begin() and end() all answers are of one state of the store.
class HistoryReader {
 public:
  virtual ~HistoryReader() = default;

  virtual SqlDialect dialect() const = 0;
  /// All until end() takes `limit_ms` at most. Connects again if the connection is gone. Errors: runtime,
  /// busy.
  virtual Done begin(std::int64_t limit_ms) = 0;
  virtual void end() = 0;
  /// Calls `each` for every row until it says no. Errors: usage (it took too long, it was cancelled),
  /// runtime.
  virtual Done select(const std::string& sql, const std::function<bool(const SelectedRow& row)>& each) = 0;
  virtual Result<bool> has_table(std::string_view name) = 0;

  /// A column of times as text, as events show it.
  virtual std::string time_text(std::string_view column, const FieldInfo& field) const = 0;
  /// "FROM … WHERE … ORDER BY …" of the rows `t` of one car or vehicle with numbers from `first` to `last`,
  /// in that order. `scope`: literals of the key's scope. `more`: a further condition with its " AND ", or
  /// empty.
  virtual std::string rows_between(const RollupPlan& plan, std::span<const std::string> scope,
                                   std::int64_t first, std::int64_t last, const std::string& more) const = 0;

  /// The select() under way ends soon, and further ones up to begin() fail at once. Any thread.
  virtual void cancel() = 0;
};

}  // namespace racesim
