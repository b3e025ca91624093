// Goal: what every generator of master data promises: row i depends on the plan and i alone, ids never
// repeat, seeds differ. Method: compare whole fills with piecewise ones, sort a million ids.
#include "sim/master/generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "model/master.h"
#include "sim/master/cities.h"
#include "sim/master/keyed.h"

namespace racesim {
namespace {

/// Every field of row `i` as text or raw bytes: arena offsets differ between batches, contents must not.
std::string row_content(const RowBatch& batch, std::size_t i) {
  std::string content;
  for (const FieldInfo& field : batch.schema().fields) {
    const char* at = reinterpret_cast<const char*>(batch.row_bytes(i)) + field.offset;
    if (field.type == FieldType::text) {
      Text text;
      std::memcpy(&text, at, sizeof text);
      content += batch.text(text);
    } else {
      content.append(at, field.size);
    }
    content += '\x1f';
  }
  return content;
}

std::vector<std::string> contents(const MasterGenerator& generator, std::size_t batch_rows) {
  std::vector<std::string> rows;
  RowBatch batch(generator.schema());
  for (std::uint64_t first = 0; first < generator.count(); first += batch_rows) {
    const std::size_t n = std::min<std::size_t>(batch_rows, generator.count() - first);
    generator.fill(first, n, batch);
    EXPECT_EQ(batch.size(), n);
    for (std::size_t i = 0; i < n; ++i) rows.push_back(row_content(batch, i));
  }
  return rows;
}

class EachEntity : public testing::TestWithParam<std::size_t> {
 protected:
  const MasterEntity& entity() const { return master_entities()[GetParam()]; }
};

TEST_P(EachEntity, RowsDoNotDependOnTheBatch) {
  MasterPlan plan;
  plan.songs = 2300;
  plan.users = 12'345;
  const auto generator = entity().make(plan);
  if (entity().count != nullptr && entity().name != "teams") {
    EXPECT_EQ(generator->count(), plan.*(entity().count));
  }
  EXPECT_EQ(generator->schema().name, entity().name);
  const auto whole = contents(*generator, 100'000);
  ASSERT_EQ(whole.size(), generator->count());
  EXPECT_EQ(whole, contents(*generator, 1));
  EXPECT_EQ(whole, contents(*generator, 777));
  EXPECT_EQ(whole, contents(*entity().make(plan), 1000));
}

TEST_P(EachEntity, SeedsGiveDifferentRows) {
  MasterPlan plan;
  const auto first = contents(*entity().make(plan), 1000);
  if (entity().name == "checkpoints") GTEST_SKIP() << "they are the track's";
  plan.seed = 43;
  const auto second = contents(*entity().make(plan), 1000);
  ASSERT_EQ(first.size(), second.size());
  EXPECT_NE(first, second);
}

TEST_P(EachEntity, SmallestAndLargestCountsWork) {
  if (entity().count == nullptr) GTEST_SKIP() << "nobody chooses how many there are";
  MasterPlan plan;
  plan.*(entity().count) = 1;
  EXPECT_EQ(contents(*entity().make(plan), 10).size(), 1U);
  plan.*(entity().count) = entity().max_count;
  const auto largest = entity().make(plan);
  RowBatch batch(largest->schema());
  largest->fill(largest->count() - 1, 1, batch);
  EXPECT_EQ(batch.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Master, EachEntity, testing::Range<std::size_t>(0, 8),
                         [](const auto& param) { return std::string(master_entities()[param.param].name); });

TEST(MasterEntities, AreFoundByName) {
  for (const MasterEntity& entity : master_entities()) EXPECT_EQ(find_master_entity(entity.name), &entity);
  EXPECT_EQ(find_master_entity("trucks"), nullptr);
  EXPECT_EQ(find_master_entity("locations")->max_count, kCityCount);
}

TEST(UniqueUuid, NeverRepeatsAndHasTheVersion4Form) {
  const StreamKey key = stream_key(42, "test.id", 0);
  constexpr std::uint64_t kCount = 1'000'000;
  std::vector<std::uint64_t> low_halves;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    const Uuid id = unique_uuid(key, i);
    ASSERT_EQ(id.bytes[6] >> 4, 4);
    ASSERT_EQ(id.bytes[8] >> 6, 2);
    std::uint64_t low = 0;
    for (std::size_t b = 8; b < 16; ++b) low = low << 8 | id.bytes[b];
    low_halves.push_back(low);
  }
  std::sort(low_halves.begin(), low_halves.end());
  EXPECT_EQ(std::adjacent_find(low_halves.begin(), low_halves.end()), low_halves.end());
}

TEST(Permute, IsABijectionOfEverySize) {
  for (const std::uint64_t n : {1ULL, 2ULL, 3ULL, 16ULL, 17ULL, 1000ULL, 10'000ULL}) {
    std::vector<bool> seen(n);
    for (std::uint64_t i = 0; i < n; ++i) {
      const std::uint64_t image = permute(stream_key(7, "test.permute", n), i, n);
      ASSERT_LT(image, n);
      ASSERT_FALSE(seen[image]);
      seen[image] = true;
    }
  }
}

}  // namespace
}  // namespace racesim
