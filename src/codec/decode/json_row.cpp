#include "codec/decode/json_row.h"

#include <fmt/core.h>

#include "base/check.h"

namespace racesim {
namespace {

constexpr std::uint32_t kNoNode = UINT32_MAX;

JsonKind kind_of(FieldType type) {
  switch (type) {
    case FieldType::signed_int:
    case FieldType::unsigned_int:
      return JsonKind::number;
    case FieldType::boolean:
      return JsonKind::boolean;
    default:
      return JsonKind::string;
  }
}

std::string misfit(JsonKind expected, JsonKind found) {
  return fmt::format("expected {}, found {}", name_of(expected), name_of(found));
}

/// Puts the path before a reason; false, so that it ends a chain.
bool in_field(std::string_view path, std::string& why) {
  why.insert(0, std::string(path) + ": ");
  return false;
}

}  // namespace

JsonRowReader::JsonRowReader(const SchemaInfo& schema, const DecoderOptions& options)
    : schema_(&schema),
      ignore_unknown_(options.ignore_unknown),
      on_unknown_(options.on_unknown),
      row_(schema),
      nodes_(1) {
  for (const FieldInfo& field : schema.fields) add_field(field);
}

void JsonRowReader::add_field(const FieldInfo& field) {
  std::uint32_t parent = 0;
  std::size_t from = 0;
  while (true) {
    const std::size_t dot = field.path.find('.', from);
    const std::string_view key = field.path.substr(from, dot == std::string_view::npos ? dot : dot - from);
    std::uint32_t node = child_named(parent, key);
    if (node == kNoNode) {
      node = static_cast<std::uint32_t>(nodes_.size());
      nodes_[parent].children.push_back(node);
      Node fresh;
      fresh.key = key;
      fresh.path = field.path.substr(0, dot);
      nodes_.push_back(std::move(fresh));
    }
    if (dot == std::string_view::npos) {
      RACESIM_CHECK(nodes_[node].field == nullptr && nodes_[node].children.empty());
      nodes_[node].field = &field;
      return;
    }
    RACESIM_CHECK(nodes_[node].field == nullptr);
    parent = node;
    from = dot + 1;
  }
}

std::uint32_t JsonRowReader::child_named(std::uint32_t parent, std::string_view key) const {
  for (const std::uint32_t child : nodes_[parent].children)
    if (nodes_[child].key == key) return child;
  return kNoNode;
}

bool JsonRowReader::read(std::string_view text, RowBatch& good, std::string& why) {
  if (!check_.valid(text, why)) return false;
  JsonCursor in(text);
  if (in.kind() != JsonKind::object) {
    why = misfit(JsonKind::object, in.kind());
    return false;
  }
  ++record_;
  row_.start(good);
  if (!read_object(in, 0, why)) {
    row_.abandon();
    return false;
  }
  row_.commit();
  return true;
}

bool JsonRowReader::read_object(JsonCursor& in, std::uint32_t node, std::string& why) {
  in.take('{');
  std::size_t expected = 0;  // our own encoders write the keys in this order
  while (!in.take('}')) {
    in.take(',');
    const std::string_view key = in.string(scratch_);
    const std::vector<std::uint32_t>& children = nodes_[node].children;
    std::uint32_t child = kNoNode;
    if (expected < children.size() && nodes_[children[expected]].key == key)
      child = children[expected];
    else
      child = child_named(node, key);
    ++expected;
    if (child == kNoNode && !ignore_unknown_) {
      why = fmt::format("key {} is not in the schema '{}'", excerpt(key), schema_->name);
      return node == 0 ? false : in_field(nodes_[node].path, why);
    }
    if (child == kNoNode && on_unknown_) on_unknown_(key);
    in.take(':');
    if (child == kNoNode)
      in.skip_value();
    else if (!read_key(in, child, why))
      return false;
  }
  return all_seen(node, why);
}

bool JsonRowReader::read_key(JsonCursor& in, std::uint32_t child, std::string& why) {
  Node& node = nodes_[child];
  if (node.seen_in == record_) {
    why = "the key appears twice";
    return in_field(node.path, why);
  }
  node.seen_in = record_;
  if (node.field == nullptr) {
    if (in.kind() == JsonKind::object) return read_object(in, child, why);
    why = misfit(JsonKind::object, in.kind());
    return in_field(node.path, why);
  }
  const bool read =
      node.field->list_limit > 0 ? read_list(in, *node.field, why) : read_value(in, *node.field, 0, why);
  return read || in_field(node.path, why);
}

bool JsonRowReader::read_value(JsonCursor& in, const FieldInfo& field, std::size_t item, std::string& why) {
  const JsonKind expected = kind_of(field.type);
  const JsonKind found = in.kind();
  if (field.may_miss && found == JsonKind::null) {
    in.word();
    return row_.set(field, item, {}, why);
  }
  if (found != expected) {
    why = misfit(expected, found);
    return false;
  }
  return row_.set(field, item, expected == JsonKind::string ? in.string(scratch_) : in.word(), why);
}

bool JsonRowReader::read_list(JsonCursor& in, const FieldInfo& field, std::string& why) {
  if (in.kind() != JsonKind::array) {
    why = misfit(JsonKind::array, in.kind());
    return false;
  }
  in.take('[');
  std::size_t count = 0;
  while (!in.take(']')) {
    in.take(',');
    if (count == field.list_limit) {
      why = fmt::format("more than {} items", field.list_limit);
      return false;
    }
    if (!read_value(in, field, count, why)) return false;
    ++count;
  }
  row_.set_count(field, count);
  return true;
}

bool JsonRowReader::all_seen(std::uint32_t node, std::string& why) const {
  for (const std::uint32_t child : nodes_[node].children) {
    if (nodes_[child].seen_in == record_) continue;
    why = fmt::format("key '{}' is missing", nodes_[child].path);
    return false;
  }
  return true;
}

}  // namespace racesim
