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

}  // namespace
}  // namespace racesim
