// Goal: a table of a result lines up whatever letters it holds, fits the terminal, and shows every value.
// Method: the width of texts against the C library's wcwidth; random tables of many scripts, of which each
// line is taken apart again at the columns' places.
#include <gtest/gtest.h>

#include <array>
#include <clocale>
#include <cwchar>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/text_width.h"
#include "cli/commands/query/result_writer.h"

namespace racesim::cli {
namespace {

constexpr std::array<std::string_view, 16> kLetters{"a",  "Z",  "7",  " ",  "é", "ß",       "Ж", "ع",
                                                    "漢", "字", "ハ", "한", "😀", "e\u0301", "…", "ｆ"};

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : key_(stream_key(seed, "cli.query-test", 0)) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(racesim::below(draw(key_, at_++), n)); }
  std::string text(std::size_t most) {
    std::string text;
    for (std::size_t n = below(most + 1); n > 0; --n) text += kLetters[below(kLetters.size())];
    return text;
  }

 private:
  StreamKey key_;
  std::uint64_t at_ = 0;
};

/// As the C library counts.
std::size_t reference_width(const std::string& text) {
  std::vector<wchar_t> wide(text.size() + 1);
  const std::size_t count = std::mbstowcs(wide.data(), text.c_str(), wide.size());
  EXPECT_NE(count, static_cast<std::size_t>(-1));
  std::size_t width = 0;
  for (std::size_t i = 0; i < count; ++i) width += static_cast<std::size_t>(wcwidth(wide[i]));
  return width;
}

std::vector<std::string> written(ResultForm form, const std::vector<std::string>& columns,
                                 const std::vector<std::vector<Cell>>& rows, std::size_t most_columns) {
  std::string text;
  const auto writer =
      make_result_writer(form, columns, most_columns, [&text](std::string_view piece) -> Done {
        text += piece;
        return {};
      });
  for (const std::vector<Cell>& row : rows) EXPECT_TRUE(writer->add(row));
  EXPECT_TRUE(writer->finish());
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

TEST(QueryTable, CountsColumnsAsTheCLibrary) {
  if (std::setlocale(LC_ALL, "C.UTF-8") == nullptr) GTEST_SKIP() << "no C.UTF-8 locale here";
  Draws draws(1);
  for (int round = 0; round < 2000; ++round) {
    const std::string text = draws.text(12);
    EXPECT_EQ(text_columns(text), reference_width(text)) << text;
    const std::size_t most = 1 + draws.below(8);
    const std::string cut = cut_to(text, most);
    EXPECT_LE(reference_width(cut), most) << text;
    if (reference_width(text) <= most) {
      EXPECT_EQ(cut, text);
    }
  }
  std::setlocale(LC_ALL, "C");
}

TEST(QueryTable, LinesUpAndFits) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Draws draws(seed);
    const std::size_t count = 1 + draws.below(5), width = seed % 2 == 0 ? 0 : 30 + draws.below(60);
    std::vector<std::string> columns;
    std::vector<bool> number;
    for (std::size_t i = 0; i < count; ++i) {
      columns.push_back("c" + std::to_string(i));
      number.push_back(draws.below(3) == 0);
    }
    std::vector<std::vector<Cell>> rows(1 + draws.below(6), std::vector<Cell>(count));
    for (std::vector<Cell>& row : rows)
      for (std::size_t i = 0; i < count; ++i)
        row[i] = number[i] ? Cell{Cell::Kind::integer, std::to_string(draws.below(100'000))}
                           : Cell{Cell::Kind::text, draws.text(20)};
    const std::vector<std::string> lines = written(ResultForm::table, columns, rows, width);
    if (!lines.front().starts_with("-- row")) {
      ASSERT_EQ(lines.size(), rows.size() + 1) << "seed " << seed;
      for (std::size_t line = 0; line < lines.size(); ++line) {
        if (width > 0) {
          EXPECT_LE(text_columns(lines[line]), width) << "seed " << seed;
        }
        if (width > 0 || line == 0) continue;
        for (const Cell& cell : rows[line - 1]) EXPECT_NE(lines[line].find(cell.text), std::string::npos);
      }
      // A last column of numbers ends in one place.
      for (const std::string& line : lines)
        EXPECT_TRUE(!number.back() || text_columns(line) == text_columns(lines[0])) << "seed " << seed;
    } else {
      EXPECT_GT(width, 0u);
      EXPECT_EQ(lines.size(), rows.size() * (count + 1)) << "seed " << seed;
    }
  }
}

TEST(QueryTable, WideRowsAreShownValueByValue) {
  std::vector<std::string> columns;
  std::vector<Cell> row;
  for (int i = 0; i < 20; ++i) {
    columns.push_back("number_" + std::to_string(i));
    row.push_back({Cell::Kind::integer, std::to_string(1000 + i)});
  }
  const std::vector<std::string> lines = written(ResultForm::table, columns, {row, row}, 60);
  ASSERT_EQ(lines.size(), 42u);
  EXPECT_EQ(lines[0], "-- row 1");
  EXPECT_EQ(lines[1], "number_0   1000");
  EXPECT_EQ(lines[21], "-- row 2");
}

TEST(QueryTable, EmptyResultsHaveTheirHeader) {
  EXPECT_EQ(written(ResultForm::table, {"a", "b"}, {}, 80), std::vector<std::string>{"a  b"});
  EXPECT_EQ(written(ResultForm::csv, {"a", "b"}, {}, 80), std::vector<std::string>{"a,b"});
  EXPECT_TRUE(written(ResultForm::json, {"a", "b"}, {}, 80).empty());
}

TEST(QueryTable, NumbersOfJsonAreNumbersOfJson) {
  const auto json = [](const char* text) {
    return written(ResultForm::json, {"a"}, {{{Cell::Kind::real, text}}}, 0).front();
  };
  for (const char* good : {"0", "-0", "12", "0.5", "1e300", "-1.25E-7", "9223372036854775807"})
    EXPECT_EQ(json(good), std::string("{\"a\":") + good + "}");
  for (const char* bad : {"NaN", "Inf", "-Inf", "Infinity", ".5", "1.", "01", "1e", "+1", ""})
    EXPECT_EQ(json(bad), std::string("{\"a\":\"") + bad + "\"}");
}

}  // namespace
}  // namespace racesim::cli
