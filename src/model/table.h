// How the rows of a schema are kept in a table: name, key, indexes. Declared beside the schema's form by the
// scenario that makes the rows (sim/entry.h), read by stores. docs/formats/store.md shows the tables.
#pragma once

#include <span>
#include <string_view>

#include "model/schema.h"

namespace racesim {

/// What makes a row unique: the values of `scope` say whose row it is, `number` which one of theirs. Paths of
/// fields.
struct TableKey {
  std::span<const std::string_view> scope;
  std::string_view number;  ///< a whole number (seq) or a time; a UUID is unique alone, without a scope

  bool empty() const { return number.empty(); }
};

/// An index for a question that people ask.
struct TableIndex {
  std::string_view name;                           ///< behind the table's: "by_lap"
  std::span<const std::string_view> columns;       ///< names of columns
  std::span<const std::string_view> only_where{};  ///< boolean columns; rows with any of them true are in it
};

/// A column that a later version of the rows will fill; NULL until then.
struct PlannedColumn {
  std::string_view name;
  FieldType type = FieldType::text;
  int decimals = 0;
};

/// A field that names a row of master data.
struct Reference {
  std::string_view path;    ///< "song_id"
  std::string_view entity;  ///< "songs"
  std::string_view column;  ///< "song_id"
};

struct TableInfo {
  std::string_view name;  ///< "telemetry"
  TableKey key;
  /// For rows in which a field of `key` is missing.
  TableKey key_without{};
  /// Paths of fields that input may leave out: such a value is NULL.
  std::span<const std::string_view> optional{};
  std::string_view time{};  ///< path of the event time, by which old rows go; empty: it has none
  std::span<const TableIndex> indexes{};
  std::span<const PlannedColumn> planned{};
  std::span<const Reference> references{};
  /// Paths of fields beside the key's scope that say of whom a row tells and by which people group: few
  /// values, and the same for all rows with the same key. Line protocol writes them as tags too.
  std::span<const std::string_view> labels{};
  /// A later row with the same key replaces an earlier one: these are results, which are corrected. Such rows
  /// are told apart by `key` alone.
  bool replaces = false;
  /// Rows come many times a second and people ask for long times of them: stores that answer for history keep
  /// summaries beside. The key is of the run and of whom the row tells, with a whole number.
  bool is_summarised = false;
};

/// The field belongs to the key's scope or to the labels: a tag of line protocol.
bool is_tag(const TableInfo& table, std::string_view path);

}  // namespace racesim
