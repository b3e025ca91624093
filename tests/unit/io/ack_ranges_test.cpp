// Goal: a listener is told of each event once, of neighbours together. Method: events one by one, with gaps
// and from two batches.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/ack_listener.h"
#include "support/wire_batches.h"

namespace racesim {
namespace {

using testing::ElementsAre;

struct Notes final : AckListener {
  void on_acked(const WireBatch& batch, std::size_t first, std::size_t last) override {
    calls.push_back(std::to_string(batch.first_ordinal) + "+" + std::to_string(first) + ".." +
                    std::to_string(last));
  }
  std::vector<std::string> calls;
};

TEST(AckRangesTest, NeighboursAreOneCall) {
  const SharedBatch a = test::make_batch({"a", "b", "c", "d", "e"});
  const SharedBatch b = test::make_batch({"f", "g"}, 5);
  Notes notes;
  {
    AckRanges ranges(&notes, &AckListener::on_acked);
    for (const std::size_t event : {0u, 1u, 2u, 4u}) ranges.add(*a, event);
    ranges.add(*b, 0);
    ranges.add(*b, 1);
    ranges.add(*a, 3);
  }
  EXPECT_THAT(notes.calls, ElementsAre("0+0..3", "0+4..5", "5+0..2", "0+3..4"));
}

TEST(AckRangesTest, NobodyNeedsToListen) {
  AckRanges ranges(nullptr, &AckListener::on_acked);
  ranges.add(*test::make_batch({"a"}), 0);
}

}  // namespace
}  // namespace racesim
