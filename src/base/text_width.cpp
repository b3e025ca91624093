#include "base/text_width.h"

#include <array>
#include <cstdint>
#include <utility>

namespace racesim {
namespace {

struct Range {
  char32_t first, last;
};

// Of the Unicode character database: combining marks (Mn, Me) and formats without width of scripts that
// master data is likely to hold; East Asian Wide and Fullwidth, with the pictures that terminals show so.
constexpr std::array kNoWidth{
    Range{0x0300, 0x036f}, Range{0x0483, 0x0489},  Range{0x0591, 0x05bd}, Range{0x0610, 0x061a},
    Range{0x064b, 0x065f}, Range{0x0900, 0x0902},  Range{0x093c, 0x093c}, Range{0x0941, 0x0948},
    Range{0x094d, 0x094d}, Range{0x0e31, 0x0e31},  Range{0x0e34, 0x0e3a}, Range{0x0e47, 0x0e4e},
    Range{0x1ab0, 0x1aff}, Range{0x1dc0, 0x1dff},  Range{0x200b, 0x200f}, Range{0x202a, 0x202e},
    Range{0x2060, 0x2064}, Range{0x20d0, 0x20f0},  Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f},
    Range{0xfeff, 0xfeff}, Range{0xe0100, 0xe01ef}};
constexpr std::array kWide{
    Range{0x1100, 0x115f},   Range{0x231a, 0x231b},   Range{0x23e9, 0x23ec},   Range{0x25fd, 0x25fe},
    Range{0x2614, 0x2615},   Range{0x2648, 0x2653},   Range{0x26a1, 0x26a1},   Range{0x26bd, 0x26be},
    Range{0x26f5, 0x26f5},   Range{0x2705, 0x2705},   Range{0x274c, 0x274c},   Range{0x2753, 0x2755},
    Range{0x2757, 0x2757},   Range{0x2b50, 0x2b50},   Range{0x2e80, 0x303e},   Range{0x3041, 0x33ff},
    Range{0x3400, 0x4dbf},   Range{0x4e00, 0x9fff},   Range{0xa000, 0xa4cf},   Range{0xa960, 0xa97c},
    Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},
    Range{0xffe0, 0xffe6},   Range{0x1f300, 0x1f64f}, Range{0x1f680, 0x1f6ff}, Range{0x1f900, 0x1f9ff},
    Range{0x1fa70, 0x1faff}, Range{0x20000, 0x3fffd}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t c) {
  for (const Range& range : ranges)
    if (c >= range.first && c <= range.last) return true;
  return false;
}

std::size_t columns_of(char32_t c) {
  if (c < 0x300) return 1;
  return is_in(kNoWidth, c) ? 0 : is_in(kWide, c) ? 2 : 1;
}

/// The character at `i`, which moves behind it. Of what is no UTF-8 each byte is one.
char32_t next_character(std::string_view text, std::size_t& i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char first = byte(i);
  const std::size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  if (more == 0 || i + more >= text.size()) return byte(i++);
  char32_t c = first & (0x3fU >> more);
  for (std::size_t k = 1; k <= more; ++k) c = c << 6 | (byte(i + k) & 0x3fU);
  i += more + 1;
  return c;
}

}  // namespace

std::size_t text_columns(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size();) columns += columns_of(next_character(text, i));
  return columns;
}

std::string cut_to(std::string_view text, std::size_t most) {
  if (text.size() <= most || text_columns(text) <= most) return std::string(text);
  std::size_t columns = 0, end = 0;
  for (std::size_t i = 0; i < text.size();) {
    columns += columns_of(next_character(text, i));
    if (columns > most - 1) break;
    end = i;
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace racesim
