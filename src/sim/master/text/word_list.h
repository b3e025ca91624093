// Word lists are written as text with blanks or bars between the words and split once.
#pragma once

#include <string_view>
#include <vector>

namespace racesim {

/// The pieces of `text` between `separator` characters; empty pieces are left out. They point into `text`.
inline std::vector<std::string_view> split_words(std::string_view text, char separator = ' ') {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    if (end != 0) words.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return words;
}

}  // namespace racesim
