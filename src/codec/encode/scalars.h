// What encoders that are driven by a schema's run-time description share: values loaded from a row, numbers
// with so many decimals.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "codec/encode/put.h"
#include "model/schema.h"

namespace racesim::scalars {

template <class T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

inline std::int64_t load_signed(const std::byte* at, std::uint8_t size) {
  switch (size) {
    case 1:
      return load<std::int8_t>(at);
    case 2:
      return load<std::int16_t>(at);
    case 4:
      return load<std::int32_t>(at);
    default:
      return load<std::int64_t>(at);
  }
}

inline std::uint64_t load_unsigned(const std::byte* at, std::uint8_t size) {
  switch (size) {
    case 1:
      return load<std::uint8_t>(at);
    case 2:
      return load<std::uint16_t>(at);
    case 4:
      return load<std::uint32_t>(at);
    default:
      return load<std::uint64_t>(at);
  }
}

/// What a Maybe of so many bytes holds where it has no value: the lowest of its type.
constexpr std::int64_t none_of_size(std::uint8_t size) {
  return INT64_MIN >> (64 - 8 * size);
}

inline char* copy(char* p, std::string_view text) {
  std::memcpy(p, text.data(), text.size());
  return p + text.size();
}

/// magnitude × 10^-decimals.
using PutMagnitude = char* (*)(char* p, std::uint64_t magnitude);

template <int Decimals>
char* put_magnitude(char* p, std::uint64_t magnitude) {
  return put::fixed_magnitude<Decimals>(p, magnitude);
}
template <std::size_t... Decimals>
constexpr auto magnitude_table(std::index_sequence<Decimals...>) {
  return std::array<PutMagnitude, sizeof...(Decimals)>{&put_magnitude<static_cast<int>(Decimals)>...};
}
/// By number of decimals.
inline constexpr auto kPutMagnitude = magnitude_table(std::make_index_sequence<10>{});

}  // namespace racesim::scalars
