#include "sim/master/phrase.h"

#include "base/check.h"
#include "sim/master/word_list.h"

namespace racesim {

Phrase::Phrase(std::string_view pattern) {
  while (!pattern.empty()) {
    const std::size_t open = pattern.find('{');
    Part part;
    part.literal = pattern.substr(0, open);
    if (open == std::string_view::npos) {
      parts_.push_back(part);
      return;
    }
    const std::size_t close = pattern.find('}', open);
    RACESIM_CHECK(close != std::string_view::npos);
    std::string_view name = pattern.substr(open + 1, close - open - 1);
    part.has_article = name.starts_with("a:");
    if (part.has_article) name.remove_prefix(2);
    part.words = &word_list(name);
    variants_ *= part.words->size();
    parts_.push_back(part);
    pattern.remove_prefix(close + 1);
  }
}

void Phrase::append(std::uint64_t index, std::string& out) const {
  constexpr std::string_view kVowels = "AEIOaeio";  // "a Uniform", and no list has "Umbrella" with an article
  for (const Part& part : parts_) {
    out += part.literal;
    if (part.words == nullptr) continue;
    const std::string_view word = (*part.words)[index % part.words->size()];
    index /= part.words->size();
    if (part.has_article) out += kVowels.find(word.front()) == std::string_view::npos ? "a " : "an ";
    out += word;
  }
}

std::vector<Phrase> parse_phrases(std::string_view patterns) {
  std::vector<Phrase> phrases;
  for (const std::string_view pattern : split_words(patterns, '|')) phrases.emplace_back(pattern);
  return phrases;
}

}  // namespace racesim
