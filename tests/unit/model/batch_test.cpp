// Goal: a batch of several streams knows which stream each event belongs to and what its id is. Method:
// batches put together by hand.
#include "model/batch.h"

#include <gtest/gtest.h>

namespace racesim {
namespace {

WireBatch batch_of(const std::vector<std::string>& lines) {
  WireBatch batch;
  batch.run = 0xa1b2c3d4;
  for (const std::string& line : lines) {
    batch.text.reserve_more(line.size());
    line.copy(batch.text.data() + batch.text.size(), line.size());
    batch.text.set_size(batch.text.size() + line.size());
    batch.ends.push_back(static_cast<std::uint32_t>(batch.text.size()));
    batch.heads.push_back({0, 63, 63, batch.heads.size()});
  }
  return batch;
}

std::shared_ptr<const std::vector<StreamTag>> tags(std::vector<StreamTag> list) {
  return std::make_shared<const std::vector<StreamTag>>(std::move(list));
}

TEST(WireBatch, EventsBeforeAnySpanAreOfTheFirstStream) {
  WireBatch batch = batch_of({"a\n", "b\n", "c\n", "d\n"});
  EXPECT_EQ(batch.stream_of(3), 0u);
  batch.spans = {{1, 2}, {3, 0}};
  EXPECT_EQ(batch.stream_of(0), 0u);
  EXPECT_EQ(batch.stream_of(1), 2u);
  EXPECT_EQ(batch.stream_of(2), 2u);
  EXPECT_EQ(batch.stream_of(3), 0u);
  batch.spans = {{0, 1}};
  EXPECT_EQ(batch.stream_of(0), 1u);
}

TEST(WireBatch, AnIdIsInTheLineOrCountedPerStream) {
  WireBatch batch = batch_of({"{id:xyz}\n", "lap\n", "{i\n"});
  batch.streams = tags({{"plays", "t", {4, 3}}, {"laps", "u", {}}});
  batch.spans = {{1, 1}, {2, 0}};
  EXPECT_EQ(batch.event_id(0), "xyz");
  EXPECT_EQ(batch.event_id_in_line(0), "xyz");
  EXPECT_EQ(batch.event_id(1), "a1b2c3d4-laps-63-1");
  EXPECT_EQ(batch.event_id_in_line(1), "");
  EXPECT_EQ(batch.event_id(2), "") << "cut short";
}

TEST(WireBatch, TheFirstStreamHasTheShortIds) {
  const WireBatch batch = batch_of({"x\n"});
  EXPECT_EQ(batch.event_id(0), "a1b2c3d4-63-0");
}

struct BatchRow {
  std::uint32_t number;
  Text name;
  List<Text, 3> tags;
};

}  // namespace

template <>
struct Schema<BatchRow> {
  static constexpr std::string_view name = "batch_rows";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("number", &BatchRow::number), field("name", &BatchRow::name), field("tags", &BatchRow::tags));
};

namespace {

void add_batch_row(RowBatch& rows, std::uint32_t number, std::string_view name,
                   std::initializer_list<std::string_view> tags) {
  BatchRow row{number, name.empty() ? Text{} : rows.add_text(name), {}};
  for (const std::string_view tag : tags) row.tags.items[row.tags.count++] = rows.add_text(tag);
  rows.resize(rows.size() + 1);
  rows.rows<BatchRow>().back() = row;
}

TEST(RowBatch, RowsThatAreAppendedKeepTheirTextsAndWhatTheyLack) {
  RowBatch whole(schema_info<BatchRow>()), part(schema_info<BatchRow>());
  add_batch_row(whole, 1, "one", {"a", "bc"});
  add_batch_row(part, 2, "two", {});
  add_batch_row(part, 3, "", {"def", "", "g"});
  part.missing = {0, 2};
  whole.append(part);
  whole.append(RowBatch(schema_info<BatchRow>()));
  part.clear();
  add_batch_row(part, 4, "four", {"h"});
  whole.append(part);
  ASSERT_EQ(whole.size(), 4U);
  EXPECT_EQ(whole.missing, (std::vector<std::uint64_t>{0, 0, 2, 0}));
  std::string shown;
  for (const BatchRow& row : whole.rows<BatchRow>()) {
    shown += std::to_string(row.number) + std::string(whole.text(row.name));
    for (std::size_t i = 0; i < row.tags.count; ++i)
      shown += "," + std::string(whole.text(row.tags.items[i]));
    shown += ";";
  }
  EXPECT_EQ(shown, "1one,a,bc;2two;3,def,,g;4four,h;");
  EXPECT_EQ(whole.rows<BatchRow>()[2].name.offset, 0U) << "a field that is missing stays all zeros";
}

}  // namespace
}  // namespace racesim
