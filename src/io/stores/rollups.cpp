#include "io/stores/rollups.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "model/load_value.h"

namespace racesim {
namespace {

constexpr std::size_t kRowsOfUpsert = 200;
constexpr std::int64_t kExpireParts = 16;

bool is_integer(const FieldInfo& field) {
  return field.list_limit == 0 &&
         (field.type == FieldType::signed_int || field.type == FieldType::unsigned_int);
}

bool is_missing_field(const RowBatch& rows, std::size_t row, std::uint16_t field) {
  return !rows.missing.empty() && field < 64 && (rows.missing[row] >> field & 1) != 0;
}

bool is_null(const RowBatch& rows, std::size_t row, std::uint16_t field, std::int64_t value) {
  const FieldInfo& info = rows.schema().fields[field];
  if (is_missing_field(rows, row, field)) return true;
  return info.may_miss && value == INT64_MIN >> (64 - 8 * info.size);
}

std::string_view text_of(const RowBatch& rows, std::size_t row, const FieldInfo& field) {
  return rows.text(load_value<Text>(rows.row_bytes(row) + field.offset));
}

std::string scope_literal(const RowBatch& rows, std::size_t row, const FieldInfo& field) {
  const std::byte* const at = rows.row_bytes(row) + field.offset;
  if (field.type == FieldType::hex32) return fmt::format("'{:08x}'", load_value<std::uint32_t>(at));
  // Keys of stores hold no NUL: SQLite's alone may, and then the literal is one of SQLite.
  if (field.type == FieldType::text) return text_literal(text_of(rows, row, field), SqlDialect::sqlite);
  return std::to_string(load_integer(field, at));
}

std::string_view column_type(const FieldInfo& field, SqlDialect dialect) {
  if (is_integer(field)) return "bigint";
  return dialect == SqlDialect::postgres ? "text COLLATE \"C\"" : "text";
}

std::uint16_t index_of(const SchemaInfo& schema, std::string_view path) {
  const auto found = std::find_if(schema.fields.begin(), schema.fields.end(),
                                  [&](const FieldInfo& f) { return f.path == path; });
  RACESIM_CHECK(found != schema.fields.end());
  return static_cast<std::uint16_t>(found - schema.fields.begin());
}

constexpr std::string_view kOwnColumns[] = {"bucket_us", "first_number", "last_number", "last_us",
                                            "last_row"};
constexpr std::string_view kSpreads[] = {"_last", "_min", "_max"};

/// `least` or `greatest` of a column that is there and one that comes; a null is none.
std::string wider(const std::string& table, const std::string& column, bool least, SqlDialect dialect) {
  const std::string there = table + "." + column, comes = "excluded." + column;
  const bool postgres = dialect == SqlDialect::postgres;
  return fmt::format("{0} = {1}(coalesce({2}, {3}), coalesce({3}, {2}))", column,
                     least ? (postgres ? "least" : "min") : (postgres ? "greatest" : "max"), there, comes);
}

std::string conflict_sql(const RollupPlan& plan, SqlDialect dialect) {
  const std::string table = name_literal(plan.name);
  std::string key;
  for (const std::uint16_t field : plan.scope) key += name_literal(plan.column(field)) + ", ";
  const std::string newer = fmt::format(
      "excluded.last_us > {0}.last_us OR (excluded.last_us = {0}.last_us AND excluded.last_row >= "
      "{0}.last_row)",
      table);
  const auto last = [&](const std::string& column) {
    return fmt::format(", {0} = CASE WHEN {1} THEN excluded.{0} ELSE {2}.{0} END", column, newer, table);
  };
  std::string sql = " ON CONFLICT (" + key + "bucket_us) DO UPDATE SET " +
                    wider(table, "first_number", true, dialect) + ", " +
                    wider(table, "last_number", false, dialect) + last("last_us") + last("last_row");
  for (const std::uint16_t field : plan.labels) sql += last(name_literal(plan.column(field)));
  for (const std::uint16_t field : plan.numbers) {
    const std::string column = plan.column(field);
    sql += last(name_literal(column + "_last")) + ", " +
           wider(table, name_literal(column + "_min"), true, dialect) + ", " +
           wider(table, name_literal(column + "_max"), false, dialect);
  }
  return sql;
}

}  // namespace

std::string text_literal(std::string_view text, SqlDialect dialect) {
  if (dialect == SqlDialect::sqlite && text.find('\0') != std::string_view::npos) {
    std::string hex = "CAST(x'";
    for (const char c : text) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return hex + "' AS TEXT)";
  }
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out + "'";
}

std::string name_literal(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

std::string RollupPlan::column(std::uint16_t index) const {
  std::string text(field(index).path);
  std::replace(text.begin(), text.end(), '.', '_');
  return text;
}

std::vector<std::uint16_t> RollupPlan::fields() const {
  std::vector<std::uint16_t> all{number, time};
  for (const auto* const some : {&scope, &labels, &numbers})
    all.insert(all.end(), some->begin(), some->end());
  return all;
}

std::optional<RollupPlan> rollup_of(const StoreTable& table) {
  const TableInfo& info = *table.table;
  if (!info.is_summarised) return std::nullopt;
  const SchemaInfo& schema = *table.schema;
  RollupPlan plan;
  plan.table = table;
  plan.name = std::string(info.name) + "_10s";
  for (const std::string_view path : info.key.scope) plan.scope.push_back(index_of(schema, path));
  plan.number = index_of(schema, info.key.number);
  plan.time = index_of(schema, info.time);
  RACESIM_CHECK(plan.scope.size() == 2 && info.key.scope.front() == table.run_path);
  for (const std::string_view path : info.labels)
    if (const std::uint16_t field = index_of(schema, path); schema.fields[field].type == FieldType::text)
      plan.labels.push_back(field);
  for (std::uint16_t field = 0; field < schema.fields.size(); ++field)
    if (is_integer(schema.fields[field]) && field != plan.number &&
        std::find(plan.scope.begin(), plan.scope.end(), field) == plan.scope.end())
      plan.numbers.push_back(field);
  return plan;
}

std::string create_rollup_sql(const RollupPlan& plan, SqlDialect dialect) {
  std::string columns, key;
  for (const std::uint16_t field : plan.scope) {
    const std::string name = name_literal(plan.column(field));
    columns += fmt::format("  {} {} NOT NULL,\n", name, column_type(plan.field(field), dialect));
    key += name + ", ";
  }
  for (const std::string_view own : kOwnColumns) columns += fmt::format("  {} bigint NOT NULL,\n", own);
  for (const std::uint16_t field : plan.labels)
    columns +=
        fmt::format("  {} {},\n", name_literal(plan.column(field)), column_type(plan.field(field), dialect));
  for (const std::uint16_t field : plan.numbers)
    for (const std::string_view spread : kSpreads)
      columns += fmt::format("  {} bigint,\n", name_literal(plan.column(field) + std::string(spread)));
  return fmt::format("CREATE TABLE {} (\n{}  PRIMARY KEY ({}bucket_us)\n){}", name_literal(plan.name),
                     columns, key,
                     dialect == SqlDialect::sqlite ? " WITHOUT ROWID" : " WITH (fillfactor = 50)");
}

std::string expire_rollup_sql(const RollupPlan& plan, std::int64_t before_us) {
  return fmt::format("DELETE FROM {} WHERE bucket_us <= {}", name_literal(plan.name), before_us - kRollupUs);
}

RollupFold::Group& RollupFold::group_of(const RowBatch& rows, std::size_t row, std::int64_t bucket_us) {
  key_.clear();
  for (const std::uint16_t f : plan_.scope) {
    const FieldInfo& field = plan_.field(f);
    if (field.type == FieldType::text)
      key_.append(text_of(rows, row, field)) += '\0';
    else
      key_.append(reinterpret_cast<const char*>(rows.row_bytes(row) + field.offset), field.size);
  }
  const auto [at, is_new] = groups_.try_emplace({key_, bucket_us});
  Group& group = at->second;
  if (!is_new) return group;
  for (const std::uint16_t f : plan_.scope) group.scope += scope_literal(rows, row, plan_.field(f)) + ", ";
  group.bucket_us = bucket_us;
  group.first_number = INT64_MAX;
  group.last_number = group.last_us = group.last_row = INT64_MIN;
  group.labels.resize(plan_.labels.size());
  group.numbers.resize(plan_.numbers.size());
  return group;
}

void RollupFold::take(const RowBatch& rows, std::size_t row, std::int64_t time_us, Group& group) const {
  const std::byte* const bytes = rows.row_bytes(row);
  const std::int64_t number =
      load_integer(plan_.field(plan_.number), bytes + plan_.field(plan_.number).offset);
  group.first_number = std::min(group.first_number, number);
  group.last_number = std::max(group.last_number, number);
  const bool is_last = time_us > group.last_us || (time_us == group.last_us && number >= group.last_row);
  if (is_last) {
    group.last_us = time_us;
    group.last_row = number;
    for (std::size_t i = 0; i < plan_.labels.size(); ++i)
      group.labels[i] = text_of(rows, row, plan_.field(plan_.labels[i]));
  }
  for (std::size_t i = 0; i < plan_.numbers.size(); ++i) {
    const FieldInfo& field = plan_.field(plan_.numbers[i]);
    Spread& spread = group.numbers[i];
    const std::int64_t value = load_integer(field, bytes + field.offset);
    const bool none = is_null(rows, row, plan_.numbers[i], value);
    if (is_last) {
      spread.last = value;
      spread.last_is_null = none;
    }
    if (none) continue;
    spread.least = spread.any ? std::min(spread.least, value) : value;
    spread.greatest = spread.any ? std::max(spread.greatest, value) : value;
    spread.any = true;
  }
}

void RollupFold::add(const RowBatch& rows, std::span<const Fate> fates) {
  const FieldInfo& time = plan_.field(plan_.time);
  const std::int64_t us_per_unit = time.type == FieldType::time_ms ? 1000 : 1;
  Group* group = nullptr;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!fates.empty() && fates[row] != Fate::stored) continue;
    const bool lacks_key = is_missing_field(rows, row, plan_.number) ||
                           std::any_of(plan_.scope.begin(), plan_.scope.end(), [&](std::uint16_t field) {
                             return is_missing_field(rows, row, field);
                           });
    if (lacks_key) continue;
    const std::int64_t time_us = load_value<std::int64_t>(rows.row_bytes(row) + time.offset) * us_per_unit;
    group = &group_of(rows, row, bucket_begin(time_us, kRollupUs));
    take(rows, row, time_us, *group);
  }
}

std::string RollupFold::values_of(const Group& group, SqlDialect dialect) const {
  std::string sql = fmt::format("({}{}, {}, {}, {}, {}", group.scope, group.bucket_us, group.first_number,
                                group.last_number, group.last_us, group.last_row);
  for (const std::string& label : group.labels) sql += ", " + text_literal(label, dialect);
  for (const Spread& spread : group.numbers) {
    sql += spread.last_is_null ? ", NULL" : fmt::format(", {}", spread.last);
    sql += spread.any ? fmt::format(", {}, {}", spread.least, spread.greatest) : ", NULL, NULL";
  }
  return sql + ")";
}

std::vector<std::string> RollupFold::upserts(SqlDialect dialect) const {
  std::vector<std::string> all;
  const std::string conflict = groups_.empty() ? "" : conflict_sql(plan_, dialect);
  std::string values;
  std::size_t count = 0;
  const auto flush = [&] {
    if (!values.empty())
      all.push_back("INSERT INTO " + name_literal(plan_.name) + " VALUES " + values + conflict);
    values.clear();
    count = 0;
  };
  for (const auto& [key, group] : groups_) {
    values += (values.empty() ? "" : ", ") + values_of(group, dialect);
    if (++count == kRowsOfUpsert) flush();
  }
  flush();
  return all;
}

Rollups::Rollups(std::span<const StoreTable> tables, SqlDialect dialect) : dialect_(dialect) {
  for (const StoreTable& table : tables)
    if (std::optional<RollupPlan> plan = rollup_of(table)) plans_.push_back(std::move(*plan));
  for (const RollupPlan& plan : plans_) parts_.push_back({RollupFold(plan)});
}

Rollups::Part* Rollups::part_of(const StoreTable& table) {
  for (Part& part : parts_)
    if (part.fold.plan().table.table == table.table) return &part;
  return nullptr;
}

Rollups::Part* Rollups::part_there(const StoreTable& table) {
  Part* const part = part_of(table);
  return part != nullptr && part->there ? part : nullptr;
}

const RollupPlan* Rollups::to_look_for(const StoreTable& table) {
  const Part* const part = part_of(table);
  return part == nullptr || part->is_certain ? nullptr : &part->fold.plan();
}

void Rollups::note_there(const StoreTable& table, bool there) {
  Part* const part = part_of(table);
  if (part == nullptr) return;
  part->there = there;
  part->is_certain = true;
}

void Rollups::begin(const std::vector<bool>& there) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    parts_[i].there = parts_[i].is_certain = there[i];
    parts_[i].fold.clear();
  }
}

void Rollups::add(const StoreTable& table, const RowBatch& rows, std::span<const Fate> fates) {
  if (Part* const part = part_there(table)) part->fold.add(rows, fates);
}

Done Rollups::flush(const Execute& execute) {
  for (Part& part : parts_) {
    for (const std::string& sql : part.fold.upserts(dialect_))
      if (Done ok = execute(sql); !ok) return ok;
    part.fold.clear();
  }
  return {};
}

Done Rollups::expire(const StoreTable& table, std::int64_t before_us, std::int64_t keep_us,
                     const Execute& execute) {
  Part* const part = part_there(table);
  // What is older than the rows harms nobody: readers begin where rows do.
  if (part == nullptr || before_us < part->clean_before_us) return {};
  part->clean_before_us = before_us + std::max(keep_us / kExpireParts, kRollupUs);
  return execute(expire_rollup_sql(part->fold.plan(), before_us));
}

}  // namespace racesim
