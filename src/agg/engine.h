// Feeds aggregations: gives each row its lane's watermark, and tells when all lanes have passed a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agg/aggregation.h"
#include "agg/entry.h"
#include "base/error.h"
#include "model/batch.h"

namespace racesim {

struct EngineOptions {
  std::int64_t watermark_delay_us = 10'000'000;
};

/// Rows that were not taken, by reason; an event that two aggregations refuse counts in each.
struct RefusalCounts {
  std::uint64_t late = 0, late_idle = 0, duplicates = 0, unusable = 0;
};

/// Rows of one schema that arrived together with others of their lane.
struct ArrivedRows {
  const RowBatch* rows = nullptr;
  std::span<const std::uint32_t> records;  ///< place of each row among all that arrived; ascending
};

/// One thread. A lane has one watermark, which rows of all schemas move; time goes on by the least of all
/// lanes.
class AggregationEngine {
 public:
  struct Part {
    const AggregationEntry* entry;
    std::unique_ptr<Aggregation> aggregation;
  };
  AggregationEngine(std::vector<Part> parts, const EngineOptions& options);

  /// Index of the schema among those that any aggregation takes; -1: none does.
  int input_of(const SchemaInfo& schema) const;

  /// A lane that has begun or will: it holds time back until it has given rows, is idle or has ended.
  std::uint32_t lane(std::string_view name);
  /// In the order of their numbers.
  std::vector<std::string> lane_names() const;
  /// What arrived in that lane: rows by schema, none of which is there twice; schemas that nobody takes are
  /// passed over. `refused` becomes parallel to `arrived` and gets, ascending, the rows that at least one
  /// aggregation refused, each once with the gravest reason (in the order of Refusal).
  void add(std::uint32_t lane, std::span<const ArrivedRows> arrived,
           std::vector<std::vector<Refused>>& refused);
  /// An idle lane does not hold time back; it is idle until it gives rows.
  void set_idle(std::uint32_t lane);
  /// Nothing more comes from this lane.
  void end_lane(std::uint32_t lane);

  /// Behind add(), set_idle() and end_lane(): lets what is due become results. Batches are parallel to
  /// parts(), and are appended to.
  void advance(std::span<RowBatch> results);
  /// The input has ended.
  void finish(std::span<RowBatch> results);

  std::span<const Part> parts() const { return parts_; }
  /// An empty batch for each part.
  std::vector<RowBatch> make_results() const;
  /// Of each part.
  std::span<const RefusalCounts> refusals() const { return refusals_; }
  /// kNoWatermark_us until all lanes have given rows.
  std::int64_t watermark_us() const { return watermark_us_; }
  /// The latest event time so far.
  std::int64_t newest_us() const { return newest_us_; }

  void save(std::string& out) const;
  /// Into a new engine with the same parts. Errors: runtime (damaged), usage (of other aggregations).
  Done load(std::string_view state);

 private:
  struct Input {
    const SchemaInfo* schema;
    const FieldInfo* time;
    std::vector<std::size_t> takers;  ///< indices of parts
  };
  struct Lane {
    std::string name;
    std::int64_t newest_us = kNoWatermark_us;
    bool idle = false, ended = false;
  };
  /// Rows of one input while they are added.
  struct Taken {
    const ArrivedRows* arrived;
    const Input* input;
    std::vector<std::int64_t> time_us, watermark_us;
  };

  std::int64_t watermark_of(std::int64_t newest_us) const;
  std::int64_t least_watermark_us() const;
  void read_times(Taken& taken) const;
  void give_watermarks(Lane& lane);
  void give_rows(std::uint32_t lane, const Taken& taken, std::vector<Refused>& refused);

  std::vector<Part> parts_;
  const EngineOptions options_;
  std::vector<Input> inputs_;  // one per schema
  std::vector<Lane> lanes_;
  std::vector<RefusalCounts> refusals_;
  std::int64_t watermark_us_ = kNoWatermark_us, newest_us_ = kNoWatermark_us;
  std::vector<Taken> taken_;  // by place; the first `taken_count_` are in use
  std::size_t taken_count_ = 0;
  std::vector<Refused> part_refused_;
};

}  // namespace racesim
