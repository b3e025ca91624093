#include "codec/decode/json_cursor.h"

namespace racesim {
namespace {

std::uint32_t four_hex(const char* p) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const auto c = static_cast<unsigned char>(p[i]);
    value = value << 4 | static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

void append_utf8(std::uint32_t code, std::string& out) {
  const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xc0 | code >> 6);
    add(0x80 | (code & 63));
  } else if (code < 0x10000) {
    add(0xe0 | code >> 12);
    add(0x80 | (code >> 6 & 63));
    add(0x80 | (code & 63));
  } else {
    add(0xf0 | code >> 18);
    add(0x80 | (code >> 12 & 63));
    add(0x80 | (code >> 6 & 63));
    add(0x80 | (code & 63));
  }
}

char simple_escape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    default:
      return c;  // quote, backslash, slash
  }
}

}  // namespace

std::string_view name_of(JsonKind kind) {
  switch (kind) {
    case JsonKind::object:
      return "an object";
    case JsonKind::array:
      return "an array";
    case JsonKind::string:
      return "a string";
    case JsonKind::number:
      return "a number";
    case JsonKind::boolean:
      return "true or false";
    case JsonKind::null:
      return "null";
  }
  return "";
}

void JsonCursor::unescape(std::string_view raw, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      out += raw[i];
      continue;
    }
    ++i;
    if (raw[i] != 'u') {
      out += simple_escape(raw[i]);
      continue;
    }
    std::uint32_t code = four_hex(raw.data() + i + 1);
    i += 4;
    if (code >= 0xd800 && code < 0xdc00) {  // valid text has the second half behind the first
      code = 0x10000 + ((code - 0xd800) << 10) + (four_hex(raw.data() + i + 3) - 0xdc00);
      i += 6;
    }
    append_utf8(code, out);
  }
}

void JsonCursor::skip_value() {
  std::uint32_t depth = 0;
  bool escaped = false;
  do {
    const char c = peek();
    if (c == '"') {
      raw_string(escaped);
    } else if (c == '{' || c == '[') {
      ++depth;
      ++at_;
    } else if (c == '}' || c == ']') {
      --depth;
      ++at_;
    } else if (c == ',' || c == ':') {
      ++at_;
    } else {
      word();
    }
  } while (depth > 0 && at_ != end_);
}

}  // namespace racesim
