#include "run/rows/row_reader.h"

#include <fmt/format.h>

#include "base/check.h"
#include "model/event_id.h"
#include "model/load_value.h"

namespace racesim {
namespace {}  // namespace

RowReader::RowReader(const ScenarioEntry& scenario, const RowForm& form)
    : scenario_(&scenario),
      form_(&form),
      schema_(&form.schema()),
      event_id_(field(form.event_id)),
      run_(field(form.run)),
      owner_(field(form.owner)),
      seq_(field(form.seq)),
      entity_(field(form.entity)),
      time_(field(form.time)) {}

const FieldInfo* RowReader::field(std::string_view path) const {
  if (path.empty()) return nullptr;
  for (const FieldInfo& field : schema_->fields)
    if (field.path == path) return &field;
  RACESIM_CHECK(false);
  return nullptr;
}

std::int64_t RowReader::whole(const RowBatch& rows, std::size_t i, const FieldInfo& field) {
  return load_integer(field, rows.row_bytes(i) + field.offset);
}

std::string RowReader::text(const RowBatch& rows, std::size_t i, const FieldInfo* field) {
  if (field == nullptr) return {};
  std::string text;
  switch (field->type) {
    case FieldType::text:
      return std::string(rows.text(load_value<Text>(rows.row_bytes(i) + field->offset)));
    case FieldType::uuid:
      load_value<Uuid>(rows.row_bytes(i) + field->offset).append_text(text);
      return text;
    case FieldType::hex32:
      return fmt::format("{:08x}", load_value<Hex32>(rows.row_bytes(i) + field->offset).value);
    default:
      return std::to_string(whole(rows, i, *field));
  }
}

std::optional<std::uint64_t> RowReader::seq(const RowBatch& rows, std::size_t i) const {
  if (seq_ == nullptr) return std::nullopt;
  return static_cast<std::uint64_t>(whole(rows, i, *seq_));
}

RowOwner RowReader::row_owner(const RowBatch& rows, std::size_t i) const {
  if (const auto id = event_id(rows, i)) {
    const auto parts = unpack_event_id(*id);
    if (!parts) return {};
    return {fmt::format("{} {:08x} {}", schema_->name, parts->run, parts->cell), parts->seq};
  }
  return {fmt::format("{} {} {}", schema_->name, run(rows, i), owner(rows, i)), seq(rows, i)};
}

std::optional<Uuid> RowReader::event_id(const RowBatch& rows, std::size_t i) const {
  if (event_id_ == nullptr) return std::nullopt;
  return load_value<Uuid>(rows.row_bytes(i) + event_id_->offset);
}

std::int64_t RowReader::time_us(const RowBatch& rows, std::size_t i) const {
  if (time_ == nullptr) return 0;
  if (time_->type == FieldType::time_ms)
    return load_value<TimeMs>(rows.row_bytes(i) + time_->offset).ms * 1000;
  if (time_->type == FieldType::time_us) return load_value<TimeUs>(rows.row_bytes(i) + time_->offset).us;
  // Seconds with so many decimals.
  std::int64_t us = whole(rows, i, *time_);
  for (int digit = time_->decimals; digit < 6; ++digit) us *= 10;
  return us;
}

}  // namespace racesim
