// Puts the numbers of a row into a copy of a line that told of the same thing a moment earlier, four numbers
// at once. Most have as many digits as a moment ago and take their old places; where one has not, the caller
// writes the line anew. One shuffle lays out a number's digits and leaves its sign and its point as they are.
//
// For processors with SSE 4.1, which x86-64-v2 has.
#pragma once

#include <smmintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "codec/encode/put.h"
#include "model/schema.h"

namespace racesim::in_place {

inline constexpr std::size_t kDigits = 8;  ///< of a number, at most

/// Sixteen bytes in a register, which may be an element of an array.
struct Block {
  __m128i bits;
};

/// What becomes of a field whose value has changed.
enum class Way : std::uint8_t {
  anew,    ///< it changes seldom, or its length cannot be told from its value: the line is written anew
  number,  ///< it differs in most rows: its digits are laid over the old ones, with those of all others
  small,   ///< a number that is often the same: written if it differs
  time,    ///< differs in every row, always as long
};

template <class T>
constexpr Way way_of(int decimals) {
  if constexpr (schema_detail::ListTraits<T>::limit > 0 || schema_detail::is_maybe<T>) {
    return Way::anew;
  } else {
    switch (schema_detail::type_of<T>()) {
      case FieldType::signed_int:
      case FieldType::unsigned_int:
        // Two bytes without decimals are most often a number of a car, a lap or a session.
        if (sizeof(T) > 2 || (sizeof(T) == 2 && decimals > 0))
          return decimals < static_cast<int>(kDigits) ? Way::number : Way::anew;
        return decimals == 0 ? Way::small : Way::anew;
      case FieldType::time_ms:
      case FieldType::time_us:
        return Way::time;
      default:
        return Way::anew;
    }
  }
}

/// How a number of some sign and count of digits stands in its line.
struct Form {
  /// Which of its eight digits stands at each place of the text; 0x80: none, but the sign, the point or what
  /// follows.
  alignas(16) std::array<std::uint8_t, 16> digit{};
  /// Values of this form are least … least + span.
  std::int32_t least = 0;
  std::uint32_t span = 0;
};

/// The forms of numbers with that many decimals, by their size in bytes, first without a sign, then with one.
template <int Decimals>
inline constexpr auto kForms = [] {
  constexpr std::size_t kPoint = Decimals > 0, kLongest = kDigits + kPoint;
  std::array<std::array<Form, kLongest + 2>, 2> forms{};
  for (std::size_t sign = 0; sign < 2; ++sign)
    for (std::size_t digits = Decimals + 1; digits <= kDigits; ++digits) {
      const std::size_t size = digits + kPoint + sign;
      Form& form = forms[sign][size];
      form.digit.fill(0x80);
      std::size_t digit = kDigits - digits;
      for (std::size_t at = sign; at < size; ++at)
        if (kPoint == 0 || at != size - Decimals - 1) form.digit[at] = static_cast<std::uint8_t>(digit++);
      // With one digit before the point that may be a zero.
      const std::int64_t high = static_cast<std::int64_t>(put::power_of_ten(static_cast<int>(digits))) - 1;
      const std::int64_t low = digits == Decimals + 1 ? static_cast<std::int64_t>(sign) : (high + 1) / 10;
      form.least = static_cast<std::int32_t>(sign != 0 ? -high : low);
      form.span = static_cast<std::uint32_t>(high - low);
    }
  return forms;
}();

/// How N numbers stand in their line.
template <std::size_t N>
struct Numbers {
  static constexpr std::size_t kFours = (N + 3) / 4;
  alignas(16) std::array<std::array<std::uint8_t, 16>, N> digit;  ///< Form::digit of a pair's sixteen digits
  alignas(16) std::array<std::int32_t, 4 * kFours> least;
  alignas(16) std::array<std::uint32_t, 4 * kFours> span;

  Numbers() {
    // Nothing is known of what is behind the last number.
    for (std::size_t n = N; n < span.size(); ++n) least[n] = 0, span[n] = UINT32_MAX;
  }

  /// Notes that number `n`, `value` × 10^-Decimals, takes `size` bytes. False: it has too many digits.
  template <int Decimals>
  bool note(std::size_t n, bool is_negative, std::size_t size) {
    const auto& forms = kForms<Decimals>[is_negative];
    if (size >= forms.size() || forms[size].span == 0) return false;
    const Form& form = forms[size];
    const __m128i second = _mm_set1_epi8(n % 2 == 0 ? 0 : 8);
    const __m128i places = _mm_load_si128(reinterpret_cast<const __m128i*>(form.digit.data()));
    _mm_store_si128(reinterpret_cast<__m128i*>(digit[n].data()), _mm_or_si128(places, second));
    least[n] = form.least;
    span[n] = form.span;
    return true;
  }
};

/// True if each of the numbers is within least … least + span of its number.
template <std::size_t N>
RACESIM_INLINE bool have_same_places(const Numbers<N>& numbers, const Block* fours) {
  __m128i all = _mm_set1_epi32(-1);
  for (std::size_t four = 0; four < Numbers<N>::kFours; ++four) {
    const __m128i least = _mm_load_si128(reinterpret_cast<const __m128i*>(&numbers.least[4 * four]));
    const __m128i span = _mm_load_si128(reinterpret_cast<const __m128i*>(&numbers.span[4 * four]));
    const __m128i above = _mm_sub_epi32(fours[four].bits, least);
    all = _mm_and_si128(all, _mm_cmpeq_epi32(_mm_min_epu32(above, span), above));
  }
  return _mm_movemask_epi8(all) == 0xffff;
}

/// `value` in each lane of 16 bits, so that the compiler multiplies by it in one step: it takes it for slower
/// than many shifts and sums, which it is not.
RACESIM_INLINE __m128i constant(short value) {
  __m128i all = _mm_set1_epi16(value);
  asm("" : "+x"(all));
  return all;
}

/// Two numbers as high and low halves below 10,000, in lanes of 32 bits: their 16 digits as text. Each step
/// halves the parts: quotient beside part − quotient · base.
RACESIM_INLINE __m128i sixteen_digits(__m128i fours) {
  const __m128i hundreds = _mm_srli_epi16(_mm_mulhi_epu16(fours, _mm_set1_epi32(5243)), 3);
  const __m128i rest = _mm_sub_epi32(fours, _mm_mullo_epi16(hundreds, constant(100)));
  const __m128i pairs = _mm_or_si128(hundreds, _mm_slli_epi32(rest, 16));
  const __m128i tens = _mm_mulhi_epu16(pairs, _mm_set1_epi16(6554));
  // (pairs − 10 · tens) into the upper byte, tens into the lower one.
  const __m128i ones = _mm_sub_epi16(_mm_slli_epi16(pairs, 8), _mm_mullo_epi16(tens, constant(2559)));
  return _mm_or_si128(ones, _mm_set1_epi8('0'));
}

/// The digits of four numbers whose magnitude is below 10^8, two numbers in each of `out`.
RACESIM_INLINE void digits_of_four(Block values, Block* out) {
  const __m128i by_1e4 = _mm_set1_epi32(static_cast<int>(0xd1b71759));  // x / 10^4 is x · this >> 45
  const __m128i x = _mm_abs_epi32(values.bits);
  const __m128i even = _mm_srli_epi64(_mm_mul_epu32(x, by_1e4), 45);
  const __m128i odd = _mm_srli_epi64(_mm_mul_epu32(_mm_srli_epi64(x, 32), by_1e4), 45);
  const __m128i high = _mm_or_si128(even, _mm_slli_epi64(odd, 32));
  const __m128i low = _mm_sub_epi32(x, _mm_madd_epi16(high, _mm_set1_epi32(10000)));
  out[0].bits = sixteen_digits(_mm_unpacklo_epi32(high, low));
  out[1].bits = sixteen_digits(_mm_unpackhi_epi32(high, low));
}

/// Lays the digits over those at `old` and stores the sixteen bytes at `to`: sign, point and what follows
/// come from the old text.
RACESIM_INLINE void lay_digits(char* to, const char* old, Block digits, const std::uint8_t* layout) {
  const __m128i places = _mm_load_si128(reinterpret_cast<const __m128i*>(layout));
  const __m128i before = _mm_loadu_si128(reinterpret_cast<const __m128i*>(old));
  const __m128i text = _mm_blendv_epi8(_mm_shuffle_epi8(digits.bits, places), before, places);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), text);
}

}  // namespace racesim::in_place
