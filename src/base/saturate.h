// Sums and products of times that stop at the ends of the range: due times and deadlines may be "never", and
// a count that a user gives times the size of a unit may be more than 64 bits hold.
#pragma once

#include <cstdint>

namespace racesim {

/// a + b, or the nearest end of the range.
inline std::int64_t add_saturating(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? (b < 0 ? INT64_MIN : INT64_MAX) : sum;
}

/// a − b, or the nearest end of the range.
inline std::int64_t subtract_saturating(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  return __builtin_sub_overflow(a, b, &difference) ? (b < 0 ? INT64_MAX : INT64_MIN) : difference;
}

/// a × b, or the nearest end of the range: a count of units, as nanoseconds.
inline std::int64_t multiply_saturating(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? ((a < 0) != (b < 0) ? INT64_MIN : INT64_MAX) : product;
}

/// The whole part of `value`, or the nearest end of the range; 0 for what is no number.
inline std::int64_t whole_saturating(double value) {
  if (!(value > -0x1p63)) return value == value ? INT64_MIN : 0;
  return value < 0x1p63 ? static_cast<std::int64_t>(value) : INT64_MAX;
}

}  // namespace racesim
