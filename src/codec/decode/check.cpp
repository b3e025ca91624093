#include "codec/decode/check.h"

#include <simdjson.h>
#include <algorithm>
#include <cstring>
#include <string>

#include <fmt/core.h>

#include "base/check.h"
#include "base/parse_text.h"
#include "codec/decode/json_fault.h"
#include "codec/decode/value.h"
#include "codec/decoder.h"

namespace racesim {

static_assert(kReadAhead >= simdjson::SIMDJSON_PADDING);

class JsonCheck::Impl {
 public:
  static constexpr std::size_t kUsualSize = 16 << 10;  ///< the parser takes 14 times as much memory

  void reserve(std::size_t size) {
    // The library does not count an empty object or array, so one level more is asked of it.
    RACESIM_CHECK(parser.allocate(size, kJsonDepthLimit + 1) == simdjson::SUCCESS);
  }
  simdjson::dom::parser parser;
  std::string plain;  ///< the text with plainer numbers
};

namespace {

std::string reason_of(simdjson::error_code code) {
  switch (code) {
    case simdjson::UTF8_ERROR:
      return "not UTF-8";
    case simdjson::DEPTH_ERROR:
      return fmt::format("nested deeper than {} levels", kJsonDepthLimit);
    case simdjson::STRING_ERROR:
      return "not JSON: a string has an impossible escape or half a surrogate pair";
    case simdjson::UNESCAPED_CHARS:
      return "not JSON: a string holds a control character";
    case simdjson::UNCLOSED_STRING:
      return "not JSON: a string is never closed";
    case simdjson::NUMBER_ERROR:
      return "not JSON: a number is malformed";
    case simdjson::EMPTY:
      return "not JSON: empty";
    default:
      return "not JSON: a comma, colon, bracket or quote is missing or one too many, or a word is unknown";
  }
}

/// ", at position 17".
std::string place_of(simdjson::error_code code, std::string_view text) {
  if (code == simdjson::UTF8_ERROR || code == simdjson::DEPTH_ERROR || code == simdjson::EMPTY) return {};
  const std::size_t at = json_fault(text);
  if (at == std::string_view::npos) return {};
  return at == text.size() ? std::string(", at its end") : fmt::format(", at position {}", at + 1);
}

/// Of valid JSON.
bool is_too_deep(std::string_view text) {
  const auto opens = [](char c) { return c == '{' || c == '['; };
  if (std::count_if(text.begin(), text.end(), opens) <= kJsonDepthLimit) return false;
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size() && depth <= kJsonDepthLimit; ++i) {
    if (text[i] == '"') in_string = !in_string;
    if (in_string) {
      i += text[i] == '\\' ? 1 : 0;
      continue;
    }
    if (opens(text[i])) ++depth;
    if (text[i] == '}' || text[i] == ']') --depth;
  }
  return depth > kJsonDepthLimit;
}

bool in_number(char c) {
  return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/// Puts 0 for every number that is JSON, however large: the library holds no more than 64 bits of one.
void make_numbers_plain(std::string& text) {
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') in_string = !in_string;
    if (in_string && text[i] == '\\') ++i;
    if (in_string || !in_number(text[i])) continue;
    const std::size_t begin = i;
    while (i + 1 < text.size() && in_number(text[i + 1])) ++i;
    const std::size_t size = i + 1 - begin;
    if (is_number(std::string_view(text).substr(begin, size)))
      text.replace(begin, size, "0" + std::string(size - 1, ' '));
  }
}

}  // namespace

JsonCheck::JsonCheck() : impl_(std::make_unique<Impl>()) {
  impl_->reserve(Impl::kUsualSize);
}
JsonCheck::~JsonCheck() = default;

bool JsonCheck::valid(std::string_view text, std::string& why) {
  // The library takes a NUL byte for a structural fault; it deserves its own words.
  if (const void* nul = std::memchr(text.data(), 0, text.size())) {
    why = fmt::format("NUL byte at position {}", static_cast<const char*>(nul) - text.data() + 1);
    return false;
  }
  if (text.size() > impl_->parser.capacity()) impl_->reserve(kRecordLimit);
  simdjson::error_code code = impl_->parser.parse(text.data(), text.size(), false).error();
  if (code == simdjson::NUMBER_ERROR) {
    impl_->plain = text;
    make_numbers_plain(impl_->plain);
    code = impl_->parser.parse(impl_->plain).error();
  }
  if (code == simdjson::SUCCESS && is_too_deep(text)) code = simdjson::DEPTH_ERROR;
  if (code == simdjson::SUCCESS) return true;
  why = reason_of(code) + place_of(code, text);
  return false;
}

bool valid_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace racesim
