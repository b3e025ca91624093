#include "run/rows/references.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/check.h"
#include "base/random.h"

namespace racesim {
namespace {

constexpr Uuid kNil{};

Uuid uuid_at(const RowBatch& rows, std::size_t i, const FieldInfo& field) {
  Uuid id;
  std::memcpy(&id, rows.row_bytes(i) + field.offset, sizeof id);
  return id;
}

const FieldInfo& field_named(const SchemaInfo& schema, std::string_view path) {
  const auto fits = [&](const FieldInfo& field) { return field.path == path; };
  const auto found = std::find_if(schema.fields.begin(), schema.fields.end(), fits);
  RACESIM_CHECK(found != schema.fields.end() && found->type == FieldType::uuid);
  return *found;
}

}  // namespace

UuidSet::UuidSet(const RowBatch& rows) {
  const FieldInfo& field = rows.schema().fields.front();
  RACESIM_CHECK(field.type == FieldType::uuid);
  std::size_t capacity = 64;
  while (capacity < 2 * rows.size()) capacity *= 2;
  slots_.assign(capacity, kNil);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Uuid id = uuid_at(rows, i, field);
    if (id == kNil)
      has_nil_ = true;
    else
      slots_[slot_of(id)] = id;
  }
}

/// Where the id is, or a free slot for it.
std::size_t UuidSet::slot_of(const Uuid& id) const {
  std::array<std::uint64_t, 2> halves;
  std::memcpy(halves.data(), id.bytes.data(), sizeof halves);
  std::size_t at = mix64(halves[0] ^ mix64(halves[1])) & (slots_.size() - 1);
  while (slots_[at] != kNil && slots_[at] != id) at = (at + 1) & (slots_.size() - 1);
  return at;
}

bool UuidSet::contains(const Uuid& id) const {
  return id == kNil ? has_nil_ : slots_[slot_of(id)] == id;
}

std::vector<std::string_view> References::entities(std::span<const RowKind> kinds) {
  std::vector<std::string_view> names;
  for (const RowKind& kind : kinds)
    for (const Reference& reference : kind.table.table->references)
      if (std::find(names.begin(), names.end(), reference.entity) == names.end())
        names.push_back(reference.entity);
  return names;
}

References::References(std::span<const RowKind> kinds, const MasterData& master, std::string folder)
    : folder_(std::move(folder)) {
  for (const std::string_view entity : entities(kinds)) {
    const RowBatch* const rows = master.rows(entity);
    RACESIM_CHECK(rows != nullptr);
    sets_.emplace(entity, UuidSet(*rows));
  }
  for (const RowKind& kind : kinds) {
    std::vector<Check>& checks = checks_.emplace_back();
    for (const Reference& reference : kind.table.table->references)
      checks.push_back(
          {&field_named(kind.schema(), reference.path), &sets_.at(reference.entity), reference.entity});
  }
}

std::string References::check(std::size_t kind, const RowBatch& rows, std::size_t i) const {
  for (const Check& check : checks_[kind]) {
    const Uuid id = uuid_at(rows, i, *check.field);
    if (check.ids->contains(id)) continue;
    std::string text;
    id.append_text(text);
    return fmt::format("{}: '{}' is not among the {} of {}", check.field->path, text, check.entity, folder_);
  }
  return {};
}

}  // namespace racesim
