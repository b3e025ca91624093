#include "run/rows/row_reader.h"

#include <fmt/format.h>

#include <cstring>

#include "base/check.h"
#include "model/event_id.h"

namespace racesim {
namespace {

template <class T>
T read_as(const RowBatch& rows, std::size_t i, const FieldInfo& field) {
  T value;
  std::memcpy(&value, rows.row_bytes(i) + field.offset, sizeof value);
  return value;
}

}  // namespace

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
  std::uint64_t value = 0;
  std::memcpy(&value, rows.row_bytes(i) + field.offset, field.size);  // the machine is little-endian
  const unsigned unused = 64U - 8U * field.size;
  if (field.type == FieldType::signed_int) return static_cast<std::int64_t>(value << unused) >> unused;
  return static_cast<std::int64_t>(value);
}

std::string RowReader::text(const RowBatch& rows, std::size_t i, const FieldInfo* field) {
  if (field == nullptr) return {};
  std::string text;
  switch (field->type) {
    case FieldType::text:
      return std::string(rows.text(read_as<Text>(rows, i, *field)));
    case FieldType::uuid:
      read_as<Uuid>(rows, i, *field).append_text(text);
      return text;
    case FieldType::hex32:
      return fmt::format("{:08x}", read_as<Hex32>(rows, i, *field).value);
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
  return read_as<Uuid>(rows, i, *event_id_);
}

std::int64_t RowReader::time_us(const RowBatch& rows, std::size_t i) const {
  if (time_ == nullptr) return 0;
  if (time_->type == FieldType::time_ms) return read_as<TimeMs>(rows, i, *time_).ms * 1000;
  if (time_->type == FieldType::time_us) return read_as<TimeUs>(rows, i, *time_).us;
  // Seconds with so many decimals.
  std::int64_t us = whole(rows, i, *time_);
  for (int digit = time_->decimals; digit < 6; ++digit) us *= 10;
  return us;
}

}  // namespace racesim
