// Results as keyed records: what a topic gets.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agg/entry.h"
#include "codec/encoder.h"
#include "io/kafka/records.h"
#include "run/aggregate/column_lines.h"

namespace racesim {

/// Key: the aggregation's name and the values of the key of its table, as CSV has them
/// ("lap,a1b2c3d4,1,63,12"): a later record with the same key replaces an earlier one. Value: the row as
/// JSON. One thread.
class ResultRecords {
 public:
  explicit ResultRecords(std::span<const AggregationEntry* const> entries);

  /// Appends a record per row.
  void add(const AggregationEntry& entry, const RowBatch& rows, std::vector<KafkaRecord>& out);

 private:
  struct Form {
    std::unique_ptr<ColumnLines> keys;
    std::unique_ptr<Encoder> encoder;
  };
  std::map<const AggregationEntry*, Form> forms_;
  WireBatch lines_;
};

}  // namespace racesim
