// The head of an answer: where it ends, and what it says if it is of the usual form.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "io/http/answer.h"

namespace racesim::http {
namespace {

bool same_name(std::string_view name, std::string_view lower) {
  return std::equal(name.begin(), name.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

// Blanks around a value are not part of it (RFC 9110, 5.5).
std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// What the headers of a usual answer said.
struct Seen {
  bool length = false;
  bool unusual = false;
};

void read_field(std::string_view name, std::string_view value, Answer& answer, std::uint64_t& body_size,
                Seen& seen) {
  // By length first: most headers of an answer are none of these.
  switch (name.size()) {
    case 10:
      if (!same_name(name, "connection")) break;
      answer.keep_alive = same_name(value, "keep-alive");
      if (!answer.keep_alive && !same_name(value, "close")) seen.unusual = true;
      break;
    case 11:
      if (same_name(name, "retry-after")) answer.retry_after = value;
      break;
    case 12:
      if (!same_name(name, "content-type")) break;
      answer.typed = true;
      answer.json = answer_detail::is_json_type(value);
      break;
    case 14: {
      if (!same_name(name, "content-length")) break;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), body_size);
      // Two lengths, a sign or a list are left to the fall-back, which knows what is lawful.
      if (seen.length || error != std::errc() || end != value.data() + value.size()) seen.unusual = true;
      seen.length = true;
      break;
    }
    case 16:
      if (same_name(name, "content-encoding") && !same_name(value, "identity")) answer.encoding = value;
      break;
    case 17:
      if (same_name(name, "transfer-encoding")) seen.unusual = true;
      break;
    default:
      break;
  }
}

// "HTTP/1.1 204 No Content"
bool read_status_line(std::string_view line, Answer& answer) {
  if (line.size() < 12 || !line.starts_with("HTTP/1.1 ")) return false;
  if (line.size() > 12 && line[12] != ' ') return false;
  const auto [end, error] = std::from_chars(line.data() + 9, line.data() + 12, answer.status);
  return error == std::errc() && end == line.data() + 12 && answer.status >= 100 && answer.status <= 599;
}

}  // namespace

namespace answer_detail {

Simple parse_simple_head(std::string_view head, Answer& answer, std::uint64_t& body_size) {
  answer = Answer{};
  answer.keep_alive = true;
  body_size = 0;
  std::size_t line_end = head.find("\r\n");
  if (!read_status_line(head.substr(0, line_end), answer)) return Simple::unusual;
  Seen seen;
  for (std::size_t begin = line_end + 2; begin + 2 < head.size(); begin = line_end + 2) {
    line_end = head.find("\r\n", begin);
    const std::string_view line = head.substr(begin, line_end - begin);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || line.find_first_of(" \t") < colon)
      return Simple::unusual;
    read_field(line.substr(0, colon), trimmed(line.substr(colon + 1)), answer, body_size, seen);
  }
  if (seen.unusual || answer.status == 101) return Simple::unusual;
  if (answer.status < 200) return Simple::interim;
  if (answer.status == 204 || answer.status == 304) {
    body_size = 0;
    return Simple::yes;
  }
  return seen.length && body_size <= kBodyBytesMax ? Simple::yes : Simple::unusual;
}

HeadEnd find_head_end(std::string_view bytes) {
  HeadEnd end;
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') end.bare_line_feeds = true;
    const std::string_view next = bytes.substr(at + 1, 2);
    const std::size_t empty_line = next.starts_with("\n") ? 1 : next == "\r\n" ? 2 : 0;
    if (empty_line == 0) continue;
    end.bare_line_feeds = end.bare_line_feeds || empty_line == 1;
    end.size = at + 1 + empty_line;
    return end;
  }
  return end;
}

std::string with_crlf(std::string_view head) {
  std::string text;
  text.reserve(head.size() + head.size() / 16);
  for (const char c : head) {
    if (c == '\n' && (text.empty() || text.back() != '\r')) text += '\r';
    text += c;
  }
  return text;
}

std::string quoted_first_line(std::string_view bytes) {
  constexpr std::size_t kShownMax = 80;
  std::string_view line = bytes.substr(0, bytes.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::string text = "\"";
  for (const char c : line.substr(0, kShownMax)) {
    if (c >= ' ' && c < 0x7f)
      text += c;
    else
      fmt::format_to(std::back_inserter(text), "\\x{:02x}", static_cast<unsigned char>(c));
  }
  return text + (line.size() > kShownMax ? "\u2026\"" : "\"");
}

bool is_json_type(std::string_view value) {
  // application/json, application/problem+json, application/vnd.api+json; charset=utf-8
  constexpr std::string_view kJson = "json";
  for (std::size_t at = 0; at + kJson.size() <= value.size(); ++at)
    if (same_name(value.substr(at, kJson.size()), kJson)) return true;
  return false;
}

}  // namespace answer_detail

}  // namespace racesim::http
