#include "io/sources/file_mark.h"

#include <fmt/format.h>

#include <charconv>

namespace racesim {
namespace {

/// Takes `prefix` and the number behind it from the front of the text.
template <class Number>
bool take_number(std::string_view& text, std::string_view prefix, Number& number, int base = 10) {
  if (!text.starts_with(prefix)) return false;
  const std::string_view digits = text.substr(prefix.size());
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (error != std::errc()) return false;
  text = digits.substr(static_cast<std::size_t>(end - digits.data()));
  return true;
}

}  // namespace

std::string to_text(const FileMark& mark) {
  std::string text = fmt::format("head={}:{:016x} last={}", mark.head_size, mark.head_hash, mark.last_size);
  if (mark.torn) text += " torn";
  if (mark.whole_size > 0) text += fmt::format(" whole={}:{}", mark.whole_size, mark.whole_time_ns);
  return text;
}

std::optional<FileMark> parse_file_mark(std::string_view text) {
  FileMark mark;
  if (!take_number(text, "head=", mark.head_size) || !take_number(text, ":", mark.head_hash, 16) ||
      !take_number(text, " last=", mark.last_size))
    return std::nullopt;
  mark.torn = text.starts_with(" torn");
  if (mark.torn) text.remove_prefix(5);
  if (!text.empty() &&
      (!take_number(text, " whole=", mark.whole_size) || !take_number(text, ":", mark.whole_time_ns)))
    return std::nullopt;
  if (!text.empty() || mark.head_size > kFileHead) return std::nullopt;
  return mark;
}

}  // namespace racesim
