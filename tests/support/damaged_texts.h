// Texts with small damages, for readers that must never take them for something else.
#pragma once

#include <string>
#include <string_view>

#include "support/random_rows.h"

namespace racesim {

/// Characters that mean something to a format, and some that must not occur.
inline char strange_byte(RandomRows& source) {
  using namespace std::string_view_literals;
  constexpr std::string_view kStrange = "\"\\{}[],:;\n\r\t 0-+.eE/u\xff\xc3\xed\x80\x00\x1f"sv;
  return source.below_n(4) == 0 ? static_cast<char>(source.bits())
                                : kStrange[source.below_n(kStrange.size())];
}

inline void mutate(RandomRows& source, std::string& text) {
  if (text.empty()) return;
  const std::size_t at = source.below_n(text.size());
  switch (source.below_n(6)) {
    case 0:
      text[at] = static_cast<char>(text[at] ^ (1 << source.below_n(8)));
      break;
    case 1:
      text[at] = strange_byte(source);
      break;
    case 2:
      text.insert(at, 1, strange_byte(source));
      break;
    case 3:
      text.erase(at, 1 + source.below_n(3));
      break;
    case 4:
      text.insert(at, text.substr(source.below_n(text.size()), source.below_n(40)));
      break;
    default:
      text.resize(at);
  }
}

/// Another digit, one more or one less, somewhere in a number: often still right.
inline void mutate_number(RandomRows& source, std::string& text) {
  const std::size_t at = text.find_first_of("0123456789", source.below_n(text.size()));
  if (at == std::string::npos) return;
  const char digit = static_cast<char>('0' + source.below_n(10));
  switch (source.below_n(4)) {
    case 0:
      text[at] = digit;
      break;
    case 1:
      text.insert(at, 1, digit);
      break;
    case 2:
      text.erase(at, 1);
      break;
    default:
      text.insert(at, 1, "-+.e"[source.below_n(4)]);
  }
}

}  // namespace racesim
