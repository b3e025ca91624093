#include "base/visible.h"

#include <fmt/format.h>

#include <algorithm>

namespace racesim {
namespace {

unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

/// Bytes of the UTF-8 character that begins at `i`; 0 if there is none, or if it is a control character.
std::size_t character_size(std::string_view text, std::size_t i) {
  const unsigned char first = byte_at(text, i);
  if (first < 0x80) return first < 0x20 || first == 0x7f ? 0 : 1;
  const std::size_t size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (size == 0 || i + size > text.size()) return 0;
  for (std::size_t k = 1; k < size; ++k)
    if ((byte_at(text, i + k) & 0xc0U) != 0x80U) return 0;
  const unsigned char second = byte_at(text, i + 1);
  // C1 controls, overlong forms, surrogates, and what lies beyond Unicode.
  const bool refused = (first == 0xc2 && second < 0xa0) || (first == 0xe0 && second < 0xa0) ||
                       (first == 0xed && second >= 0xa0) || (first == 0xf0 && second < 0x90) ||
                       (first == 0xf4 && second >= 0x90);
  return refused ? 0 : size;
}

}  // namespace

std::string visible_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = character_size(text, i);
    if (size > 0) {
      out += text.substr(i, size);
    } else if (const std::size_t known = std::string_view("\r\n\t").find(text[i]);
               known != std::string_view::npos) {
      out += '\\';
      out += "rnt"[known];
    } else {
      out += fmt::format("\\x{:02x}", byte_at(text, i));
    }
    i += std::max<std::size_t>(size, 1);
  }
  return out;
}

}  // namespace racesim
