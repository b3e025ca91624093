#include "io/stores/sqlite/table_layout.h"

#include <algorithm>

#include "base/check.h"
#include "io/stores/sqlite/connection.h"

namespace racesim::sqlite {
namespace {

std::uint16_t field_at(const SchemaInfo& schema, std::string_view path) {
  const auto found = std::find_if(schema.fields.begin(), schema.fields.end(),
                                  [&](const FieldInfo& f) { return f.path == path; });
  RACESIM_CHECK(found != schema.fields.end());
  return static_cast<std::uint16_t>(found - schema.fields.begin());
}

bool is_number(const FieldInfo& f) {
  const bool whole = (f.type == FieldType::signed_int || f.type == FieldType::unsigned_int) &&
                     f.decimals == 0 && !f.may_miss;
  return f.list_limit == 0 &&
         (whole || f.type == FieldType::time_ms || f.type == FieldType::time_us || f.type == FieldType::date);
}

KeyForm key_form(const StoreTable& table, const TableKey& key) {
  const SchemaInfo& schema = *table.schema;
  KeyForm form;
  form.number = field_at(schema, key.number);
  for (const std::string_view path : key.scope) {
    if (path == table.run_path) form.run_in_scope = static_cast<int>(form.scope.size());
    form.scope.push_back(field_at(schema, path));
  }
  const auto need = [&](std::uint16_t field) {
    if (field < 64) form.needs |= 1ULL << field;
  };
  need(form.number);
  std::for_each(form.scope.begin(), form.scope.end(), need);
  const FieldInfo& number = schema.fields[form.number];
  form.is_packed = is_number(number);
  // Events have a time; ids of master data say nothing.
  form.is_event_id = number.type == FieldType::uuid && form.scope.empty() && !table.table->time.empty();
  return form;
}

std::string index_sql(const TableLayout& layout, const TableIndex& index) {
  std::string columns;
  for (const std::string_view column : index.columns)
    columns += (columns.empty() ? "" : ", ") + quote_name(column_name(column));
  std::string where;
  for (const std::string_view column : index.only_where)
    where += (where.empty() ? " WHERE " : " OR ") + quote_name(column_name(column));
  return "CREATE INDEX " + quote_name(layout.name + "_" + std::string(index.name)) + " ON " +
         quote_name(layout.name) + " (" + columns + ")" + where + ";\n";
}

std::string unique_sql(const TableLayout& layout, const KeyForm& key) {
  std::string columns;
  for (const std::uint16_t field : key.scope) columns += quote_name(layout.columns[field].name) + ", ";
  return "CREATE UNIQUE INDEX " + quote_name(layout.name + "_unpacked") + " ON " + quote_name(layout.name) +
         " (" + columns + quote_name(layout.columns[key.number].name) + ") WHERE " + std::string(kRowKey) +
         " < 0;\n";
}

}  // namespace

Storage storage_of(const FieldInfo& field) {
  if (field.list_limit > 0) return Storage::text;
  switch (field.type) {
    case FieldType::signed_int:
    case FieldType::unsigned_int:
      return field.decimals > 0 ? Storage::real : Storage::integer;
    case FieldType::boolean:
      return Storage::integer;
    default:
      return Storage::text;
  }
}

std::string column_name(std::string_view path) {
  std::string name(path);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

std::string_view declared_type(Storage storage) {
  return storage == Storage::integer ? "INTEGER" : storage == Storage::real ? "REAL" : "TEXT";
}

TableLayout layout_of(const StoreTable& table) {
  TableLayout layout;
  layout.table = table;
  layout.name = table.table->name;
  for (const FieldInfo& field : table.schema->fields)
    layout.columns.push_back({column_name(field.path), storage_of(field), &field});
  for (const PlannedColumn& planned : table.table->planned) {
    FieldInfo field{};
    field.type = planned.type;
    field.decimals = static_cast<std::uint8_t>(planned.decimals);
    layout.columns.push_back({std::string(planned.name), storage_of(field), nullptr});
  }
  layout.keys.push_back(key_form(table, table.table->key));
  if (!table.table->key_without.empty()) layout.keys.push_back(key_form(table, table.table->key_without));
  if (!table.table->time.empty()) layout.time_field = field_at(*table.schema, table.table->time);
  for (const TableIndex& index : table.table->indexes)
    if (index.only_where.empty() && index.columns.front() == table.table->time) layout.has_time_index = true;
  return layout;
}

std::string create_sql(const TableLayout& layout) {
  std::string sql =
      "CREATE TABLE " + quote_name(layout.name) + " (\n  " + std::string(kRowKey) + " INTEGER PRIMARY KEY";
  for (const Column& column : layout.columns)
    sql += ",\n  " + quote_name(column.name) + " " + std::string(declared_type(column.storage));
  sql += "\n);\n";
  for (const TableIndex& index : layout.table.table->indexes) sql += index_sql(layout, index);
  for (const KeyForm& key : layout.keys)
    if (!key.is_packed) sql += unique_sql(layout, key);
  return sql;
}

std::string field_list(const TableLayout& layout, std::string_view prefix) {
  std::string list;
  for (std::size_t i = 0; i < layout.fields(); ++i)
    list += (list.empty() ? "" : ", ") + std::string(prefix) + quote_name(layout.columns[i].name);
  return list;
}

std::string where_unpacked(const TableLayout& layout, const KeyForm& key) {
  std::string where = std::string(kRowKey) + " < 0";
  int parameter = 0;
  for (const std::uint16_t field : key.scope)
    where += " AND " + quote_name(layout.columns[field].name) + " = ?" + std::to_string(++parameter);
  return where + " AND " + quote_name(layout.columns[key.number].name) + " = ?" + std::to_string(++parameter);
}

}  // namespace racesim::sqlite
