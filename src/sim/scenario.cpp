#include "sim/scenario.h"

#include <charconv>

namespace racesim {

std::optional<std::uint64_t> number_at_end(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0 && text[begin - 1] >= '0' && text[begin - 1] <= '9') --begin;
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data() + begin, text.data() + text.size(), value);
  if (code != std::errc{} || begin == text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> Owners::owner_of(std::string_view text) const {
  const auto number = number_at_end(text);
  if (!number || *number > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

void Owners::append_key(std::uint32_t, std::uint32_t entity, std::string& out) const {
  out += std::to_string(entity);
}

}  // namespace racesim
