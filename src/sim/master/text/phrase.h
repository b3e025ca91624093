// Names and titles from patterns: "The {band_adj} {band_plural}" with each {word} from a list. A pattern
// numbers its texts, so that one draw, or a counter that never repeats, picks the whole text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace racesim {

/// The words of a list of words.cpp, or "given:XX" and "family:XX" for the names usual in country XX.
/// An unknown name is a programmer error.
const std::vector<std::string_view>& word_list(std::string_view name);

/// Appends a blank and a Roman numeral, or digits from 40 on.
void append_numeral(std::uint64_t number, std::string& out);

class Phrase {
 public:
  /// `pattern`: text with {list} places; {a:list} puts "a" or "an" before the word, {A:list} "A" or "An". A
  /// list that comes several times gives different words.
  explicit Phrase(std::string_view pattern);

  /// How many texts there are: the product of the choices for each place.
  std::uint64_t variants() const { return variants_; }
  /// Appends text number `index` (modulo variants()).
  void append(std::uint64_t index, std::string& out) const;

 private:
  struct Part {
    std::string_view literal;                              ///< before the word
    const std::vector<std::string_view>* words = nullptr;  ///< nullptr: no word follows
    std::string_view article;                              ///< "a", "A" or none
    std::size_t repeats = 0;  ///< how many parts before this one use the same list
  };
  std::vector<Part> parts_;
  std::uint64_t variants_ = 1;
};

/// Patterns separated by bars.
std::vector<Phrase> parse_phrases(std::string_view patterns);

}  // namespace racesim
