// Goal: who was overtaken is told, wherever and however early the other came. Method: a small run whose lines
// are moved by hand; the order property has the random ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "support/moved_lines.h"

namespace racesim {
namespace {

using namespace verify_test;

TEST(OrderJudge, KeepsOrderPerEntityOnly) {
  const std::uint32_t first = small_race().sent[0].head.entity;
  Lines lines = lines_of(small_race());
  // All events of one car behind those of the others, and by turns again.
  Lines sorted;
  for (const bool own : {false, true})
    for (std::size_t i = 0; i < lines.size(); ++i)
      if ((small_race().sent[i].head.entity == first) == own) sorted.push_back(lines[i]);
  EXPECT_EQ(named_of(small_race(), sorted), "");
  const std::size_t a = of_entity(small_race(), first)[50];
  std::size_t b = a + 1;
  while (small_race().sent[b].head.entity == first) ++b;
  std::swap(lines[a], lines[b]);
  EXPECT_EQ(named_of(small_race(), lines), "");
}

TEST(OrderJudge, AnEventThatComesEarlyOvertakesAllBetween) {
  const std::vector<std::size_t> own = of_entity(small_race(), small_race().sent[0].head.entity);
  const Lines lines = lines_of(small_race());
  const Lines late = with_inserted(without(lines, own[20], own[20] + 1), own[60], {lines[own[20]]});
  EXPECT_EQ(named_of(small_race(), late), "reordered 1");
  const Lines early = with_inserted(without(lines, own[60], own[60] + 1), own[20], {lines[own[60]]});
  EXPECT_EQ(named_of(small_race(), early), "reordered 40");
}

TEST(OrderJudge, WhoWasOvertakenIsToldWhereItCame) {
  const Lines lines = lines_of(small_race());
  const std::vector<std::size_t> own = of_entity(small_race(), small_race().sent[100].head.entity);
  const auto from = *std::find_if(own.begin(), own.end(), [](std::size_t i) { return i > 120; });
  const VerifyResult result = verify_text(
      small_race(), joined(small_race(), with_inserted(without(lines, from, from + 1), 90, {lines[from]})));
  const auto overtaken = std::find_if(own.begin(), own.end(), [](std::size_t i) { return i >= 90; });
  const auto count = std::find(own.begin(), own.end(), from) - overtaken;
  ASSERT_EQ(named(result.findings), "reordered " + std::to_string(count));
  EXPECT_EQ(result.findings.examples.front().place, std::to_string(*overtaken + 2));
}

/// Beyond the window it is known by its identity until its event is made.
TEST(OrderJudge, AnEventThatComesFarAheadOvertakesAllBetween) {
  const std::vector<std::size_t> own = of_entity(small_race(), small_race().sent[0].head.entity);
  const Lines lines = lines_of(small_race());
  const Lines late = with_inserted(without(lines, own[20], own[20] + 1), own[250], {lines[own[20]]});
  EXPECT_EQ(named_of(small_race(), late, small_window()), "reordered 1");
  const Lines early = with_inserted(without(lines, own[250], own[250] + 1), own[20], {lines[own[250]]});
  EXPECT_EQ(named_of(small_race(), early, small_window()), "reordered 230");
}

}  // namespace
}  // namespace racesim
