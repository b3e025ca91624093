#include "io/stores/sqlite/row_keys.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "io/stores/sqlite/values.h"
#include "model/event_id.h"

namespace racesim::sqlite {
namespace {

/// Blocks that are remembered; beyond, they are looked up anew.
constexpr std::size_t kMostRemembered = 1 << 18;
constexpr std::int64_t kLowMask = (std::int64_t{1} << kBlockBits) - 1;

/// Of an event id that racesim made, the lower bits of the cell stand above those of seq.
constexpr int kSeqBits = 20;
constexpr int kCellBits = kBlockBits - kSeqBits;

std::string hex_run(std::uint32_t run) {
  FieldInfo field{};
  field.type = FieldType::hex32;
  std::array<std::byte, 4> value;
  std::memcpy(value.data(), &run, sizeof run);
  std::array<char, ValueText::kMost> text;
  return {text.data(), ValueText().put(field, value.data(), text.data())};
}

std::int64_t key_number(const FieldInfo& field, const std::byte* at) {
  if (field.type == FieldType::date || field.type == FieldType::time_us) return load_time_us(field, at);
  return load_integer(field, at);
}

}  // namespace

const KeyForm* RowKeys::form_of(const TableLayout& layout, const RowBatch& rows, std::size_t row) {
  const std::uint64_t missing = rows.missing.empty() ? 0 : rows.missing[row];
  for (const KeyForm& form : layout.keys)
    if ((form.needs & missing) == 0) return &form;
  return nullptr;
}

void RowKeys::forget() {
  blocks_.clear();
  runs_.resize(1);
  last_bytes_.clear();
  next_unpacked_ = 0;
}

Done RowKeys::assign(const RowBatch& rows, const std::vector<std::uint32_t>& which,
                     std::vector<KeyedRow>& out) {
  if (blocks_.size() > kMostRemembered) forget();
  for (const std::uint32_t row : which) {
    const KeyForm* const form = form_of(layout_, rows, row);
    RACESIM_CHECK(form != nullptr);  // find_unfit() refuses such rows
    const FieldInfo& number = layout_.table.schema->fields[form->number];
    Place place;
    bool packed = form->is_packed;
    if (packed) {
      const std::int64_t value = key_number(number, rows.row_bytes(row) + number.offset);
      place = {value >> kBlockBits, value & kLowMask};
    } else if (form->is_event_id) {
      packed = place_event_id(rows, number, row, place);
    }
    if (packed) {
      const Result<Block> found = block(rows, *form, row, place.high);
      if (!found) return tl::make_unexpected(found.error());
      out.push_back({found->id << kBlockBits | place.low, row, found->run});
      continue;
    }
    if (Done ok = load_next_unpacked(); !ok) return ok;
    out.push_back({next_unpacked_--, row, 0});
  }
  return {};
}

bool RowKeys::place_event_id(const RowBatch& rows, const FieldInfo& field, std::size_t row, Place& place) {
  Uuid id;
  std::memcpy(&id, rows.row_bytes(row) + field.offset, sizeof id);
  const std::optional<EventIdParts> parts = unpack_event_id(id);
  if (!parts) return false;
  event_run_ = parts->run;
  place.high = static_cast<std::int64_t>(parts->cell) >> kCellBits |
               static_cast<std::int64_t>(parts->seq >> kSeqBits) << (32 - kCellBits);
  place.low = static_cast<std::int64_t>(parts->cell & ((1U << kCellBits) - 1)) << kSeqBits |
              (parts->seq & ((1U << kSeqBits) - 1));
  return true;
}

void RowKeys::append_scope_bytes(const RowBatch& rows, const KeyForm& form, std::size_t row) {
  if (form.is_event_id) bytes_.append(reinterpret_cast<const char*>(&event_run_), sizeof event_run_);
  for (const std::uint16_t f : form.scope) {
    const FieldInfo& field = layout_.table.schema->fields[f];
    const auto* const at = reinterpret_cast<const char*>(rows.row_bytes(row) + field.offset);
    bytes_.append(at, field.size);
    if (field.type != FieldType::text) continue;
    Text slice;
    std::memcpy(&slice, at, sizeof slice);
    // The slice itself says only where the text lies: keep its size and drop the place.
    bytes_.resize(bytes_.size() - sizeof slice);
    bytes_.append(reinterpret_cast<const char*>(&slice.size), sizeof slice.size);
    bytes_.append(rows.text(slice));
  }
}

Result<RowKeys::Block> RowKeys::block(const RowBatch& rows, const KeyForm& form, std::size_t row,
                                      std::int64_t high) {
  bytes_.assign(1, static_cast<char>(&form - layout_.keys.data()));
  bytes_.append(reinterpret_cast<const char*>(&high), sizeof high);
  append_scope_bytes(rows, form, row);
  if (bytes_ == last_bytes_) return last_;
  auto known = blocks_.find(bytes_);
  if (known == blocks_.end()) {
    const Result<Block> found = find_block(rows, form, row, high);
    if (!found) return found;
    known = blocks_.emplace(bytes_, *found).first;
  }
  last_bytes_ = bytes_;
  last_ = known->second;
  return last_;
}

std::string RowKeys::scope_json(const RowBatch& rows, const KeyForm& form, std::size_t row) const {
  if (form.is_event_id) return "[\"" + hex_run(event_run_) + "\"]";
  std::string json = "[";
  for (const std::uint16_t f : form.scope) {
    const FieldInfo& field = layout_.table.schema->fields[f];
    if (json.size() > 1) json += ',';
    append_json(rows, field, rows.row_bytes(row) + field.offset, json);
  }
  return json + "]";
}

Result<RowKeys::Block> RowKeys::find_block(const RowBatch& rows, const KeyForm& form, std::size_t row,
                                           std::int64_t high) {
  if (!select_) {
    Result<Statement> select = connection_.prepare(
        "SELECT id FROM key_blocks WHERE table_name = ?1 AND number = ?2 AND scope = ?3 AND high = ?4");
    if (!select) return tl::make_unexpected(std::move(select.error()));
    select_ = std::move(*select);
    Result<Statement> insert = connection_.prepare(
        "INSERT INTO key_blocks (table_name, number, scope, high) VALUES (?1, ?2, ?3, ?4) RETURNING id");
    if (!insert) return tl::make_unexpected(std::move(insert.error()));
    insert_ = std::move(*insert);
  }
  const std::string scope = scope_json(rows, form, row);
  const std::string& number = layout_.columns[form.number].name;
  Block found;
  for (Statement* statement : {&select_, &insert_}) {
    statement->bind_text(1, layout_.name);
    statement->bind_text(2, number);
    statement->bind_text(3, scope);
    statement->bind(4, high);
    int code = statement->step();
    if (code == SQLITE_ROW) {
      found.id = statement->integer(0);
      // RETURNING: the row is there when the statement has ended.
      code = statement->step();
    }
    if (code != SQLITE_DONE) {
      Error error = connection_.error("write");
      statement->reset();
      return tl::make_unexpected(std::move(error));
    }
    statement->reset();
    if (found.id != 0) break;
  }
  if (found.id >= kMostBlocks)
    return fail(ErrorKind::runtime, "write " + connection_.path() + ": its table key_blocks is full",
                "ingest into a new file");
  if (form.is_event_id) {
    found.run = run_number(hex_run(event_run_));
  } else if (form.run_in_scope >= 0) {
    const FieldInfo& field =
        layout_.table.schema->fields[form.scope[static_cast<std::size_t>(form.run_in_scope)]];
    std::string run;
    append_json(rows, field, rows.row_bytes(row) + field.offset, run);
    if (run.starts_with('"')) run = run.substr(1, run.size() - 2);
    found.run = run_number(run);
  }
  return found;
}

std::uint32_t RowKeys::run_number(std::string_view run) {
  const auto found = std::find(runs_.begin(), runs_.end(), run);
  if (found != runs_.end()) return static_cast<std::uint32_t>(found - runs_.begin());
  runs_.emplace_back(run);
  return static_cast<std::uint32_t>(runs_.size() - 1);
}

Done RowKeys::load_next_unpacked() {
  if (next_unpacked_ != 0) return {};
  const Result<std::optional<std::int64_t>> least =
      connection_.number("SELECT min(" + std::string(kRowKey) + ") FROM " + quote_name(layout_.name));
  if (!least) return tl::make_unexpected(least.error());
  next_unpacked_ = std::min<std::int64_t>(least->value_or(0), 0) - 1;
  return {};
}

}  // namespace racesim::sqlite
