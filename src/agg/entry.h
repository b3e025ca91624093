// How an aggregation is declared: one AggregationEntry, data and a few pure functions, in agg/<name>/. From
// it come --by's names, flags, help, tables of stores, JSON Schemas and what racesim query knows.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "agg/aggregation.h"
#include "base/error.h"
#include "model/master_tables.h"
#include "model/option.h"
#include "model/question.h"
#include "model/schema.h"
#include "model/table.h"

namespace racesim {

/// A form of rows that it takes in.
struct AggregationInput {
  const SchemaInfo& (*schema)();
  std::string_view time;  ///< path of the event time
};

/// What an aggregation is made for, besides its options.
struct AggregationFrame {
  Emit emit = Emit::final;
  std::int64_t watermark_delay_us = 10'000'000;
  std::int64_t allowed_lateness_us = 0;  ///< a result goes on to be corrected for so long
  MasterTables master;                   ///< of `master_entities`; empty where none is at hand
};

/// A command that makes such results, for the help of racesim aggregate.
struct AggregationExample {
  std::string_view command;
  std::string_view text;  ///< what it does
};

/// How results show with which options they were made, for who judges them.
struct OptionsOfResults {
  /// Texts and enumerations; results in which all of these are the same were made with the same options.
  std::span<const std::string_view> fields;
  /// Sets the options. `values` is parallel to `fields`; `most` is the greatest number (TableKey) among these
  /// results, 0 where it is a time. False: no options make such results.
  bool (*read)(std::span<const std::string> values, std::uint64_t most, OptionValues& options);
};

struct AggregationEntry {
  std::string_view name;  ///< "lap", as --by has it
  std::string_view summary;
  int version = 1;  ///< a change of any result or of the state is a new one
  /// Flags of racesim aggregate. Several may share a name; one that two have, with the same fallback and
  /// help, means the same in both.
  std::span<const ContentOption> options{};
  std::span<const AggregationInput> inputs;
  const SchemaInfo& (*result)();
  TableInfo table;                                      ///< of the results: key, time, indexes
  std::span<const std::string_view> master_entities{};  ///< what it looks names up in, if it is at hand
  /// Paths of fields that master data gives: empty or null where none is at hand.
  std::span<const std::string_view> from_master{};
  const OptionsOfResults* options_of_results = nullptr;  ///< null: results do not show their options
  std::span<const Question> questions{};                 ///< of its results in a store
  /// Columns that a table on a terminal shows, where those of the result are too many. Paths of fields.
  std::span<const std::string_view> shown{};
  std::span<const AggregationExample> examples{};

  /// Errors (usage) name the option.
  Result<std::unique_ptr<Aggregation>> (*make)(const OptionValues& options, const AggregationFrame& frame);
};

/// All of them, by name.
std::span<const AggregationEntry* const> aggregations();

/// Errors (usage) name the known ones and the nearest.
Result<const AggregationEntry*> find_aggregation(std::string_view name);

}  // namespace racesim
