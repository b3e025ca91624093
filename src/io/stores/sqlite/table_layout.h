// How a table of rows looks in SQLite: names, columns, keys, indexes, and the SQL that makes it. Everything
// follows from its schema and TableInfo. docs/formats/store.md shows the tables, ADR 0014 why they are so.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/stores/store.h"
#include "model/schema.h"

namespace racesim::sqlite {

inline constexpr std::string_view kRowKey = "row_key";

/// How a value is kept: × 10^-decimals as a double, as a whole number (booleans too), or as the text that
/// events show (a list: JSON).
enum class Storage : std::uint8_t { integer, real, text };

struct Column {
  std::string name;
  Storage storage = Storage::text;
  const FieldInfo* field = nullptr;  ///< null: a planned column
};

/// One way to tell rows apart.
struct KeyForm {
  std::vector<std::uint16_t> scope;  ///< fields of the schema
  std::uint16_t number = 0;
  std::uint64_t needs = 0;   ///< bits of RowBatch::missing that must be clear
  bool is_packed = false;    ///< a number: in a block of key_blocks; else told apart by an index
  bool is_event_id = false;  ///< a UUID, which is packed if racesim made it
  int run_in_scope = -1;     ///< which of `scope` names the run; -1: none
};

struct TableLayout {
  StoreTable table;
  std::string name;
  std::vector<Column> columns;  ///< of fields in the schema's order, then planned ones
  std::vector<KeyForm> keys;    ///< the first one whose fields are there holds
  int time_field = -1;          ///< of the schema; -1: it has none
  bool has_time_index = false;  ///< an index that begins with the time, over all rows

  std::size_t fields() const { return table.schema->fields.size(); }
};

TableLayout layout_of(const StoreTable& table);

/// The storage of a field.
Storage storage_of(const FieldInfo& field);

/// "location_lat" for "location.lat".
std::string column_name(std::string_view path);

/// CREATE TABLE and CREATE INDEX statements, each with its ';'.
std::string create_sql(const TableLayout& layout);
/// "TEXT".
std::string_view declared_type(Storage storage);
/// "run", "session", …: the columns of all fields, for SELECT and INSERT; `prefix` stands before each.
std::string field_list(const TableLayout& layout, std::string_view prefix = {});
/// Rows of that key outside of blocks: `row_key < 0 AND "song_id" = ?1 …`.
std::string where_unpacked(const TableLayout& layout, const KeyForm& key);

}  // namespace racesim::sqlite
