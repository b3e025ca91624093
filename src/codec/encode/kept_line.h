// What RowEncoder keeps of a line, to make the next one about the same thing from it: keys, and all values
// that have not changed, come with a copy.
#pragma once

#include <array>
#include <cstring>
#include <utility>

#include "codec/encode/fragments.h"
#include "codec/encode/in_place.h"

namespace racesim {

template <class Row, class Format>
class KeptLine {
  static constexpr std::size_t kFields = fragments::field_count<Row>;
  static constexpr std::make_index_sequence<kFields> kAll{};

 public:
  /// Where in the line value I begins; it ends where fragment I + 1 begins, at[I + 1] − its size. Set by
  /// whoever writes the line, then note() must follow.
  std::array<std::uint32_t, kFields + 1> at;

  void note(const Row& row) { is_usable_ = note_all(row, kAll); }

  /// Makes the line of `row` at `line` from `old`, which tells of `before` and is this line or one made from
  /// it. `size` bytes; writes up to 16 more. False: some value does not take its old place, and what stands
  /// at `line` is of no use.
  RACESIM_INLINE bool again(char* line, const char* old, std::size_t size, const Row& row, const Row& before,
                            put::MinutePrefix& minute) const {
    if (!is_usable_ || !are_alike(row, before, kAll)) return false;
    Values values;
    if (!gather(row, values, std::make_index_sequence<in_place::Numbers<kNumbers>::kFours>{})) return false;
    if (!in_place::have_same_places(numbers_, values.data())) return false;
    std::array<in_place::Block, 2 * values.size()> digits;
    for (std::size_t four = 0; four < values.size(); ++four)
      in_place::digits_of_four(values[four], &digits[2 * four]);
    std::memcpy(line, old, size);
    return put_all(line, old, row, before, digits.data(), minute, kAll);
  }

 private:
  template <std::size_t I>
  using Member = fragments::Member<Row, I>;
  template <std::size_t I>
  static constexpr int kDecimals = std::get<I>(Schema<Row>::fields).decimals;
  template <std::size_t I>
  static constexpr in_place::Way kWay = in_place::way_of<Member<I>>(kDecimals<I>);

  template <std::size_t... I>
  static constexpr std::array<bool, kFields> numbers_among(std::index_sequence<I...>) {
    return {(kWay<I> == in_place::Way::number)...};
  }
  static constexpr std::array<bool, kFields> kIsNumber = numbers_among(kAll);
  /// How many numbers stand before field `end`.
  static constexpr std::size_t numbers_before(std::size_t end) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < end; ++i) count += kIsNumber[i];
    return count;
  }
  static constexpr std::size_t kNumbers = numbers_before(kFields);
  /// The field of number `n`.
  static constexpr std::size_t field_of(std::size_t n) {
    std::size_t field = 0;
    while (!kIsNumber[field] || n-- > 0) ++field;
    return field;
  }
  using Values = std::array<in_place::Block, in_place::Numbers<kNumbers>::kFours>;

  template <std::size_t I>
  static const Member<I>& member(const Row& row) {
    return row.*(std::get<I>(Schema<Row>::fields).member);
  }
  template <std::size_t I>
  std::size_t end_of() const {
    constexpr std::size_t kSize = Format::template fragment<Row, I + 1>().size;
    return at[I + 1] - kSize;
  }

  template <std::size_t I>
  bool note_one(const Row& row) {
    if constexpr (kIsNumber[I])
      return numbers_.template note<kDecimals<I>>(numbers_before(I), member<I>(row) < 0, end_of<I>() - at[I]);
    return true;
  }
  template <std::size_t... I>
  bool note_all(const Row& row, std::index_sequence<I...>) {
    return (note_one<I>(row) && ...);
  }

  /// False if field I differs and has no place in the old line.
  template <std::size_t I>
  static RACESIM_INLINE bool is_alike(const Row& row, const Row& before) {
    if constexpr (kWay<I> == in_place::Way::anew) return member<I>(row) == member<I>(before);
    return true;
  }
  template <std::size_t... I>
  static RACESIM_INLINE bool are_alike(const Row& row, const Row& before, std::index_sequence<I...>) {
    return (__builtin_expect(is_alike<I>(row, before), 1) && ...);
  }

  /// Number `n`, 0 behind the last one; what does not fit is told by `fits`.
  template <std::size_t N>
  static RACESIM_INLINE std::int32_t number(const Row& row, bool& fits) {
    if constexpr (N >= kNumbers) {
      return 0;
    } else {
      const auto value = member<field_of(N)>(row);
      const auto narrow = static_cast<std::int32_t>(value);
      if constexpr (sizeof(value) > 4) fits = fits && static_cast<decltype(value)>(narrow) == value;
      return narrow;
    }
  }
  template <std::size_t... Four>
  static RACESIM_INLINE bool gather(const Row& row, Values& values, std::index_sequence<Four...>) {
    bool fits = true;
    ((values[Four].bits = _mm_setr_epi32(number<4 * Four>(row, fits), number<4 * Four + 1>(row, fits),
                                         number<4 * Four + 2>(row, fits), number<4 * Four + 3>(row, fits))),
     ...);
    return fits;
  }

  template <std::size_t I>
  RACESIM_INLINE bool put_one(char* line, const char* old, const Row& row, const Row& before,
                              const in_place::Block* digits, put::MinutePrefix& minute) const {
    char* const to = line + at[I];
    if constexpr (kWay<I> == in_place::Way::number) {
      constexpr std::size_t kNumber = numbers_before(I);
      in_place::lay_digits(to, old + at[I], digits[kNumber / 2], numbers_.digit[kNumber].data());
    } else if constexpr (kWay<I> == in_place::Way::small || kWay<I> == in_place::Way::time) {
      const auto& now = member<I>(row);
      if constexpr (kWay<I> == in_place::Way::small)
        if (now == member<I>(before)) [[likely]]
          return true;
      char* end = to;
      if constexpr (kWay<I> == in_place::Way::small)
        end = put::fixed<kDecimals<I>>(to, now);
      else if constexpr (std::is_same_v<Member<I>, TimeMs>)
        end = put::time_ms(to, now, minute);
      else
        end = put::time_us(to, now, minute);
      // The last store may have reached into what follows: put.h's are 8 bytes too long at most here.
      std::memcpy(end, old + end_of<I>(), 8);
      return end == line + end_of<I>();
    }
    return true;
  }
  template <std::size_t... I>
  RACESIM_INLINE bool put_all(char* line, const char* old, const Row& row, const Row& before,
                              const in_place::Block* digits, put::MinutePrefix& minute,
                              std::index_sequence<I...>) const {
    return (__builtin_expect(put_one<I>(line, old, row, before, digits, minute), 1) && ...);
  }

  in_place::Numbers<kNumbers> numbers_;
  bool is_usable_ = false;
};

}  // namespace racesim
