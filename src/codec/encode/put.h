// Appends of single values to raw text. Each returns the new end and may write up to kPutSlack bytes beyond
// it, so that constant-size 8 and 16 byte stores replace copies of varying length: the caller keeps that
// slack. The pointer goes by value everywhere: held in memory it costs a third of the encoder's speed.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/time_text.h"
#include "model/types.h"

#ifdef __SSSE3__
#include <tmmintrin.h>
#endif

namespace racesim::put {

inline constexpr std::size_t kPutSlack = 64;

#define RACESIM_INLINE inline __attribute__((always_inline))

/// N bytes from `padded`, which is readable up to the next multiple of 16.
template <std::size_t N>
RACESIM_INLINE char* literal(char* p, const char* padded) {
  for (std::size_t done = 0; done < N; done += 16) std::memcpy(p + done, padded + done, 16);
  return p + N;
}

/// "00" … "99".
inline constexpr auto kDigitPairs = [] {
  std::array<char, 200> table{};
  for (std::size_t i = 0; i < 100; ++i) {
    table[2 * i] = static_cast<char>('0' + i / 10);
    table[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return table;
}();

RACESIM_INLINE char* two_digits(char* p, std::uint32_t value) {
  std::memcpy(p, &kDigitPairs[2 * value], 2);
  return p + 2;
}

/// Eight decimal digits of value < 10^8, one per byte, the first digit in the lowest byte, without the '0'.
/// Each line halves the parts: part − high · base into the upper half and high into the lower one, in one
/// product.
RACESIM_INLINE std::uint64_t eight_digits(std::uint32_t value) {
  // value / 10000; the compiler divides where it takes a path for seldom used.
  const std::uint64_t high = (std::uint64_t{value} * 0xd1b71759) >> 45;
  const std::uint64_t fours = (std::uint64_t{value} << 32) - high * ((std::uint64_t{10000} << 32) - 1);
  const std::uint64_t hundreds = ((fours * 10486) >> 20) & 0x0000007f0000007fULL;
  const std::uint64_t pairs = (fours << 16) - hundreds * ((100U << 16) - 1);
  const std::uint64_t tens = ((pairs * 103) >> 10) & 0x000f000f000f000fULL;
  return (pairs << 8) - tens * ((10U << 8) - 1);
}

/// The same of value < 10^4: four digits.
RACESIM_INLINE std::uint32_t four_digits(std::uint32_t value) {
  const std::uint32_t hundreds = (value * 5243) >> 19;
  const std::uint32_t pairs = (value << 16) - hundreds * ((100U << 16) - 1);
  const std::uint32_t tens = ((pairs * 103) >> 10) & 0x000f000fU;
  return (pairs << 8) - tens * ((10U << 8) - 1);
}

/// `value` < 10^8 without leading zeros; no branch, for the count of digits is random in most columns.
RACESIM_INLINE char* below_1e8(char* p, std::uint32_t value) {
  const std::uint64_t digits = eight_digits(value);
  const unsigned skip = static_cast<unsigned>(std::countr_zero(digits | (1ULL << 56))) & ~7U;
  const std::uint64_t text = (digits | 0x3030303030303030ULL) >> skip;
  std::memcpy(p, &text, 8);
  return p + (8 - skip / 8);
}

/// The three digits of a number below 1000 and, in the highest byte, the bits that its leading zeros take (0
/// has two of them).
inline constexpr auto kThreeDigits = [] {
  std::array<std::uint32_t, 1000> table{};
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const std::uint32_t zeros = i < 10 ? 2 : i < 100 ? 1 : 0;
    table[i] = ('0' + i / 100) | ('0' + i / 10 % 10) << 8 | ('0' + i % 10) << 16 | (8 * zeros) << 24;
  }
  return table;
}();

/// 1000 ≤ `value` < 10^6 without leading zeros: milliseconds of minutes, as most durations are.
RACESIM_INLINE char* four_to_six_digits(char* p, std::uint32_t value) {
  const std::uint32_t high = value / 1000;
  const std::uint32_t first = kThreeDigits[high];
  const std::uint32_t skip = first >> 24;
  const std::uint32_t text = first >> skip;
  std::memcpy(p, &text, 4);
  p -= skip / 8;
  std::memcpy(p + 3, &kThreeDigits[value - high * 1000], 4);
  return p + 6;
}

RACESIM_INLINE char* all_eight(char* p, std::uint32_t value) {
  const std::uint64_t text = eight_digits(value) | 0x3030303030303030ULL;
  std::memcpy(p, &text, 8);
  return p + 8;
}

RACESIM_INLINE char* unsigned_int(char* p, std::uint64_t value) {
  constexpr std::uint64_t kE8 = 100'000'000;
  if (value - 1'000 < 999'000) return four_to_six_digits(p, static_cast<std::uint32_t>(value));
  if (value < kE8) return below_1e8(p, static_cast<std::uint32_t>(value));
  const std::uint64_t high = value / kE8;
  if (high < kE8) {
    p = below_1e8(p, static_cast<std::uint32_t>(high));
  } else {
    p = below_1e8(p, static_cast<std::uint32_t>(high / kE8));
    p = all_eight(p, static_cast<std::uint32_t>(high % kE8));
  }
  return all_eight(p, static_cast<std::uint32_t>(value % kE8));
}

/// The digits of a byte, their count in the highest one.
inline constexpr auto kByteDigits = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t value = 0; value < 256; ++value) {
    const std::uint32_t count = value < 10 ? 1 : value < 100 ? 2 : 3;
    std::uint32_t text = 0;
    std::uint32_t rest = value;
    for (std::uint32_t i = count; i-- > 0; rest /= 10) text |= ('0' + rest % 10) << (8 * i);
    table[value] = text | count << 24;
  }
  return table;
}();

/// One load: small numbers such as gears and percentages are many.
RACESIM_INLINE char* byte_digits(char* p, std::uint8_t value) {
  const std::uint32_t entry = kByteDigits[value];
  std::memcpy(p, &entry, 4);
  return p + (entry >> 24);
}

constexpr std::uint64_t power_of_ten(int exponent) {
  std::uint64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

/// magnitude × 10^-Decimals with exactly Decimals digits after the point.
template <int Decimals>
RACESIM_INLINE char* fixed_magnitude(char* p, std::uint64_t magnitude) {
  static_assert(Decimals >= 0 && Decimals <= 9);
  if constexpr (Decimals == 0) {
    return unsigned_int(p, magnitude);
  } else {
    if constexpr (Decimals < 8) {
      // One conversion for all digits; the fraction is stored over the place where the point opens a gap.
      if (magnitude < 100'000'000) [[likely]] {
        constexpr unsigned kWhole = 8 - Decimals;
        const std::uint64_t digits = eight_digits(static_cast<std::uint32_t>(magnitude));
        const std::uint64_t text = digits | 0x3030303030303030ULL;
        // Leading zeros, but the last digit before the point stays.
        const unsigned skip =
            static_cast<unsigned>(std::countr_zero(digits | (std::uint64_t{1} << (8 * (kWhole - 1))))) & ~7U;
        const std::uint64_t whole = text >> skip;
        const std::uint64_t fraction = text >> (8 * kWhole) << 8 | '.';
        std::memcpy(p, &whole, 8);
        p += kWhole - skip / 8;
        std::memcpy(p, &fraction, 8);
        return p + 1 + Decimals;
      }
    }
    constexpr std::uint64_t kScale = power_of_ten(Decimals);
    p = unsigned_int(p, magnitude / kScale);
    *p++ = '.';
    auto rest = static_cast<std::uint32_t>(magnitude % kScale);
    if constexpr (Decimals > 8) {
      *p++ = static_cast<char>('0' + rest / 100'000'000);
      rest %= 100'000'000;
      return all_eight(p, rest);
    } else {
      const std::uint64_t text = (eight_digits(rest) | 0x3030303030303030ULL) >> (8 * (8 - Decimals));
      std::memcpy(p, &text, 8);
      return p + Decimals;
    }
  }
}

/// magnitude × 10^-Decimals, below 10^4 and with a point: what most columns of two bytes hold.
template <int Decimals>
RACESIM_INLINE char* fixed_below_1e4(char* p, std::uint32_t magnitude) {
  static_assert(Decimals >= 1 && Decimals <= 3);
  constexpr unsigned kWhole = 4 - Decimals;
  const std::uint32_t digits = four_digits(magnitude);
  const std::uint32_t text = digits | 0x30303030U;
  const unsigned skip = static_cast<unsigned>(std::countr_zero(digits | (1U << (8 * (kWhole - 1))))) & ~7U;
  const std::uint32_t whole = text >> skip;
  const std::uint32_t fraction = text >> (8 * kWhole) << 8 | '.';
  std::memcpy(p, &whole, 4);
  p += kWhole - skip / 8;
  std::memcpy(p, &fraction, 4);
  return p + 1 + Decimals;
}

template <int Decimals, class Int>
RACESIM_INLINE char* fixed(char* p, Int value) {
  if constexpr (Decimals == 0 && std::is_unsigned_v<Int> && sizeof(Int) <= 2) {
    // Session, car and lap fit a byte; the engine's revs never do. So each column's branch goes one way.
    if (sizeof(Int) == 1 || value < 256) return byte_digits(p, static_cast<std::uint8_t>(value));
    return below_1e8(p, value);
  } else if constexpr (std::is_signed_v<Int>) {
    const std::uint64_t bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
    const std::uint64_t magnitude = value < 0 ? 0 - bits : bits;
    *p = '-';
    p += value < 0;
    if constexpr (sizeof(Int) == 2 && Decimals >= 1 && Decimals <= 3)
      if (magnitude < 10'000) [[likely]]
        return fixed_below_1e4<Decimals>(p, static_cast<std::uint32_t>(magnitude));
    return fixed_magnitude<Decimals>(p, magnitude);
  } else {
    if constexpr (sizeof(Int) == 2 && Decimals >= 1 && Decimals <= 3)
      if (value < 10'000) [[likely]]
        return fixed_below_1e4<Decimals>(p, value);
    return fixed_magnitude<Decimals>(p, value);
  }
}

/// The text of the last value, for a column that says the same on every line, as a run's id does.
struct HexText {
  std::uint32_t value = 0;
  std::array<char, 8> text{'0', '0', '0', '0', '0', '0', '0', '0'};
};

RACESIM_INLINE char* hex32(char* p, std::uint32_t value, HexText& last) {
  if (value != last.value) [[unlikely]] {
    last.value = value;
    for (std::size_t i = 0; i < 8; ++i) last.text[i] = "0123456789abcdef"[(value >> (28 - 4 * i)) & 15];
  }
  std::memcpy(p, last.text.data(), 8);
  return p + 8;
}

/// 8-4-4-4-12 lower-case hex.
RACESIM_INLINE char* uuid(char* p, const Uuid& id) {
#ifdef __SSSE3__
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(id.bytes.data()));
  const __m128i low_mask = _mm_set1_epi8(15);
  const __m128i alphabet =
      _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f');
  const __m128i high = _mm_shuffle_epi8(alphabet, _mm_and_si128(_mm_srli_epi16(bytes, 4), low_mask));
  const __m128i low = _mm_shuffle_epi8(alphabet, _mm_and_si128(bytes, low_mask));
  const __m128i first = _mm_unpacklo_epi8(high, low);   // hex digits 0..15
  const __m128i second = _mm_unpackhi_epi8(high, low);  // hex digits 16..31
  // Text positions 0..15, 16..31 and 20..35; -1 leaves room for a dash.
  const __m128i a = _mm_or_si128(
      _mm_shuffle_epi8(first, _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, -1, 8, 9, 10, 11, -1, 12, 13)),
      _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, '-', 0, 0, 0, 0, '-', 0, 0));
  const __m128i middle = _mm_alignr_epi8(second, first, 14);  // digits 14..29
  const __m128i b = _mm_or_si128(
      _mm_shuffle_epi8(middle, _mm_setr_epi8(0, 1, -1, 2, 3, 4, 5, -1, 6, 7, 8, 9, 10, 11, 12, 13)),
      _mm_setr_epi8(0, 0, '-', 0, 0, 0, 0, '-', 0, 0, 0, 0, 0, 0, 0, 0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), a);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p + 16), b);
  const int tail = _mm_cvtsi128_si32(_mm_srli_si128(second, 12));  // digits 28..31
  std::memcpy(p + 32, &tail, 4);
  return p + 36;
#else
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *p++ = '-';
    *p++ = "0123456789abcdef"[id.bytes[i] >> 4];
    *p++ = "0123456789abcdef"[id.bytes[i] & 15];
  }
  return p;
#endif
}

RACESIM_INLINE char* date(char* p, std::int64_t days) {
  const CivilDate d = civil_from_days(days);
  p = two_digits(p, static_cast<std::uint32_t>(d.year / 100));
  p = two_digits(p, static_cast<std::uint32_t>(d.year % 100));
  *p++ = '-';
  p = two_digits(p, static_cast<std::uint32_t>(d.month));
  *p++ = '-';
  return two_digits(p, static_cast<std::uint32_t>(d.day));
}

/// The text up to the minute, kept from event to event: neighbours share it almost always.
struct MinutePrefix {
  std::int64_t begin_ms = INT64_MIN / 2;  ///< of the minute, since the epoch
  std::int64_t begin_us = INT64_MIN / 2;  ///< the same in the unit of the other time type
  std::int64_t day = INT64_MIN;           ///< whose date is in the text
  char text[32];                          ///< "2024-01-01T12:00:"
};
inline constexpr std::size_t kMinutePrefixSize = 17;

/// `minute` since the epoch. Not inlined: it runs once a minute of event time.
void render_minute(MinutePrefix& prefix, std::int64_t minute);

RACESIM_INLINE std::int64_t floor_div(std::int64_t value, std::int64_t divisor) {
  const std::int64_t q = value / divisor;
  return q - (value % divisor < 0);
}

/// Writes the minute of `ticks` (PerMinute of them make a minute); the rest is returned through `rest`. One
/// subtraction says whether the kept text still holds: a division is needed only when it does not.
template <std::int64_t PerMinute>
RACESIM_INLINE char* minute_of(char* p, std::int64_t ticks, MinutePrefix& prefix, std::uint32_t& rest) {
  const std::int64_t& begin = PerMinute == 60'000 ? prefix.begin_ms : prefix.begin_us;
  const auto since = [&] { return static_cast<std::uint64_t>(ticks) - static_cast<std::uint64_t>(begin); };
  if (since() >= PerMinute) [[unlikely]]
    render_minute(prefix, floor_div(ticks, PerMinute));
  rest = static_cast<std::uint32_t>(since());
  return literal<kMinutePrefixSize>(p, prefix.text);
}

RACESIM_INLINE char* time_ms(char* p, TimeMs time, MinutePrefix& prefix) {
  std::uint32_t rest = 0;
  p = minute_of<60'000>(p, time.ms, prefix, rest);
  const std::uint32_t seconds = rest / 1000;
  const std::uint32_t whole = (kThreeDigits[seconds] >> 8 & 0xffff) | static_cast<std::uint32_t>('.') << 16;
  const std::uint32_t part =
      (kThreeDigits[rest - seconds * 1000] & 0xffffff) | static_cast<std::uint32_t>('Z') << 24;
  std::memcpy(p, &whole, 4);
  std::memcpy(p + 3, &part, 4);
  return p + 7;
}

RACESIM_INLINE char* time_us(char* p, TimeUs time, MinutePrefix& prefix) {
  std::uint32_t rest = 0;
  p = minute_of<60'000'000>(p, time.us, prefix, rest);
  const std::uint64_t digits = eight_digits(rest) | 0x3030303030303030ULL;  // "SSuuuuuu"
  std::memcpy(p, &digits, 2);
  p[2] = '.';
  const std::uint64_t fraction = digits >> 16;
  std::memcpy(p + 3, &fraction, 8);
  std::memcpy(p + 9, "+00:00", 6);
  return p + 15;
}

/// Text as the inside of a JSON string (RFC 8259); UTF-8 passes through. At most 6 bytes per byte.
char* json_text(char* p, std::string_view text);
/// Text as a CSV cell (RFC 4180): quoted only when it must be. At most 2 bytes per byte and two quotes.
char* csv_text(char* p, std::string_view text);
/// Finishes a cell of `items` texts joined by ';' at [begin, end): quotes it as a whole if an item is quoted,
/// or if the only item is empty (docs/formats/csv.md).
char* csv_list(char* begin, char* end, std::size_t items);

}  // namespace racesim::put
