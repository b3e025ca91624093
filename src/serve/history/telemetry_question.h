// History's telemetry: rows of the cars or vehicles of one run, or buckets of them, in pages.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "serve/history/history.h"
#include "serve/history/history_sql.h"

namespace racesim::serve {

/// One question, asked between begin() and end() of the reader. Reads of the summaries where they do, and of
/// the rows where nothing else is exact.
class TelemetryAnswer {
 public:
  TelemetryAnswer(HistoryReader& reader, const RollupPlan& plan, const TelemetryQuestion& question)
      : reader_(reader), plan_(plan), question_(question) {}

  /// Errors: usage (nobody of that name, no such field), and those of the reader.
  Result<HistoryRows> answer();
  /// Any row of the run is in this table.
  Result<bool> has_run();

 private:
  /// A car or vehicle.
  struct Whose {
    std::string literal;  ///< of the key
    std::string name;     ///< as it is shown and asked for
  };
  struct NumberRange {
    std::int64_t first = 0, last = -1;
    bool empty() const { return last < first; }
  };
  struct BucketValue {
    std::int64_t least = 0, greatest = 0, last = 0;
    bool any = false, last_is_null = true;

    void widen(std::int64_t low, std::int64_t high) {
      least = any ? std::min(least, low) : low;
      greatest = any ? std::max(greatest, high) : high;
      any = true;
    }
    void set_last(std::int64_t value, bool none) {
      last = value;
      last_is_null = none;
    }
  };
  /// Names of a field's columns in the table of summaries.
  struct SummaryColumns {
    std::string last, least, greatest;
  };
  struct TimeBucket {
    std::int64_t last_us = INT64_MIN, last_row = INT64_MIN;
    std::vector<BucketValue> values;
  };

  Result<std::vector<Whose>> find_whose();
  Done choose_fields();
  /// Sets from_us_ to the first moment with rows, at or behind what is asked for. False: there is none.
  Result<bool> find_begin();
  Result<bool> go_on(std::int64_t us);
  std::string of_whose(const Whose& whose) const;
  std::string lap_of_summary() const;
  Result<std::optional<std::int64_t>> next_bucket(std::int64_t from_us);
  /// Numbers of the rows that lie in the time, and a few more.
  Result<NumberRange> numbers_between(const Whose& whose, std::int64_t from_us, std::int64_t to_us);

  Result<HistoryRows> answer_rows();
  Result<std::int64_t> page_end(std::size_t rows_each);
  Done read_rows(std::size_t whose, std::int64_t to_us, HistoryRows& rows, std::vector<std::int64_t>& times);
  void take_page(const HistoryRows& read, const std::vector<std::int64_t>& times, HistoryRows& page) const;
  Result<HistoryRows> answer_buckets();
  Done add_raw(std::size_t whose, std::int64_t from_us, std::int64_t to_us);
  SummaryColumns summary_columns(std::uint16_t field) const;
  Done add_summaries(std::size_t whose, std::int64_t from_us, std::int64_t to_us);
  Done fill(std::size_t whose, std::int64_t to_us);
  TimeBucket& bucket(std::int64_t us, std::size_t whose);
  void write_buckets(HistoryRows& rows) const;
  std::string raw_condition(std::int64_t from_us, std::int64_t to_us) const;
  const FieldInfo& time_field() const { return plan_.field(plan_.time); }
  HistoryColumn whose_column() const;

  HistoryReader& reader_;
  const RollupPlan& plan_;
  const TelemetryQuestion& question_;
  std::vector<Whose> whose_;
  std::vector<std::uint16_t> fields_;  ///< of the schema
  std::int64_t from_us_ = INT64_MIN, to_us_ = INT64_MAX;
  std::map<std::pair<std::int64_t, std::size_t>, TimeBucket> buckets_;  ///< by begin, and whose
  std::pair<std::int64_t, std::size_t> last_key_{};
  TimeBucket* last_bucket_ = nullptr;
};

}  // namespace racesim::serve
