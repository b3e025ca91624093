// Summaries of a table by car (or vehicle) and ten seconds: of each number the least, the greatest and the
// last value, so that a question about a long time reads few rows. Kept in a table beside, "telemetry_10s",
// in the transaction of the rows. docs/formats/history.md shows it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/sources/source.h"
#include "io/stores/store.h"
#include "model/batch.h"

namespace racesim {

inline constexpr std::int64_t kRollupUs = 10'000'000;

/// The begin of the bucket that holds the time; buckets are aligned to 1970.
constexpr std::int64_t bucket_begin(std::int64_t us, std::int64_t bucket_us) {
  const std::int64_t rest = us % bucket_us;
  return us - (rest < 0 ? rest + bucket_us : rest);
}

enum class SqlDialect : std::uint8_t { sqlite, postgres };

/// A text as both dialects have it.
std::string text_literal(std::string_view text, SqlDialect dialect);
/// A name between '"'.
std::string name_literal(std::string_view name);

/// What is summarised of a table.
struct RollupPlan {
  StoreTable table;
  std::string name;                   ///< "telemetry_10s"
  std::vector<std::uint16_t> scope;   ///< fields of the key: run, then whose row it is
  std::vector<std::uint16_t> labels;  ///< texts beside the key, such as the driver: those of the last row
  std::vector<std::uint16_t> numbers;
  std::uint16_t number = 0, time = 0;  ///< of the key; of the event

  const FieldInfo& field(std::uint16_t index) const { return table.schema->fields[index]; }
  /// All fields that are looked at.
  std::vector<std::uint16_t> fields() const;
  /// "speed_kmh": of a field in the table of rows; "_last", "_min", "_max" behind it in this one.
  std::string column(std::uint16_t field) const;
};

/// None: the table is not one that is summarised (TableInfo::is_summarised).
std::optional<RollupPlan> rollup_of(const StoreTable& table);

/// Makes the table; an error where it is there.
std::string create_rollup_sql(const RollupPlan& plan, SqlDialect dialect);
/// Removes what ended before that time.
std::string expire_rollup_sql(const RollupPlan& plan, std::int64_t before_us);

/// The rows of a transaction, summarised. One thread.
class RollupFold {
 public:
  explicit RollupFold(const RollupPlan& plan) : plan_(plan) {}

  const RollupPlan& plan() const { return plan_; }
  /// Takes in the rows that were stored; all where `fates` is empty. Rows without the key's fields are of no
  /// run, and left out.
  void add(const RowBatch& rows, std::span<const Fate> fates);
  bool empty() const { return groups_.empty(); }
  std::size_t size() const { return groups_.size(); }
  void clear() { groups_.clear(); }
  /// Statements that put this into the table, into rows that are there too: as if all rows of a bucket had
  /// come at once. Rows that come twice change nothing.
  std::vector<std::string> upserts(SqlDialect dialect) const;

 private:
  struct Spread {
    std::int64_t least = 0, greatest = 0, last = 0;
    bool any = false, last_is_null = true;
  };
  struct Group {
    std::string scope;  ///< literals of the key's scope
    std::int64_t bucket_us = 0, first_number = 0, last_number = 0, last_us = 0, last_row = 0;
    std::vector<std::string> labels;
    std::vector<Spread> numbers;
  };
  Group& group_of(const RowBatch& rows, std::size_t row, std::int64_t bucket_us);
  void take(const RowBatch& rows, std::size_t row, std::int64_t time_us, Group& group) const;
  std::string values_of(const Group& group, SqlDialect dialect) const;

  const RollupPlan& plan_;
  std::map<std::pair<std::string, std::int64_t>, Group> groups_;  // by scope's bytes and bucket
  std::string key_;
};

/// The summaries that a store keeps, of those of its tables for which they are there. One thread.
class Rollups {
 public:
  using Execute = std::function<Done(const std::string& sql)>;
  Rollups(std::span<const StoreTable> tables, SqlDialect dialect);

  const std::vector<RollupPlan>& plans() const { return plans_; }
  /// A transaction begins; whether each plan's table is there, in their order.
  void begin(const std::vector<bool>& there);
  /// The plan of the table's summaries, if they were not there when the transaction began and note_there()
  /// has not been called since; else null. Who makes them waits for transactions that write to the table, but
  /// not for one that has yet to: it looks again once it writes.
  const RollupPlan* to_look_for(const StoreTable& table);
  void note_there(const StoreTable& table, bool there);
  void add(const StoreTable& table, const RowBatch& rows, std::span<const Fate> fates);
  /// Before the transaction is committed.
  Done flush(const Execute& execute);
  /// Rows of the table older than this were removed, of which `keep_us` are kept. Looks through all summaries
  /// of the table, and so only now and then.
  Done expire(const StoreTable& table, std::int64_t before_us, std::int64_t keep_us, const Execute& execute);

 private:
  struct Part {
    RollupFold fold;
    bool there = false, is_certain = true;  // certain: for the whole transaction
    std::int64_t clean_before_us = INT64_MIN;
  };
  Part* part_of(const StoreTable& table);
  Part* part_there(const StoreTable& table);

  const SqlDialect dialect_;
  std::vector<RollupPlan> plans_;
  std::vector<Part> parts_;  // of the plans, in their order
};

}  // namespace racesim
