// Values out of a row's bytes, by what its schema says of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "model/schema.h"

namespace racesim {

/// The T that lies at `at`, whatever its alignment.
template <class T>
T load_value(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// A value of the integer types, of `size` bytes; unsigned ones beyond 63 bits come out negative. Here,
/// because it runs for most values of every row.
inline std::int64_t load_integer(bool is_signed, std::uint8_t size, const std::byte* at) {
  switch (size) {
    case 1:
      return is_signed ? std::int64_t{load_value<std::int8_t>(at)} : load_value<std::uint8_t>(at);
    case 2:
      return is_signed ? std::int64_t{load_value<std::int16_t>(at)} : load_value<std::uint16_t>(at);
    case 4:
      return is_signed ? std::int64_t{load_value<std::int32_t>(at)} : load_value<std::uint32_t>(at);
    default:
      return load_value<std::int64_t>(at);
  }
}
inline std::int64_t load_integer(const FieldInfo& field, const std::byte* at) {
  return load_integer(field.type == FieldType::signed_int, field.size, at);
}

}  // namespace racesim
