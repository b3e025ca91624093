#include "serve/gateway/graphql/row_type.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "graphql/execute/value_writer.h"
#include "graphql/values/json.h"

namespace racesim::serve {
namespace {

using graphql::Call;
using graphql::ListWriter;
using graphql::ValueWriter;

bool is_name(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
  if (text == "true" || text == "false" || text == "null") return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_number(const FieldInfo& field) {
  return field.list_limit == 0 &&
         (field.type == FieldType::signed_int || field.type == FieldType::unsigned_int);
}

/// All rows of a row say what they are; GraphQL has __typename for that.
bool is_constant(const FieldInfo& field) {
  return field.type == FieldType::enumeration && field.enum_names.size() == 1;
}

void write_list(std::string_view json, ValueWriter& to) {
  const Result<graphql::Value> items = graphql::parse_json(std::string(json));
  if (!items || items->get<graphql::Items>() == nullptr) return to.null();
  to.list([&](ListWriter& list) {
    for (const graphql::Value& item : items->items())
      if (!list.item([&](ValueWriter& each) {
            if (item.get<std::string>() != nullptr)
              each.text(item.text());
            else if (item.get<std::int64_t>() != nullptr)
              each.integer(item.integer());
            else if (item.get<double>() != nullptr)
              each.number(item.number());
          }))
        return;
  });
}

void write_cell(const TypedRow& row, std::size_t member, ValueWriter& to) {
  const int place = (*row.columns)[member];
  if (place < 0) return to.null();
  const HistoryColumn& column = row.rows->columns[static_cast<std::size_t>(place)];
  const HistoryValue value = row.rows->at(row.row, static_cast<std::size_t>(place));
  if (value.is_null) return to.null();
  if (column.is_list) return write_list(value.text, to);
  if (column.is_boolean()) return to.boolean(value.number != 0);
  if (!column.is_number()) return to.text(value.text);
  if (column.decimals > 0) return to.decimal(value.number, column.decimals);
  to.integer(value.number);
}

std::string unit_text(const FieldInfo& field) {
  return field.unit.empty() ? std::string() : "In " + std::string(field.unit) + ".";
}

}  // namespace

std::string camel_name(std::string_view path) {
  std::string name;
  bool begins_word = false;
  for (const char c : path) {
    if (c == '_' || c == '.' || c == '-') {
      begins_word = !name.empty();
      continue;
    }
    name += begins_word && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    begins_word = false;
  }
  return name;
}

std::string pascal_name(std::string_view path) {
  std::string name = camel_name(path);
  if (!name.empty() && name.front() >= 'a' && name.front() <= 'z')
    name.front() = static_cast<char>(name.front() - 32);
  return name;
}

RowTypeNames::RowTypeNames(graphql::SchemaBuilder& builder, std::set<std::string> taken)
    : taken_(std::move(taken)) {
  builder.scalar("Long", "A whole number of up to 64 bits.");
  builder.scalar("DateTime", "A moment, in UTC.", "https://www.rfc-editor.org/rfc/rfc3339");
  builder.scalar("Date", "A day: 2024-02-01.");
}

std::string RowTypeNames::enumeration(graphql::SchemaBuilder& builder, const std::string& owner,
                                      const FieldInfo& field) {
  if (!std::all_of(field.enum_names.begin(), field.enum_names.end(), is_name)) return "String";
  std::string& name = enumerations_[field.enum_names.data()];
  if (!name.empty()) return name;
  name = pascal_name(field.path);
  if (!taken_.insert(name).second) {
    name = owner + name;
    taken_.insert(name);
  }
  graphql::ValuesOf values = builder.enumeration(name, "A value of " + std::string(field.path) + ".");
  for (const std::string_view value : field.enum_names) values.value(std::string(value));
  return name;
}

RowType::RowType(graphql::SchemaBuilder& builder, RowTypeNames& names, std::string name,
                 const SchemaInfo& schema, const RowTypeOptions& options)
    : name_(std::move(name)) {
  std::vector<std::string> types;
  // Enumerations are declared before the object, whose declaration then stays in one piece.
  for (const FieldInfo& field : schema.fields) types.push_back(base_type(builder, names, field));
  auto type = builder.object<TypedRow>(name_, options.description);
  if (options.may_miss) add_field(type, "event_time", "DateTime", "The event's time, or the bucket's begin.");
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    const FieldInfo& field = schema.fields[i];
    if (is_constant(field)) continue;
    const bool may_be_null = options.may_miss || field.may_miss;
    const std::string path(field.path);
    add_field(type, path, types[i] + (may_be_null ? "" : "!"), unit_text(field)).is_number = is_number(field);
    if (!options.spread || !is_number(field)) continue;
    for (const auto& [end, what] : {std::pair{"_min", "least"}, std::pair{"_max", "greatest"}}) {
      Member& member = add_field(type, path + end, types[i],
                                 std::string("The ") + what + " value of the bucket, with `every`.");
      member.is_spread = member.is_number = true;
    }
  }
  for (const std::string& column : options.more) add_field(type, column, "String", "Where it is known.");
}

RowType::Member& RowType::add_field(graphql::FieldsOf<TypedRow>& type, std::string column, std::string of,
                                    std::string description) {
  const std::size_t member = members_.size();
  std::string field = camel_name(column);
  members_.push_back({std::move(column), field});
  type.field(std::move(field), std::move(of), std::move(description),
             [member](const TypedRow& row, const Call&, ValueWriter& to) { write_cell(row, member, to); });
  return members_.back();
}

std::string RowType::base_type(graphql::SchemaBuilder& builder, RowTypeNames& names,
                               const FieldInfo& field) const {
  std::string type = "String";
  switch (field.type) {
    case FieldType::signed_int:
    case FieldType::unsigned_int:
      type = field.decimals > 0                                                ? "Float"
             : field.range.least >= INT32_MIN && field.range.most <= INT32_MAX ? "Int"
                                                                               : "Long";
      break;
    case FieldType::boolean:
      type = "Boolean";
      break;
    case FieldType::enumeration:
      if (!is_constant(field)) type = names.enumeration(builder, name_, field);
      break;
    case FieldType::uuid:
      type = "ID";
      break;
    case FieldType::time_ms:
    case FieldType::time_us:
      type = "DateTime";
      break;
    case FieldType::date:
      type = "Date";
      break;
    case FieldType::hex32:
    case FieldType::text:
      break;
  }
  return field.list_limit > 0 ? "[" + type + "!]" : type;
}

std::vector<std::string> RowType::asked_columns(const Call& call, bool only_numbers) const {
  std::vector<std::string> asked;
  for (const Member& member : members_) {
    if (!call.asks_for(member.field) || (only_numbers && !member.is_number)) continue;
    std::string column = member.column;
    if (member.is_spread) column.resize(column.size() - 4);  // "_min"
    if (std::find(asked.begin(), asked.end(), column) == asked.end()) asked.push_back(std::move(column));
  }
  return asked;
}

bool RowType::asks_spread(const Call& call) const {
  return std::any_of(members_.begin(), members_.end(),
                     [&](const Member& member) { return member.is_spread && call.asks_for(member.field); });
}

std::unique_ptr<RowSet> RowType::bind(HistoryRows rows) const {
  auto set = std::make_unique<RowSet>();
  set->rows = std::move(rows);
  for (const Member& member : members_) set->columns.push_back(set->rows.column(member.column));
  set->refs.reserve(set->rows.size());
  for (std::size_t row = 0; row < set->rows.size(); ++row)
    set->refs.push_back({&set->rows, row, &set->columns, nullptr});
  return set;
}

}  // namespace racesim::serve
