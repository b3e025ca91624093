#include "io/stores/postgres_tables.h"

#include <algorithm>

#include "base/check.h"
#include "io/stores/postgres.h"
#include "io/stores/postgres_columns.h"
#include "io/stores/postgres_connection.h"
#include "io/stores/postgres_session.h"

namespace racesim::postgres {
namespace {

int field_of(const SchemaInfo& schema, std::string_view path) {
  if (path.empty()) return -1;
  for (std::size_t f = 0; f < schema.fields.size(); ++f)
    if (schema.fields[f].path == path) return static_cast<int>(f);
  RACESIM_CHECK(false);
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? std::string() : std::string(between)) + part;
  return out;
}

template <class Names>
std::vector<std::string> quoted_columns(const Names& paths) {
  std::vector<std::string> out;
  for (const std::string_view path : paths) out.push_back(sql_name(column_name(path)));
  return out;
}

std::string index_sql(const TablePlan& plan, const TableIndex& index) {
  std::vector<std::string> conditions = quoted_columns(index.only_where);
  return "CREATE INDEX IF NOT EXISTS " +
         sql_name(std::string(plan.of.table->name) + "_" + std::string(index.name)) + " ON " + plan.name +
         " (" + joined(quoted_columns(index.columns), ", ") + ")" +
         (conditions.empty() ? "" : " WHERE " + joined(conditions, " OR ")) + ";\n";
}

}  // namespace

TablePlan::TablePlan(const StoreTable& table, bool with_retention)
    : of(table), name(sql_name(table.table->name)) {
  const TableInfo& info = *of.table;
  const SchemaInfo& schema = *of.schema;
  RACESIM_CHECK(!info.key.empty());
  RACESIM_CHECK(!info.replaces || info.key_without.empty());
  for (const FieldInfo& f : schema.fields) {
    columns.push_back(column_name(f.path));
    types.push_back(column_type(f));
  }
  for (const PlannedColumn& column : info.planned) {
    columns.emplace_back(column.name);
    types.push_back(column_type(column));
  }
  time_field = field_of(schema, info.time);
  const auto field_of_type = [&schema](std::string_view path, FieldType type) {
    const int field = field_of(schema, path);
    return field >= 0 && schema.fields[static_cast<std::size_t>(field)].type == type ? field : -1;
  };
  run_field = field_of_type(of.run_path, FieldType::hex32);
  // Master data is of no scenario, and so of no run.
  if (!of.scenario.empty() && info.key.scope.empty() && of.run_path.empty())
    event_id_field = field_of_type(info.key.number, FieldType::uuid);

  std::vector<std::string_view> indexed;
  for (const TableKey* key : {&info.key, &info.key_without}) {
    indexed.insert(indexed.end(), key->scope.begin(), key->scope.end());
    if (!key->empty()) indexed.push_back(key->number);
  }
  for (const TableIndex& index : info.indexes)
    indexed.insert(indexed.end(), index.columns.begin(), index.columns.end());
  for (std::size_t f = 0; f < schema.fields.size(); ++f) {
    const bool is_named = std::any_of(indexed.begin(), indexed.end(),
                                      [&](std::string_view path) { return column_name(path) == columns[f]; });
    if (is_named && schema.fields[f].type == FieldType::text)
      indexed_texts.push_back(static_cast<std::uint16_t>(f));
  }

  std::vector<std::string> lines;
  for (std::size_t c = 0; c < columns.size(); ++c)
    lines.push_back("  " + sql_name(columns[c]) + " " + types[c]);
  const std::string key = joined(key_columns(info.key), ", ");
  if (info.key_without.empty()) lines.push_back("  PRIMARY KEY (" + key + ")");
  create = "CREATE TABLE IF NOT EXISTS " + name + " (\n" + joined(lines, ",\n") + "\n);\n";
  if (!info.key_without.empty()) {
    // Rows in which a part of the key is missing count as different there, and have a key of their own.
    create += "CREATE UNIQUE INDEX IF NOT EXISTS " + sql_name(std::string(info.name) + "_key") + " ON " +
              name + " (" + key + ");\nCREATE UNIQUE INDEX IF NOT EXISTS " +
              sql_name(std::string(info.name) + "_without") + " ON " + name + " (" +
              joined(key_columns(info.key_without), ", ") + ") WHERE " + lacks_key("") + ";\n";
  }
  for (const TableIndex& index : info.indexes) create += index_sql(*this, index);
  // Rows come roughly in the order of time, so a summary per block range finds the old ones.
  if (with_retention && time_field >= 0)
    create += "CREATE INDEX IF NOT EXISTS " + sql_name(std::string(info.name) + "_retention") + " ON " +
              name + " USING brin (" + sql_name(columns[static_cast<std::size_t>(time_field)]) +
              ") WITH (pages_per_range = 32);\n";

  const std::string staging = sql_name("racesim_in_" + std::string(info.name));
  copy = "COPY " + name + " (" + names("") + ") FROM STDIN (FORMAT binary)";
  stage = "CREATE TEMPORARY TABLE IF NOT EXISTS " + staging + " (racesim_ordinal integer NOT NULL, LIKE " +
          name + ") ON COMMIT DELETE ROWS";
  copy_stage = "COPY " + staging + " (racesim_ordinal, " + names("") + ") FROM STDIN (FORMAT binary)";
}

std::string TablePlan::names(std::string_view prefix) const {
  std::vector<std::string> out;
  for (std::size_t f = 0; f < of.schema->fields.size(); ++f)
    out.push_back(std::string(prefix) + sql_name(columns[f]));
  return joined(out, ", ");
}

std::vector<std::string> TablePlan::key_columns(const TableKey& key) const {
  std::vector<std::string> out = quoted_columns(key.scope);
  out.push_back(sql_name(column_name(key.number)));
  return out;
}

std::string TablePlan::lacks_key(std::string_view prefix) const {
  std::vector<std::string> conditions;
  for (const std::string_view path : of.table->optional) {
    const std::string column = sql_name(column_name(path));
    const std::vector<std::string> key = key_columns(of.table->key);
    if (std::find(key.begin(), key.end(), column) != key.end())
      conditions.push_back(std::string(prefix) + column + " IS NULL");
  }
  RACESIM_CHECK(!conditions.empty());
  return "(" + joined(conditions, " OR ") + ")";
}

std::string TablePlan::key_matches(std::string_view a, std::string_view b, const TableKey& key,
                                   bool is_second) const {
  std::vector<std::string> conditions;
  for (const std::string& column : key_columns(key))
    conditions.push_back(std::string(a) + column + " = " + std::string(b) + column);
  if (is_second) {
    conditions.push_back(lacks_key(a));
    conditions.push_back(lacks_key(b));
  }
  return joined(conditions, " AND ");
}

std::string TablePlan::put(std::int32_t ordinal) const {
  const std::string staging = sql_name("racesim_in_" + std::string(of.table->name));
  const std::string from = " WHERE racesim_ordinal >= " + std::to_string(ordinal);
  std::vector<std::string> key = key_columns(of.table->key);
  const auto first_of = [&](const TableKey& k, bool is_second) {
    return "SELECT min(s.racesim_ordinal) FROM put p JOIN " + staging + " s ON " +
           key_matches("p.", "s.", k, is_second) + from + " GROUP BY p." + joined(key_columns(k), ", p.");
  };
  std::string out = first_of(of.table->key, false);
  if (!of.table->key_without.empty()) {
    for (const std::string& column : key_columns(of.table->key_without))
      if (std::find(key.begin(), key.end(), column) == key.end()) key.push_back(column);
    out += " UNION ALL " + first_of(of.table->key_without, true);
  }
  return "WITH put AS (INSERT INTO " + name + " (" + names("") + ") SELECT " + names("") + " FROM " +
         staging + from + " ORDER BY racesim_ordinal ON CONFLICT DO NOTHING RETURNING " + joined(key, ", ") +
         ") " + out;
}

std::string TablePlan::differing(std::int32_t ordinal) const {
  const std::string staging = sql_name("racesim_in_" + std::string(of.table->name));
  const auto those = [&](const TableKey& key, bool is_second) {
    return "SELECT s.racesim_ordinal FROM " + staging + " s JOIN " + name + " t ON " +
           key_matches("s.", "t.", key, is_second) +
           " WHERE s.racesim_ordinal >= " + std::to_string(ordinal) + " AND ROW(" + names("s.") +
           ") IS DISTINCT FROM ROW(" + names("t.") + ")";
  };
  std::string out = those(of.table->key, false);
  if (!of.table->key_without.empty()) out += " UNION ALL " + those(of.table->key_without, true);
  return out + " ORDER BY 1";
}

std::string TablePlan::repeated(std::int32_t ordinal) const {
  const std::string staging = sql_name("racesim_in_" + std::string(of.table->name));
  const std::vector<std::string> key = key_columns(of.table->key);
  return "WITH s AS (SELECT *, lag(racesim_ordinal) OVER (PARTITION BY " + joined(key, ", ") +
         " ORDER BY racesim_ordinal) AS racesim_before FROM " + staging +
         " WHERE racesim_ordinal >= " + std::to_string(ordinal) +
         ") SELECT s.racesim_ordinal, CASE WHEN s.racesim_before IS NULL THEN ROW(" + names("s.") +
         ") IS DISTINCT FROM ROW(" + names("t.") + ") ELSE ROW(" + names("s.") + ") IS DISTINCT FROM ROW(" +
         names("p.") + ") END FROM s LEFT JOIN " + staging +
         " p ON p.racesim_ordinal = s.racesim_before LEFT JOIN " + name + " t ON " +
         key_matches("s.", "t.", of.table->key, false) + " WHERE s.racesim_before IS NOT NULL OR t." +
         key.front() + " IS NOT NULL";
}

std::string TablePlan::replace(std::int32_t ordinal) const {
  const std::string staging = sql_name("racesim_in_" + std::string(of.table->name));
  const std::string key = joined(key_columns(of.table->key), ", ");
  // In the order of keys, so that two writers cannot lock each other out.
  return "INSERT INTO " + name + " AS t (" + names("") + ") SELECT " + names("") +
         " FROM (SELECT DISTINCT ON (" + key + ") * FROM " + staging +
         " WHERE racesim_ordinal >= " + std::to_string(ordinal) + " ORDER BY " + key +
         ", racesim_ordinal DESC) s ON CONFLICT (" + key + ") DO UPDATE SET (" + names("") + ") = ROW(" +
         names("excluded.") + ") WHERE ROW(" + names("t.") + ") IS DISTINCT FROM ROW(" + names("excluded.") +
         ")";
}

std::string TablePlan::order() const {
  std::vector<std::string> by;
  if (time_field >= 0) by.push_back(sql_name(columns[static_cast<std::size_t>(time_field)]));
  for (const std::string& column : key_columns(of.table->key)) by.push_back(column);
  return " ORDER BY " + joined(by, ", ");
}

std::string bookkeeping_tables() {
  return R"(CREATE TABLE IF NOT EXISTS ingest_offsets (
  source text COLLATE "C", lane text COLLATE "C", next_offset bigint NOT NULL, last_hash bigint NOT NULL,
  last_time_ms bigint NOT NULL, fingerprint text NOT NULL, consumed bigint NOT NULL,
  updated timestamp with time zone NOT NULL DEFAULT now(), PRIMARY KEY (source, lane)
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS dead_letter (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source text, lane text, record_offset bigint, reason text, raw bytea,
  added timestamp with time zone NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS runs (
  run text COLLATE "C", scenario text COLLATE "C", events bigint NOT NULL, first_time timestamp with time zone,
  last_time timestamp with time zone, added timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (run, scenario)
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS retention (table_name text PRIMARY KEY, newest_us bigint, expired_before_us bigint);
CREATE TABLE IF NOT EXISTS ingest_writers (
  writer uuid PRIMARY KEY, transactions bigint NOT NULL, seen timestamp with time zone NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS aggregation_state (
  name text COLLATE "C" PRIMARY KEY, format integer NOT NULL, bytes bytea NOT NULL,
  updated timestamp with time zone NOT NULL DEFAULT now()
);
)";
}

}  // namespace racesim::postgres

namespace racesim {

Result<std::string> plan_postgres(const StoreOptions& options) {
  using namespace postgres;
  const Result<Target> target = parse_target(options.target, options.password);
  if (!target) return tl::make_unexpected(target.error());
  Trouble trouble;
  const auto connection = open_session(*target, {.application = "racesim plan"}, trouble);
  if (!connection) return tl::make_unexpected(connection.error());
  std::vector<TablePlan> plans;
  for (const StoreTable& table : options.tables) plans.emplace_back(table, false);
  const auto missing = missing_tables(**connection, *target, plans);
  if (!missing) return tl::make_unexpected(missing.error());
  std::string names;
  for (const std::string& name : *missing) names += (names.empty() ? "" : ", ") + name;
  return target->shown + ", " + (names.empty() ? "all tables are there" : "makes the tables " + names);
}

}  // namespace racesim
