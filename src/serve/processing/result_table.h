// The newest results of one aggregation, in memory, by key.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agg/entry.h"
#include "model/batch.h"
#include "serve/change_count.h"

namespace racesim::serve {

/// Any thread. A row replaces the one with the same key; beyond `rows_most` rows a quarter goes, those that
/// were given first.
class ResultTable {
 public:
  ResultTable(const AggregationEntry& entry, std::size_t rows_most);

  void put(const RowBatch& results);
  /// Drops the rows for which `gone` holds.
  void drop(const std::function<bool(const RowBatch& rows, std::size_t row)>& gone);
  /// Copies of the rows for which `wanted` holds (null: all), in the order in which they were first given.
  RowBatch select(const std::function<bool(const RowBatch& rows, std::size_t row)>& wanted = nullptr) const;
  /// Copies of the rows that `choose` gives the numbers of, in their order. It is called once, and holds up
  /// who puts rows in.
  RowBatch choose(const std::function<std::vector<std::size_t>(const RowBatch& rows)>& choose) const;
  /// Of what select(), choose() and size() give.
  const ChangeCount& changes() const { return changes_; }
  std::size_t size() const;
  /// Rows went because there were too many.
  bool is_cut() const;

  const AggregationEntry& entry() const { return entry_; }

 private:
  void read_key(const RowBatch& rows, std::size_t row);
  void rebuild(const std::function<bool(std::size_t row)>& kept);

  const AggregationEntry& entry_;
  const std::size_t rows_most_;
  std::vector<const FieldInfo*> key_fields_;
  mutable std::mutex mutex_;  // guards all below
  RowBatch rows_;
  std::unordered_map<std::string, std::size_t> places_;  // of each key in rows_
  std::string key_;                                      // of the row that is looked at
  ChangeCount changes_;
  bool is_cut_ = false;
};

}  // namespace racesim::serve
