// Walks through JSON text that JsonCheck found valid, and hands out raw tokens: numbers keep their digits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace racesim {

enum class JsonKind : std::uint8_t { object, array, string, number, boolean, null };

/// "a string", "an object", …
std::string_view name_of(JsonKind kind);

/// A position in valid JSON. Undefined on text that is not.
class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  /// The kind of the value that starts here.
  JsonKind kind() {
    switch (peek()) {
      case '{':
        return JsonKind::object;
      case '[':
        return JsonKind::array;
      case '"':
        return JsonKind::string;
      case 't':
      case 'f':
        return JsonKind::boolean;
      case 'n':
        return JsonKind::null;
      default:
        return JsonKind::number;
    }
  }

  /// Steps over `c` if it is next.
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  /// The characters of the string that starts here; escapes are resolved into `scratch`, which then holds
  /// them.
  std::string_view string(std::string& scratch) {
    bool escaped = false;
    const std::string_view raw = raw_string(escaped);
    if (!escaped) return raw;
    unescape(raw, scratch);
    return scratch;
  }

  /// The number, true, false or null that starts here, as written.
  std::string_view word() {
    peek();
    const char* const begin = at_;
    while (at_ != end_ && !is_space(*at_) && *at_ != ',' && *at_ != '}' && *at_ != ']') ++at_;
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  /// Steps over the value that starts here, whatever it is.
  void skip_value();

  /// Where it stands; behind kind(), where the value begins.
  const char* at() const { return at_; }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  static void unescape(std::string_view raw, std::string& out);

  /// The next character that is not space; '\0' at the end.
  char peek() {
    while (at_ != end_ && is_space(*at_)) ++at_;
    return at_ == end_ ? '\0' : *at_;
  }

  std::string_view raw_string(bool& escaped) {
    peek();
    const char* const begin = ++at_;
    while (at_ != end_ && *at_ != '"') {
      if (*at_ == '\\') {
        escaped = true;
        ++at_;
      }
      ++at_;
    }
    return {begin, static_cast<std::size_t>(at_++ - begin)};
  }

  const char* at_;
  const char* end_;
};

}  // namespace racesim
