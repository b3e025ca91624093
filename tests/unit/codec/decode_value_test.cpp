// Goal: numbers become the scaled integer exactly, or are refused. Method: a table of texts; and random
// integers written in many equal ways (zeros behind, exponents both ways), which all have to come back.
#include "codec/decode/value.h"

#include <gtest/gtest.h>

#include <optional>

#include "support/random_rows.h"

namespace racesim {
namespace {

struct Number {
  std::string_view text;
  int decimals;
  NumberFault fault;
  bool negative;
  std::uint64_t magnitude;
};

TEST(ParseScaled, Table) {
  using enum NumberFault;
  for (const Number& n : std::vector<Number>{
           {"0", 0, none, false, 0},
           {"-0", 3, none, true, 0},
           {"0.000", 0, none, false, 0},
           {"0e-5", 0, none, false, 0},
           {"0.0e-99999999999", 2, none, false, 0},
           {"0e99999999999", 2, none, false, 0},
           {"7", 0, none, false, 7},
           {"7", 9, none, false, 7'000'000'000},
           {"-7.25", 2, none, true, 725},
           {"7.25", 3, none, false, 7250},
           {"7.250", 2, none, false, 725},
           {"7.2500000000000000000000000000000000", 2, none, false, 725},
           {"7.25", 1, more_decimals, false, 0},
           {"7.2500000000000000000000000000000001", 2, more_decimals, false, 0},
           {"700", 0, none, false, 700},
           {"7e2", 0, none, false, 700},
           {"7E+2", 0, none, false, 700},
           {"7.25e2", 0, none, false, 725},
           {"7.25e1", 0, more_decimals, false, 0},
           {"7.25e1", 1, none, false, 725},
           {"700e-2", 0, none, false, 7},
           {"700e-3", 0, more_decimals, false, 0},
           {"100.00e-2", 0, none, false, 1},
           {"0.00001e5", 0, none, false, 1},
           {"5e-6", 6, none, false, 5},
           {"5e-7", 6, more_decimals, false, 0},
           {"9007199254740993", 0, none, false, 9'007'199'254'740'993},
           {"9007199254740993.0", 0, none, false, 9'007'199'254'740'993},
           {"18446744073709551615", 0, none, false, UINT64_MAX},
           {"1844674407370955161.5", 1, none, false, UINT64_MAX},
           {"18446744073709551616", 0, too_large, false, 0},
           {"1e20", 0, too_large, false, 0},
           {"1e999999999999999999999", 0, too_large, false, 0},
           {"1e-999999999999999999999", 9, more_decimals, false, 0},
           {"99999999999999999999999999", 0, too_large, false, 0},
           {"", 0, malformed, false, 0},
           {"-", 0, malformed, false, 0},
           {"+1", 0, malformed, false, 0},
           {"--1", 0, malformed, false, 0},
           {"00", 0, malformed, false, 0},
           {"-01", 0, malformed, false, 0},
           {".5", 1, malformed, false, 0},
           {"5.", 1, malformed, false, 0},
           {"1.5.5", 2, malformed, false, 0},
           {"1e", 0, malformed, false, 0},
           {"1e+", 0, malformed, false, 0},
           {"1e1.5", 0, malformed, false, 0},
           {"1 ", 0, malformed, false, 0},
           {" 1", 0, malformed, false, 0},
           {"1,5", 1, malformed, false, 0},
           {"1'000", 0, malformed, false, 0},
           {"0x1F", 0, malformed, false, 0},
           {"1f", 0, malformed, false, 0},
           {"inf", 0, malformed, false, 0},
           {"nan", 0, malformed, false, 0},
           {"\xd9\xa1", 0, malformed, false, 0},
       }) {
    bool negative = false;
    std::uint64_t magnitude = 0;
    EXPECT_EQ(parse_scaled(n.text, n.decimals, negative, magnitude), n.fault) << n.text;
    if (n.fault != none) continue;
    EXPECT_EQ(negative, n.negative) << n.text;
    EXPECT_EQ(magnitude, n.magnitude) << n.text;
  }
}

TEST(ParseScaled, EqualValuesInManyForms) {
  RandomRows source(21);
  for (int round = 0; round < 20'000; ++round) {
    const std::uint64_t value = source.bits() >> source.below_n(64);
    const int decimals = static_cast<int>(source.below_n(10));
    std::string digits = std::to_string(value);
    digits.append(source.below_n(30), '0');  // to be taken back by the exponent
    const auto zeros = static_cast<std::int64_t>(digits.size() - std::to_string(value).size());
    // A point somewhere behind the first digit, or none; no zeros in front.
    const auto whole = static_cast<std::size_t>(1 + source.below_n(digits.size()));
    if (digits[0] == '0' && whole > 1) continue;
    const auto behind = static_cast<std::int64_t>(digits.size() - whole);
    if (behind > 0) digits.insert(whole, ".");
    const std::string text = digits + "e" + std::to_string(behind - zeros - decimals);
    bool negative = true;
    std::uint64_t magnitude = 0;
    ASSERT_EQ(parse_scaled(text, decimals, negative, magnitude), NumberFault::none)
        << text << " " << decimals;
    ASSERT_EQ(magnitude, value) << text;
    ASSERT_FALSE(negative);
  }
}

TEST(Excerpt, CutsAtWholeCharactersAndHidesControls) {
  EXPECT_EQ(excerpt("abc"), "'abc'");
  EXPECT_EQ(excerpt(""), "''");
  EXPECT_EQ(excerpt("a\n\tb\x7f"), "'a??b?'");
  EXPECT_EQ(excerpt(std::string(60, 'x')), "'" + std::string(60, 'x') + "'");
  EXPECT_EQ(excerpt(std::string(59, 'x') + "漢字"), "'" + std::string(59, 'x') + "…'");
}

}  // namespace
}  // namespace racesim
