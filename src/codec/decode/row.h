// The row under construction, and the fields of a schema as decoders look them up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/decode/value.h"
#include "model/batch.h"

namespace racesim {

/// The bit of RowBatch::missing for a field whose path is among the `optional` ones; 0: it is required.
std::uint64_t missing_bit(const SchemaInfo& schema, const FieldInfo& field,
                          std::span<const std::string_view> optional);

/// One row at a time: start(), set what was read, then commit() or abandon(). Texts go to the batch's arena
/// at once and are taken back by abandon().
class RowBuilder {
 public:
  explicit RowBuilder(const SchemaInfo& schema, bool natural_ranges = false)
      : natural_ranges_(natural_ranges), row_(schema.row_size) {}

  void start(RowBatch& batch) {
    batch_ = &batch;
    arena_size_ = batch.arena.size();
    std::memset(row_.data(), 0,
                row_.size());  // so that padding and unused list items are equal in equal rows
  }
  void commit() {
    const std::size_t index = batch_->size();
    batch_->resize(index + 1);
    std::memcpy(batch_->row_bytes(index), row_.data(), row_.size());
  }
  void abandon() { batch_->arena.resize(arena_size_); }

  /// Value `item` of the field (0 for scalars) from its text. False: `why` says what is wrong with it.
  bool set(const FieldInfo& field, std::size_t item, std::string_view text, std::string& why) {
    std::byte* const to = row_.data() + field.offset + item * field.size;
    if (field.type == FieldType::text) return set_text(text, to, why);
    return read_scalar(field, text, to, why, natural_ranges_);
  }
  void set_count(const FieldInfo& field, std::size_t count) {
    row_[field.count_offset] = static_cast<std::byte>(count);
  }

 private:
  bool set_text(std::string_view text, std::byte* to, std::string& why) {
    if (batch_->arena.size() + text.size() > UINT32_MAX) {
      why = "the batch's texts would be larger than 4 GiB";
      return false;
    }
    if (text.find('\0') != std::string_view::npos) {
      why = excerpt(text) + " holds a NUL character";
      return false;
    }
    const Text slice = batch_->add_text(text);
    std::memcpy(to, &slice, sizeof slice);
    return true;
  }

  bool natural_ranges_;
  std::vector<std::byte> row_;
  RowBatch* batch_ = nullptr;
  std::size_t arena_size_ = 0;
};

}  // namespace racesim
