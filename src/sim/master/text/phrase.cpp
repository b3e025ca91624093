#include "sim/master/text/phrase.h"

#include <array>

#include "base/check.h"
#include "sim/master/text/word_list.h"

namespace racesim {
namespace {

constexpr std::size_t kPartsMax = 8;

/// The words taken so far, by place in their list.
class Picks {
 public:
  /// Takes the `rank`-th word of those of `words` that are left; returns its place.
  std::uint64_t take(const std::vector<std::string_view>* words, std::uint64_t rank) {
    std::size_t before = 0;  // picks of one list rise by place
    for (; before < count_; ++before) {
      if (picks_[before].words != words) continue;
      if (picks_[before].place > rank) break;
      ++rank;
    }
    for (std::size_t i = count_++; i > before; --i) picks_[i] = picks_[i - 1];
    picks_[before] = {words, rank};
    return rank;
  }

 private:
  struct Pick {
    const std::vector<std::string_view>* words;
    std::uint64_t place;
  };
  std::array<Pick, kPartsMax> picks_;
  std::size_t count_ = 0;
};

}  // namespace

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
    if (name.starts_with("a:") || name.starts_with("A:")) {
      part.article = name.substr(0, 1);
      name.remove_prefix(2);
    }
    part.words = &word_list(name);
    for (const Part& earlier : parts_) part.repeats += earlier.words == part.words ? 1 : 0;
    RACESIM_CHECK(parts_.size() + 1 < kPartsMax && part.repeats < part.words->size());
    variants_ *= part.words->size() - part.repeats;
    parts_.push_back(part);
    pattern.remove_prefix(close + 1);
  }
}

void Phrase::append(std::uint64_t index, std::string& out) const {
  constexpr std::string_view kVowels = "AEIOUaeiou";  // no list with an article has a "Unicorn"
  Picks picks;
  for (const Part& part : parts_) {
    out += part.literal;
    if (part.words == nullptr) continue;
    const std::uint64_t choices = part.words->size() - part.repeats;
    const std::string_view word = (*part.words)[picks.take(part.words, index % choices)];
    index /= choices;
    if (!part.article.empty()) {
      out += part.article;
      out += kVowels.find(word.front()) == std::string_view::npos ? " " : "n ";
    }
    out += word;
  }
}

void append_numeral(std::uint64_t number, std::string& out) {
  constexpr std::string_view kOnes[] = {"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"};
  out += ' ';
  if (number >= 40) {
    out += std::to_string(number);
    return;
  }
  for (; number >= 10; number -= 10) out += 'X';
  out += kOnes[number];
}

std::vector<Phrase> parse_phrases(std::string_view patterns) {
  std::vector<Phrase> phrases;
  for (const std::string_view pattern : split_words(patterns, '|')) phrases.emplace_back(pattern);
  return phrases;
}

}  // namespace racesim
