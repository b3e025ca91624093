#include <algorithm>
#include <charconv>

#include "graphql/language/token.h"

namespace racesim::graphql {
namespace {

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | point >> 6);
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3F));
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

std::uint32_t hex_value(std::string_view digits) {
  std::uint32_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

/// `rest` begins behind \u; returns how many of its characters the escape has.
std::size_t append_unicode(std::string& out, std::string_view rest) {
  if (rest.front() == '{') {
    const std::size_t end = rest.find('}');
    append_utf8(out, hex_value(rest.substr(1, end - 1)));
    return end + 1;
  }
  const std::uint32_t first = hex_value(rest.substr(0, 4));
  if (first < 0xD800 || first > 0xDBFF) {
    append_utf8(out, first);
    return 4;
  }
  const std::uint32_t second = hex_value(rest.substr(6, 4));
  append_utf8(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
  return 10;
}

char plain_escape(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;
  }
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines(1);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 4) == "\\\"\"\"") {
      lines.back() += "\"\"\"";
      at += 3;
    } else if (text[at] == '\n' || text[at] == '\r') {
      if (text.substr(at, 2) == "\r\n") ++at;
      lines.emplace_back();
    } else {
      lines.back() += text[at];
    }
  }
  return lines;
}

std::size_t indentation(const std::string& line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

bool is_blank(const std::string& line) {
  return indentation(line) == line.size();
}

}  // namespace

std::string text_value(std::string_view token) {
  std::string value;
  token = token.substr(1, token.size() - 2);
  value.reserve(token.size());
  for (std::size_t at = 0; at < token.size(); ++at) {
    if (token[at] != '\\') {
      value += token[at];
    } else if (token[++at] == 'u') {
      at += append_unicode(value, token.substr(at + 1));
    } else {
      value += plain_escape(token[at]);
    }
  }
  return value;
}

std::string block_text_value(std::string_view token) {
  std::vector<std::string> lines = lines_of(token.substr(3, token.size() - 6));
  std::size_t common = std::string::npos;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (!is_blank(lines[i])) common = std::min(common, indentation(lines[i]));
  }
  for (std::size_t i = 1; i < lines.size(); ++i) lines[i].erase(0, common);
  const auto first = std::find_if_not(lines.begin(), lines.end(), is_blank);
  const auto last = std::find_if_not(lines.rbegin(), lines.rend(), is_blank).base();
  std::string value;
  for (auto line = first; line < last; ++line) {
    if (line != first) value += '\n';
    value += *line;
  }
  return value;
}

}  // namespace racesim::graphql
