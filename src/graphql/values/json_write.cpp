#include <array>
#include <charconv>
#include <cmath>

#include "graphql/values/json.h"

namespace racesim::graphql {
namespace {

/// Bytes of the UTF-8 character at the begin of `text`; 0 if there is none.
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

void append_escaped(std::string& out, unsigned char byte) {
  static constexpr std::string_view HEX = "0123456789abcdef";
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += HEX[byte >> 4];
      out += HEX[byte & 15];
  }
}

template <class Number>
void append_digits(std::string& out, Number number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;  // begin of what can be copied as it is
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\') {
      ++at;
      continue;
    }
    const std::size_t bytes = byte < 0x80 ? 0 : character_bytes(text.substr(at));
    if (bytes > 0) {
      at += bytes;
      continue;
    }
    out.append(text, plain, at - plain);
    if (byte < 0x80) {
      append_escaped(out, byte);
    } else {
      out += "\xEF\xBF\xBD";
    }
    plain = ++at;
  }
  out.append(text, plain, at - plain);
  out += '"';
}

void append_json_number(std::string& out, std::int64_t number) {
  append_digits(out, number);
}

void append_json_number(std::string& out, double number) {
  if (std::isfinite(number)) {
    append_digits(out, number);
  } else {
    out += "null";
  }
}

void append_json(std::string& out, const Value& value) {
  if (const auto* truth = value.get<bool>()) {
    out += *truth ? "true" : "false";
  } else if (const auto* whole = value.get<std::int64_t>()) {
    append_json_number(out, *whole);
  } else if (const auto* number = value.get<double>()) {
    append_json_number(out, *number);
  } else if (const auto* items = value.get<Items>()) {
    out += '[';
    for (const Value& item : *items) {
      if (&item != items->data()) out += ',';
      append_json(out, item);
    }
    out += ']';
  } else if (const auto* fields = value.get<Fields>()) {
    out += '{';
    for (const auto& field : *fields) {
      if (&field != fields->data()) out += ',';
      append_json_text(out, field.first);
      out += ':';
      append_json(out, field.second);
    }
    out += '}';
  } else if (value.is_null()) {
    out += "null";
  } else {
    append_json_text(out, value.text());
  }
}

}  // namespace racesim::graphql
