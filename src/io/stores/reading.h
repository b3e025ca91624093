// Reads what a store holds: for racesim query, verify --against and those who aggregate or replay. Never
// writes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/stores/store.h"
#include "model/batch.h"

namespace racesim {

/// A cell of a result as the database has it.
struct Cell {
  enum class Kind : std::uint8_t { null, integer, real, text, boolean, bytes };
  Kind kind = Kind::null;
  std::string text;  ///< exact digits of numbers; "true" and "false"; bytes as they are
};

/// A result row by row. One thread.
class ResultRows {
 public:
  virtual ~ResultRows() = default;
  virtual const std::vector<std::string>& columns() const = 0;
  /// False at the end. Errors: runtime, usage (the query took longer than its limit).
  virtual Result<bool> next(std::vector<Cell>& cells) = 0;
};

class StoreReader {
 public:
  virtual ~StoreReader() = default;
  virtual std::string name() const = 0;
  /// One SELECT that cannot write, reach files or the system, and ends after `limit_ms`. Errors: usage for
  /// SQL that is wrong or not allowed, naming the place.
  virtual Result<std::unique_ptr<ResultRows>> query(std::string_view sql, std::int64_t limit_ms) = 0;
  /// The rows of a table in the order of their event time and, where that is the same, of their key; only
  /// those of `run` where that is not empty and the table has a column for it. As they were stored; a NULL
  /// sets the field's bit in RowBatch::missing, but of a Maybe it is the value for none. Appends up to `most`
  /// to `to`; false at the end. The first call starts the scan of that table; several tables may be scanned
  /// by turns.
  virtual Result<bool> scan(const StoreTable& table, std::string_view run, std::size_t most,
                            RowBatch& to) = 0;
  /// Tables with rows of events, by name.
  virtual Result<std::vector<std::string>> tables() = 0;
  /// Event time in microseconds below which rows of the table were removed or refused; none: nothing was.
  virtual Result<std::optional<std::int64_t>> expired_before_us(const StoreTable& table) = 0;
};

}  // namespace racesim
