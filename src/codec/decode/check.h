// The JSON library behind a small door: is this text valid JSON, is it valid UTF-8.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace racesim {

/// Bytes behind a text that the checks may read. Their values do not matter.
inline constexpr std::size_t kReadAhead = 64;

/// Full validation by simdjson's DOM parser: grammar, UTF-8, escapes, surrogates, depth, nothing behind the
/// value. One thread at a time.
class JsonCheck {
 public:
  JsonCheck();
  ~JsonCheck();

  /// At most kRecordLimit bytes, readable for kReadAhead more. On false `why` says what is wrong.
  bool valid(std::string_view text, std::string& why);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

bool valid_utf8(std::string_view text);

}  // namespace racesim
