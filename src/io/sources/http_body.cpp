#include "io/sources/http_body.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace racesim::http {
namespace {

using Pieces = tl::expected<std::vector<BodyPiece>, BodyError>;

constexpr std::string_view kJsonBlanks = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

tl::unexpected<BodyError> bad_body(std::string what, std::size_t offset) {
  return tl::make_unexpected(BodyError{std::move(what), offset});
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(kJsonBlanks, at), text.size());
}

/// Behind the string that begins at `at`; npos: it does not end.
std::size_t string_end(std::string_view text, std::size_t at) {
  for (++at; (at = text.find_first_of("\"\\", at)) != std::string_view::npos; at += 2)
    if (text[at] == '"') return at + 1;
  return std::string_view::npos;
}

/// Behind the object or array that begins at `at`: where as many brackets have closed as have opened, of
/// whatever kind. npos: it does not end. Needs no stack, so depth costs nothing.
std::size_t nested_end(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while ((at = text.find_first_of("\"{}[]", at)) != std::string_view::npos) {
    switch (text[at]) {
      case '"':
        at = string_end(text, at);
        if (at == std::string_view::npos) return at;
        continue;
      case '{':
      case '[':
        ++depth;
        break;
      default:
        if (--depth == 0) return at + 1;
    }
    ++at;
  }
  return at;
}

bool is_scalar_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' ||
         c == '.';
}

/// Behind the value that begins at `at`, which is `at` itself if none does; npos: it does not end.
std::size_t value_end(std::string_view text, std::size_t at) {
  if (at >= text.size()) return at;
  if (text[at] == '"') return string_end(text, at);
  if (text[at] == '{' || text[at] == '[') return nested_end(text, at);
  while (at < text.size() && is_scalar_byte(text[at])) ++at;
  return at;
}

tl::unexpected<BodyError> too_many(std::size_t most, std::size_t offset) {
  return bad_body("there are more than " + std::to_string(most) + " records", offset);
}

Pieces split_array(std::string_view body, std::size_t at, std::size_t most) {
  const std::size_t opened = at;
  std::vector<BodyPiece> pieces;
  at = skip_blanks(body, at + 1);
  bool closed = at < body.size() && body[at] == ']';
  while (!closed) {
    const std::size_t end = value_end(body, at);
    if (end == std::string_view::npos) return bad_body("the element that begins here does not end", at);
    if (at == body.size()) return bad_body("the array that begins here does not end", opened);
    if (end == at) return bad_body("here should stand an element of the array", at);
    if (pieces.size() == most) return too_many(most, at);
    pieces.push_back({at, end - at});
    at = skip_blanks(body, end);
    if (at == body.size()) return bad_body("the array that begins here does not end", opened);
    closed = body[at] == ']';
    if (!closed && body[at] != ',') return bad_body("behind the element should stand ',' or ']'", at);
    if (!closed) at = skip_blanks(body, at + 1);
  }
  const std::size_t behind = skip_blanks(body, at + 1);
  if (behind < body.size()) return bad_body("there is more behind the end of the array", behind);
  return pieces;
}

Pieces split_lines(std::string_view body, std::size_t most) {
  std::vector<BodyPiece> pieces;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    std::string_view line = body.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(kJsonBlanks) != std::string_view::npos) {
      if (pieces.size() == most) return too_many(most, at);
      pieces.push_back({at, line.size()});
    }
    at = end + 1;
  }
  return pieces;
}

/// One object, which may be spread over lines, or an object on each line.
Pieces split_objects(std::string_view body, std::size_t at, std::size_t most) {
  const std::size_t end = value_end(body, at);
  const std::size_t line_end = std::min(body.find('\n', at), body.size());
  const std::size_t behind = end == std::string_view::npos ? end : skip_blanks(body, end);
  if (behind == body.size()) return Pieces(std::vector<BodyPiece>{{at, end - at}});
  // Records that end within their line, or none but one line: each line is for itself.
  const bool one_line = skip_blanks(body, line_end) == body.size();
  if (one_line || (end != std::string_view::npos && end <= line_end)) return split_lines(body, most);
  if (end == std::string_view::npos)
    return bad_body(
        "the object that begins here does not end (for a record on each line send Content-Type: "
        "application/x-ndjson)",
        at);
  return bad_body("there is more behind the end of the object", behind);
}

}  // namespace

Pieces split_body(std::string_view body, BodyForm form, std::size_t most) {
  const std::size_t mark = body.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::size_t at = skip_blanks(body, mark);
  if (at == body.size()) return bad_body("the body is empty", 0);
  if (form == BodyForm::json && body[at] == '[') return split_array(body, at, most);
  if (form == BodyForm::json && body[at] == '{') return split_objects(body, at, most);
  return split_lines(body, most);
}

void fill_block(std::string_view body, const std::vector<BodyPiece>& pieces, RecordBlock& block) {
  block.clear();
  std::size_t bytes = kBlockReadAhead;
  for (const BodyPiece& piece : pieces) bytes += piece.size + 1;
  block.text.reserve_more(bytes);
  block.ends.reserve(pieces.size());
  block.offsets.reserve(pieces.size());
  char* to = block.text.data();
  for (const BodyPiece& piece : pieces) {
    std::memcpy(to, body.data() + piece.begin, piece.size);
    to += piece.size;
    *to++ = '\n';
    block.ends.push_back(static_cast<std::uint32_t>(to - block.text.data()));
    block.offsets.push_back(static_cast<std::int64_t>(piece.begin));
  }
  block.text.set_size(static_cast<std::size_t>(to - block.text.data()));
  block.pad();
}

}  // namespace racesim::http
