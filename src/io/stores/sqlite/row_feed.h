// Rows of a batch as a virtual table, so that one `INSERT … SELECT` takes them all: no call per row into
// SQLite and no binding of values, which is most of what a prepared INSERT costs (ADR 0014).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "io/stores/sqlite/connection.h"
#include "io/stores/sqlite/table_layout.h"
#include "model/batch.h"

namespace racesim::sqlite {

/// A row and the key that it gets.
struct KeyedRow {
  std::int64_t key = 0;
  std::uint32_t row = 0;
  std::uint32_t run = 0;  ///< number of its run, as RowKeys counts them
};

/// The virtual table `feed_<table>`: row_key, then the columns of all fields. Shows what was last given.
class RowFeed {
 public:
  explicit RowFeed(const TableLayout& layout);
  RowFeed(const RowFeed&) = delete;
  RowFeed& operator=(const RowFeed&) = delete;

  /// The feed must live as long as the connection.
  Done add_to(Connection& connection);
  void show(const RowBatch& rows, std::span<const KeyedRow> keyed) {
    rows_ = &rows;
    keyed_ = keyed;
  }

  /// "feed_telemetry".
  std::string name() const { return "feed_" + layout_.name; }
  const TableLayout& layout() const { return layout_; }
  const RowBatch& rows() const { return *rows_; }
  std::span<const KeyedRow> keyed() const { return keyed_; }

 private:
  const TableLayout& layout_;
  const RowBatch* rows_ = nullptr;
  std::span<const KeyedRow> keyed_;
};

}  // namespace racesim::sqlite
