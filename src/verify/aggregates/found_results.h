// Results of aggregations as somebody wrote them: the last row of each key, whoever made it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agg/entry.h"
#include "base/error.h"

namespace racesim {

struct FoundResult {
  std::string row;    ///< the last one with its key: an object of JSON, its members in alphabetical order
  std::string place;  ///< where it stood
  bool repeated_otherwise = false;  ///< an earlier row with the same key said something else
};

/// Of one aggregation, by key_of().
using ResultMap = std::map<std::string, FoundResult>;

/// The values of the fields of the table's key, one behind the other. None: it is no row of this aggregation.
std::optional<std::string> result_key(const AggregationEntry& entry, std::string_view row);

/// Rows of a topic, a file or a table, in their order.
class FoundResults {
 public:
  /// Only results of this run count, 8 hex digits, and those that name none.
  explicit FoundResults(std::string run) : run_(std::move(run)) {}

  /// A line: JSON with the field "type".
  void add_line(std::string_view line, const std::string& place);
  /// A row of that aggregation.
  void add_row(const AggregationEntry& entry, std::string_view row, const std::string& place);

  const std::map<const AggregationEntry*, ResultMap>& all() const { return all_; }
  std::uint64_t rows() const { return rows_; }
  std::uint64_t of_other_runs() const { return other_runs_; }
  /// Lines that are no results.
  std::uint64_t unreadable() const { return unreadable_; }

 private:
  const std::string run_;
  std::map<const AggregationEntry*, ResultMap> all_;
  std::uint64_t rows_ = 0, other_runs_ = 0, unreadable_ = 0;
};

}  // namespace racesim
