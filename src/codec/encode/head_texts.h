// Texts of the fields at the front of a row, kept within a batch: the lines of one car or vehicle all begin
// alike, and copying that beginning takes a third of the time of writing it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>

#include "codec/encode/fragments.h"
#include "codec/encode/put.h"
#include "model/schema.h"

namespace racesim {

/// Whether a field says who speaks rather than what happens: ids, small numbers, names.
template <class T>
constexpr bool names_speaker() {
  constexpr FieldType type = schema_detail::type_of<T>();
  return type == FieldType::hex32 || type == FieldType::text ||
         (type == FieldType::unsigned_int && sizeof(T) <= 4);
}

namespace head_detail {

struct Extent {
  std::size_t fields = 0;
  std::size_t size = 0;
};

/// As long as fields name who speaks and lie where the one before ends.
template <class Row, std::size_t... I>
constexpr Extent extent(std::index_sequence<I...>) {
  Extent head;
  bool goes_on = true;
  const auto take = [&]<std::size_t Field>() {
    using T = fragments::Member<Row, Field>;
    if constexpr (schema_detail::ListTraits<T>::limit > 0) {
      goes_on = false;
    } else {
      goes_on = goes_on && names_speaker<T>() && head.size % alignof(T) == 0;
      if (goes_on) head = {head.fields + 1, head.size + sizeof(T)};
    }
  };
  (take.template operator()<I>(), ...);
  return head;
}

}  // namespace head_detail

template <class Row>
constexpr std::size_t head_fields() {
  return head_detail::extent<Row>(std::make_index_sequence<fragments::field_count<Row>>{}).fields;
}
template <class Row>
constexpr std::size_t head_size() {
  return head_detail::extent<Row>(std::make_index_sequence<fragments::field_count<Row>>{}).size;
}

/// Whether the first fields of the schema are the first bytes of the row, which extent() cannot ask.
inline bool lies_at_front(const SchemaInfo& schema, std::size_t fields, std::size_t size) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < fields; ++i) {
    if (schema.fields[i].offset != at) return false;
    at += schema.fields[i].size;
  }
  return at == size;
}

/// The texts of the last speakers met, one in each of 64 places. Texts lie in the arena of their batch, so
/// this may not outlive it. Size is that of the fields in the row.
template <std::size_t Size>
class HeadTexts {
 public:
  class Kept {
   public:
    bool is_of(const std::byte* row) const { return size_ > 0 && std::memcmp(row, bytes_.data(), Size) == 0; }
    RACESIM_INLINE char* put(char* p) const {
      for (std::size_t done = 0; done < kMost; done += 16) std::memcpy(p + done, text_.data() + done, 16);
      return p + size_;
    }
    void keep(const std::byte* row, const char* begin, const char* end) {
      size_ = static_cast<std::uint32_t>(end - begin);
      if (size_ > kMost) size_ = 0;
      std::memcpy(bytes_.data(), row, Size);
      std::memcpy(text_.data(), begin, size_);
    }

   private:
    static constexpr std::size_t kMost = 64;
    std::array<char, kMost> text_;
    std::array<std::byte, Size> bytes_;
    std::uint32_t size_ = 0;  ///< 0: nothing is kept
  };

  /// Where the text of such a row would be.
  RACESIM_INLINE Kept& of(const std::byte* row) {
    std::uint64_t key = 0;
    for (std::size_t at = 0; at + 8 <= Size; at += 8) {
      std::uint64_t part = 0;
      std::memcpy(&part, row + at, 8);
      key = (key ^ part) * 0x9E3779B97F4A7C15ULL;
    }
    return kept_[key >> (64 - kSlotBits)];
  }

 private:
  static constexpr int kSlotBits = 6;
  std::array<Kept, 1 << kSlotBits> kept_;
};

}  // namespace racesim
