// Goal: rows of one scope come together and keep their order, whatever types name the scope. Method: random
// rows against a stable sort by the scope's values.
#include "io/stores/scope_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace racesim {

struct ScopedRow {
  Hex32 run;
  Text name;
  std::uint16_t car;
  std::uint64_t seq;
};
template <>
struct Schema<ScopedRow> {
  static constexpr std::string_view name = "scoped_rows";
  static constexpr int version = 1;
  static constexpr auto fields =
      std::make_tuple(field("run", &ScopedRow::run), field("name", &ScopedRow::name),
                      field("car", &ScopedRow::car), field("seq", &ScopedRow::seq));
};

namespace {

constexpr std::string_view kScopedBy[] = {"run", "name", "car"};

/// (values of the scope, number of the row) of each row, in that order.
using ScopedPlaces = std::vector<std::pair<std::string, std::uint32_t>>;

std::string scope_text(const RowBatch& rows, std::uint32_t row) {
  const ScopedRow& r = rows.rows<ScopedRow>()[row];
  return std::to_string(r.run.value) + "/" + std::string(rows.text(r.name)) + "/" + std::to_string(r.car);
}

TEST(ScopeOrder, BringsRowsOfOneScopeTogetherInTheirOrder) {
  std::mt19937 random(3);
  ScopeOrder order(schema_info<ScopedRow>(), {kScopedBy, "seq"});
  for (int round = 0; round < 20; ++round) {
    RowBatch rows(schema_info<ScopedRow>());
    for (std::uint32_t i = 0; i < 500; ++i) {
      const Text name = rows.add_text(random() % 2 == 0 ? "HAL" : "VER");
      rows.resize(rows.size() + 1);
      rows.rows<ScopedRow>().back() = {{static_cast<std::uint32_t>(random() % 2)},
                                       name,
                                       static_cast<std::uint16_t>(random() % 5),
                                       random()};
    }
    const std::vector<std::uint32_t> found = order.of(rows);
    ScopedPlaces places, expected;
    for (const std::uint32_t row : found) places.emplace_back(scope_text(rows, row), row);
    expected = places;
    std::sort(expected.begin(), expected.end());
    // Groups may come in any order, but each only once and with its rows ascending.
    ASSERT_EQ(places.size(), rows.size());
    std::vector<std::string> groups;
    for (const auto& [scope, row] : places)
      if (groups.empty() || groups.back() != scope) groups.push_back(scope);
    std::stable_sort(places.begin(), places.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    EXPECT_EQ(places, expected);
    std::sort(groups.begin(), groups.end());
    EXPECT_EQ(std::adjacent_find(groups.begin(), groups.end()), groups.end());
  }
}

TEST(ScopeOrder, LeavesRowsWithoutAScopeAsTheyAre) {
  ScopeOrder order(schema_info<ScopedRow>(), {{}, "seq"});
  RowBatch rows(schema_info<ScopedRow>());
  rows.resize(3);
  EXPECT_EQ(order.of(rows), (std::vector<std::uint32_t>{0, 1, 2}));
}

}  // namespace
}  // namespace racesim
