// Goal: a pattern numbers its texts without gaps or twins. Method: all texts of small patterns.
#include "sim/master/text/phrase.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "sim/master/text/word_list.h"

namespace racesim {
namespace {

std::string text_of(const Phrase& phrase, std::uint64_t index) {
  std::string text;
  phrase.append(index, text);
  return text;
}

TEST(Phrase, EveryNumberIsAnotherText) {
  for (const char* pattern :
       {"{roman}", "{roman} of {digit}", "{roman}-{roman}", "{roman} {digit} {roman}/{roman}"}) {
    const Phrase phrase{pattern};
    std::set<std::string> texts;
    for (std::uint64_t i = 0; i < phrase.variants(); ++i) texts.insert(text_of(phrase, i));
    EXPECT_EQ(texts.size(), phrase.variants()) << pattern;
  }
  EXPECT_EQ(Phrase("{roman}-{roman}").variants(), 30U);
  EXPECT_EQ(Phrase("Intro").variants(), 1U);
}

TEST(Phrase, AListGivesDifferentWords) {
  const Phrase phrase("{roman} {roman} {roman}");
  for (std::uint64_t i = 0; i < phrase.variants(); ++i) {
    const std::string text = text_of(phrase, i);
    const auto words = split_words(text);
    EXPECT_EQ(std::set<std::string_view>(words.begin(), words.end()).size(), 3U) << text;
  }
}

TEST(Phrase, ArticlesFitTheWord) {
  const Phrase phrase("{A:color} and {a:color}");
  std::set<std::string> texts;
  for (std::uint64_t i = 0; i < phrase.variants(); ++i) texts.insert(text_of(phrase, i));
  EXPECT_TRUE(texts.contains("An Indigo and a Red"));
  EXPECT_TRUE(texts.contains("A Red and an Amber"));
}

TEST(WordList, NamesOfACountryAreThoseOfItsGroup) {
  EXPECT_EQ(&word_list("given:AT"), &word_list("given:DE"));
  EXPECT_NE(&word_list("given:AT"), &word_list("family:AT"));
}

TEST(SplitWords, LeavesOutEmptyPieces) {
  EXPECT_EQ(split_words(" a  b "), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(split_words("x y|z", '|'), (std::vector<std::string_view>{"x y", "z"}));
  EXPECT_TRUE(split_words("").empty());
}

}  // namespace
}  // namespace racesim
