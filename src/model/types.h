// Field types beyond the built-in integers and enums. All trivially copyable, all exact: a row carries the
// decimal digits that its text shows, never a double.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

namespace racesim {

/// 16 bytes in the order in which the text shows them.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Uuid&) const = default;
  /// Appends the 36 characters of the lower-case form. For events the encoder has a faster way.
  void append_text(std::string& out) const {
    constexpr char kDigits[] = "0123456789abcdef";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
      out += kDigits[bytes[i] >> 4];
      out += kDigits[bytes[i] & 15];
    }
  }
};

/// Milliseconds since the epoch, shown as 2024-01-01T12:00:00.000Z.
struct TimeMs {
  std::int64_t ms = 0;
  auto operator<=>(const TimeMs&) const = default;
};

/// Microseconds since the epoch, shown as 2025-08-09T12:34:56.789012+00:00.
struct TimeUs {
  std::int64_t us = 0;
  auto operator<=>(const TimeUs&) const = default;
};

/// Days since 1970-01-01, shown as 2024-01-01.
struct Date {
  std::int32_t days = 0;
  auto operator<=>(const Date&) const = default;
};

/// Shown as 8 lower-case hex digits (a run's name).
struct Hex32 {
  std::uint32_t value = 0;
  auto operator<=>(const Hex32&) const = default;
};

/// A slice of the text arena of the batch that owns the row. UTF-8.
struct Text {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
  auto operator<=>(const Text&) const = default;
};

/// A number that may be missing: null in JSON, an empty cell in CSV. The lowest value of T stands for it.
template <class T>
struct Maybe {
  static constexpr T kNone = std::numeric_limits<T>::min();
  T value = kNone;
  bool has_value() const { return value != kNone; }
  auto operator<=>(const Maybe&) const = default;
};

/// Up to N items in place.
template <class T, std::size_t N>
struct List {
  std::array<T, N> items{};
  std::uint8_t count = 0;
  bool operator==(const List& other) const {
    if (count != other.count) return false;
    for (std::size_t i = 0; i < count; ++i)
      if (!(items[i] == other.items[i])) return false;
    return true;
  }
};

/// Specialise for each enum that a row carries: `names[value]` is its text. Values are 0-based and dense.
template <class E>
struct EnumNames;

}  // namespace racesim
