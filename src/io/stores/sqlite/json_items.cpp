#include "io/stores/sqlite/json_items.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

namespace racesim::sqlite {

void append_json_text(std::string_view text, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

std::size_t put_json_number(std::int64_t scaled, bool is_unsigned, int decimals, char* to) {
  const bool negative = !is_unsigned && scaled < 0;
  auto magnitude = static_cast<std::uint64_t>(scaled);
  if (negative) magnitude = 0 - magnitude;
  std::array<char, 20> digits{};
  const auto count = static_cast<std::size_t>(
      std::to_chars(digits.data(), digits.data() + digits.size(), magnitude).ptr - digits.data());
  char* p = to;
  if (negative) *p++ = '-';
  const auto behind = static_cast<std::size_t>(decimals);
  if (behind == 0) return static_cast<std::size_t>(std::copy_n(digits.data(), count, p) - to);
  if (count <= behind) {
    *p++ = '0';
  } else {
    p = std::copy_n(digits.data(), count - behind, p);
  }
  *p++ = '.';
  if (count < behind) p = std::fill_n(p, behind - count, '0');
  const std::size_t shown = std::min(count, behind);
  p = std::copy_n(digits.data() + (count - shown), shown, p);
  return static_cast<std::size_t>(p - to);
}

bool split_json_list(std::string_view text, std::vector<JsonItem>& items) {
  // The library would round decimals: numbers are cut out as they stand, texts are left to it.
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return false;
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    std::size_t end = 0;
    bool quoted = false;
    for (; end < text.size() && (quoted || text[end] != ','); ++end) {
      if (text[end] == '"') quoted = !quoted;
      if (text[end] == '\\') ++end;
    }
    if (end > text.size()) return false;
    const std::string_view item = text.substr(0, end);
    if (item.starts_with('"')) {
      const nlohmann::json value = nlohmann::json::parse(item, nullptr, false);
      if (!value.is_string()) return false;
      items.push_back({value.get<std::string>(), true});
    } else {
      items.push_back({std::string(item), false});
    }
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
    if (text.empty()) return false;
  }
  return true;
}

bool read_json_number(std::string_view text, int decimals, std::int64_t& scaled) {
  if (text == "true" || text == "false") {
    scaled = text == "true" ? 1 : 0;
    return true;
  }
  std::string digits(text);
  if (decimals > 0) {
    const std::size_t point = digits.find('.');
    if (point == std::string::npos || digits.size() - point - 1 != static_cast<std::size_t>(decimals))
      return false;
    digits.erase(point, 1);
  }
  const char* const end = digits.data() + digits.size();
  if (digits.starts_with('-')) {
    const auto [stop, code] = std::from_chars(digits.data(), end, scaled);
    return code == std::errc() && stop == end;
  }
  std::uint64_t value = 0;
  const auto [stop, code] = std::from_chars(digits.data(), end, value);
  scaled = static_cast<std::int64_t>(value);
  return code == std::errc() && stop == end;
}

}  // namespace racesim::sqlite
