// A reader of InfluxDB's line protocol, written from its description and not from racesim's encoder: one line
// into its measurement, tags, typed fields and time. Strict: what is not by the rules is an error.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace racesim::line_protocol {

struct Value {
  enum class Kind : std::uint8_t { floating, integer, unsigned_integer, boolean, string };
  Kind kind = Kind::floating;
  std::string text;  ///< digits without the type's letter; "true" or "false"; of strings what they stand for
  bool operator==(const Value&) const = default;
};

struct Point {
  std::string measurement;
  std::map<std::string, std::string> tags;
  std::map<std::string, Value> fields;
  std::string time;  ///< digits
};

class Reader {
 public:
  explicit Reader(std::string_view line) : rest_(line) {}

  Point read() {
    Point point;
    point.measurement = name(", ");
    while (take(',')) {
      const std::string key = name("=");
      expect('=');
      const std::string value = name(", ");
      if (value.empty()) throw std::runtime_error("the tag " + key + " has no value");
      if (!last_key_.empty() && key <= last_key_) throw std::runtime_error("tags are not sorted: " + key);
      last_key_ = key;
      point.tags[key] = value;
    }
    expect(' ');
    do {
      const std::string key = name("=");
      expect('=');
      if (!point.fields.emplace(key, value()).second || point.tags.count(key) > 0)
        throw std::runtime_error(key + " is there twice");
    } while (take(','));
    expect(' ');
    point.time = std::string(rest_);
    const std::string digits = point.time.substr(point.time.starts_with('-') ? 1 : 0);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos)
      throw std::runtime_error("the time is " + point.time);
    return point;
  }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!take(c)) throw std::runtime_error(std::string("no '") + c + "' before: " + std::string(rest_));
  }

  /// Up to one of `ends`, which a backslash takes the meaning of.
  std::string name(std::string_view ends) {
    std::string text;
    while (!rest_.empty() && ends.find(rest_.front()) == std::string_view::npos) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\\') {
        if (rest_.empty()) throw std::runtime_error("a backslash at the end");
        c = unescaped(",= \\");
      } else if (c == ',' || c == '=' || c == ' ' || c == '\n') {
        throw std::runtime_error("a name or tag with a bare '" + std::string(1, c) + "'");
      }
      text += c;
    }
    if (rest_.empty()) throw std::runtime_error("the line ends in a name");
    return text;
  }

  char unescaped(std::string_view allowed) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == 'n') return '\n';
    if (c == 'r') return '\r';
    if (allowed.find(c) == std::string_view::npos) throw std::runtime_error(std::string("\\") + c);
    return c;
  }

  Value value() {
    if (take('"')) return string();
    const std::size_t end = std::min(rest_.find_first_of(", "), rest_.size());
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (text == "true" || text == "false") return {Value::Kind::boolean, text};
    Value::Kind kind = Value::Kind::floating;
    if (text.ends_with('i')) kind = Value::Kind::integer;
    if (text.ends_with('u')) kind = Value::Kind::unsigned_integer;
    if (kind != Value::Kind::floating) text.pop_back();
    const std::string digits = text.substr(text.starts_with('-') ? 1 : 0);
    const bool whole = digits.find('.') == std::string::npos;
    if (digits.empty() || digits.find_first_not_of("0123456789.") != std::string::npos ||
        (kind != Value::Kind::floating && !whole))
      throw std::runtime_error("the value is " + text);
    return {kind, text};
  }

  Value string() {
    std::string text;
    while (!rest_.empty() && rest_.front() != '"') {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\n') throw std::runtime_error("a line end in a string");
      if (c == '\\') {
        if (rest_.empty()) throw std::runtime_error("a backslash at the end");
        c = unescaped("\"\\");
      }
      text += c;
    }
    expect('"');
    return {Value::Kind::string, text};
  }

  std::string_view rest_;
  std::string last_key_;
};

inline Point read_point(std::string_view line) {
  return Reader(line).read();
}

}  // namespace racesim::line_protocol
