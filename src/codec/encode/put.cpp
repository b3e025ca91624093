#include "codec/encode/put.h"

#include <algorithm>

namespace racesim::put {

void render_minute(MinutePrefix& prefix, std::int64_t minute) {
  const std::int64_t day = floor_div(minute, 1440);
  const auto in_day = static_cast<std::uint32_t>(minute - day * 1440);
  char* p = prefix.text + 10;
  if (day != prefix.day) p = date(prefix.text, day);
  prefix.day = day;
  *p++ = 'T';
  p = two_digits(p, in_day / 60);
  *p++ = ':';
  p = two_digits(p, in_day % 60);
  *p = ':';
  prefix.begin_ms = minute * 60'000;
  prefix.begin_us = minute * 60'000'000;
}

char* json_text(char* p, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && c != '"' && c != '\\') {
      *p++ = c;
      continue;
    }
    *p++ = '\\';
    switch (c) {
      case '"':
      case '\\':
        *p++ = c;
        break;
      case '\n':
        *p++ = 'n';
        break;
      case '\r':
        *p++ = 'r';
        break;
      case '\t':
        *p++ = 't';
        break;
      case '\b':
        *p++ = 'b';
        break;
      case '\f':
        *p++ = 'f';
        break;
      default:
        std::memcpy(p, "u00", 3);
        p[3] = "0123456789abcdef"[byte >> 4];
        p[4] = "0123456789abcdef"[byte & 15];
        p += 5;
    }
  }
  return p;
}

char* csv_text(char* p, std::string_view text) {
  if (text.find_first_of(",;\"\r\n") == std::string_view::npos) {
    std::memcpy(p, text.data(), text.size());
    return p + text.size();
  }
  *p++ = '"';
  for (const char c : text) {
    if (c == '"') *p++ = '"';
    *p++ = c;
  }
  *p++ = '"';
  return p;
}

char* csv_list(char* begin, char* end, std::size_t items) {
  if (items == 1 && begin == end) {
    std::memcpy(end, "\"\"", 2);
    end += 2;
  }
  const auto quotes = std::count(begin, end, '"');
  if (quotes == 0) return end;
  // From the back, so that nothing is overwritten before it has moved.
  char* const new_end = end + quotes + 2;
  char* to = new_end;
  *--to = '"';
  while (end != begin) {
    const char c = *--end;
    *--to = c;
    if (c == '"') *--to = '"';
  }
  *--to = '"';
  return new_end;
}

}  // namespace racesim::put
