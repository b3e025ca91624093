#include "graphql/connection/cursor.h"

#include <array>

namespace racesim::graphql {
namespace {

// Begins each cursor, so that other texts are told apart, and a later form could be.
constexpr std::string_view CURSOR_FORM = "1:";
// RFC 4648, section 5: safe in URLs; without padding.
constexpr std::string_view DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string to_base64(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    unsigned bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0);
    for (std::size_t i = 0; i <= count; ++i) text += DIGITS[bits >> (18 - 6 * i) & 63];
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::size_t digit = DIGITS.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFF;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xFF);
  }
  return bytes;
}

/// `first` or `last`.
Result<std::optional<std::size_t>> read_count(const Arguments& arguments, const std::string& name,
                                              std::size_t most) {
  const Value* given = arguments.find(name);
  if (given == nullptr) return std::nullopt;
  const std::int64_t count = given->integer();
  if (count < 0 || static_cast<std::uint64_t>(count) > most) {
    return fail(ErrorKind::usage,
                name + " is " + std::to_string(count) + ", and may be 0 to " + std::to_string(most));
  }
  return static_cast<std::size_t>(count);
}

Result<std::optional<std::string>> read_cursor(const Arguments& arguments, const std::string& name) {
  const Value* given = arguments.find(name);
  if (given == nullptr) return std::nullopt;
  auto key = decode_cursor(given->text());
  if (!key) return fail(ErrorKind::usage, name + ": " + key.error().what);
  return std::move(*key);
}

}  // namespace

std::string encode_cursor(std::string_view key) {
  return to_base64(std::string(CURSOR_FORM) + std::string(key));
}

Result<std::string> decode_cursor(std::string_view cursor) {
  auto bytes = from_base64(cursor);
  if (!bytes || !bytes->starts_with(CURSOR_FORM) || to_base64(*bytes) != cursor) {
    return fail(ErrorKind::usage, "'" + std::string(cursor.substr(0, 60)) + "' is no cursor of this service");
  }
  return bytes->substr(CURSOR_FORM.size());
}

Result<PageRequest> read_page_request(const Arguments& arguments, std::size_t assumed, std::size_t most) {
  PageRequest request;
  const auto first = read_count(arguments, "first", most);
  if (!first) return tl::make_unexpected(first.error());
  const auto last = read_count(arguments, "last", most);
  if (!last) return tl::make_unexpected(last.error());
  if (*first && *last) return fail(ErrorKind::usage, "first and last exclude each other");
  auto after = read_cursor(arguments, "after");
  if (!after) return tl::make_unexpected(after.error());
  auto before = read_cursor(arguments, "before");
  if (!before) return tl::make_unexpected(before.error());
  request.after = std::move(*after);
  request.before = std::move(*before);
  request.is_backward = last->has_value();
  request.count = request.is_backward ? **last : first->value_or(assumed);
  return request;
}

}  // namespace racesim::graphql
