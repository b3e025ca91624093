// The SQL of the PostgreSQL store: tables, and how rows get into them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/stores/store.h"

namespace racesim::postgres {

inline constexpr int kSchemaVersion = 2;

/// What is known of a table once, so that nothing is put together per batch.
struct TablePlan {
  TablePlan(const StoreTable& of, bool with_retention);

  StoreTable of;
  std::string name;                          ///< quoted
  std::vector<std::string> columns;          ///< names, those of the schema first
  std::vector<std::string> types;            ///< of each, as format_type() and column_type() write them
  std::vector<std::uint16_t> indexed_texts;  ///< fields
  int time_field = -1;
  int run_field = -1;
  int event_id_field = -1;  ///< of a key without scope: it may hold the run

  std::string create;      ///< the table and its indexes; nothing where they are there
  std::string copy;        ///< rows, straight into the table
  std::string stage;       ///< makes the temporary table
  std::string copy_stage;  ///< rows with an ordinal, into the temporary one

  /// Moves staged rows from `ordinal` on into the table; answers the ordinals of those that were not there.
  std::string put(std::int32_t ordinal) const;
  /// Ordinals of staged rows whose key is there with other content.
  std::string differing(std::int32_t ordinal) const;
  /// Of rows that replace: ordinals of staged rows whose key was there, also with an earlier one of them,
  /// each with whether its content is another; asked before replace(), which puts the last row of each key
  /// into the table.
  std::string repeated(std::int32_t ordinal) const;
  std::string replace(std::int32_t ordinal) const;
  /// " ORDER BY" time and key.
  std::string order() const;

 private:
  std::string names(std::string_view prefix) const;
  std::string key_matches(std::string_view a, std::string_view b, const TableKey& key, bool is_second) const;
  std::string lacks_key(std::string_view prefix) const;
  std::vector<std::string> key_columns(const TableKey& key) const;
};

/// The tables beside those of events; nothing where they are there.
std::string bookkeeping_tables();

}  // namespace racesim::postgres
