#include "codec/decode/json_row.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/check.h"

namespace racesim {
namespace {

constexpr std::uint32_t kNoNode = UINT32_MAX;
constexpr const char* kTwice = "the key appears twice";

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
      has_optional_(!options.optional.empty()),
      on_unknown_(options.on_unknown),
      spellings_{CanonicalReader(schema, options, Spacing::none),
                 CanonicalReader(schema, options, Spacing::single)},
      row_(schema, options.natural_ranges),
      nodes_(1) {
  for (const FieldInfo& field : schema.fields) add_field(field, missing_bit(schema, field, options.optional));
}

void JsonRowReader::add_field(const FieldInfo& field, std::uint64_t missing_bit) {
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
      nodes_[node].missing_bit = missing_bit;
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
  if (read_canonical(text, good)) return true;
  if (check_ == nullptr) check_ = std::make_unique<JsonCheck>();
  return check_->valid(text, why) && read_valid(text, good, why);
}

bool JsonRowReader::read_canonical(std::string_view text, RowBatch& good) {
  if (spellings_[last_spelling_].read(text, good)) return true;
  if (!spellings_[1 - last_spelling_].read(text, good)) return false;
  last_spelling_ = 1 - last_spelling_;
  return true;
}

bool JsonRowReader::read_valid(std::string_view text, RowBatch& good, std::string& why) {
  JsonCursor in(text);
  if (in.kind() != JsonKind::object) {
    why = misfit(JsonKind::object, in.kind());
    return false;
  }
  ++record_;
  missing_ = 0;
  skipped_any_ = false;
  row_.start(good);
  if (!read_object(in, 0, why)) {
    row_.abandon();
    return false;
  }
  // Repeated keys of the schema were seen on the way.
  if (skipped_any_ && repeated_.find(text, scratch_)) {
    row_.abandon();
    why = kTwice;
    return in_field(excerpt(scratch_), why);
  }
  row_.commit();
  if (has_optional_) good.missing.push_back(missing_);
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
    if (child == kNoNode) {
      if (!skip_unknown(in, node, key, why)) return false;
      continue;
    }
    in.take(':');
    if (!read_key(in, child, why)) return false;
  }
  return all_seen(node, why);
}

bool JsonRowReader::skip_unknown(JsonCursor& in, std::uint32_t parent, std::string_view key,
                                 std::string& why) {
  const std::string_view path = nodes_[parent].path;
  if (!ignore_unknown_) {
    why = fmt::format("key {} is not in the schema '{}'", excerpt(key), schema_->name);
    return path.empty() ? false : in_field(path, why);
  }
  if (on_unknown_) on_unknown_(path.empty() ? std::string(key) : fmt::format("{}.{}", path, key));
  skipped_any_ = true;
  in.take(':');
  in.skip_value();
  return true;
}

bool JsonRowReader::read_key(JsonCursor& in, std::uint32_t child, std::string& why) {
  Node& node = nodes_[child];
  if (node.seen_in == record_) {
    why = kTwice;
    return in_field(node.path, why);
  }
  node.seen_in = record_;
  if (in.kind() == JsonKind::null && leave_out(node)) {
    in.word();
    return true;
  }
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

/// Leaves a field that is optional without a value, or an object whose fields all are. False: it is required.
bool JsonRowReader::leave_out(const Node& node) {
  if (node.field != nullptr) {
    if (node.missing_bit == 0 && !node.field->left_out) return false;
    if (node.field->may_miss) return row_.set(*node.field, 0, {}, scratch_);
    missing_ |= node.missing_bit;
    return true;
  }
  return std::all_of(node.children.begin(), node.children.end(),
                     [this](std::uint32_t child) { return leave_out(nodes_[child]); });
}

bool JsonRowReader::all_seen(std::uint32_t node, std::string& why) {
  for (const std::uint32_t child : nodes_[node].children) {
    if (nodes_[child].seen_in == record_ || leave_out(nodes_[child])) continue;
    why = fmt::format("key '{}' is missing", nodes_[child].path);
    return false;
  }
  return true;
}

}  // namespace racesim
