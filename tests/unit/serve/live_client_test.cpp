// Goal: a client gets a snapshot and then every event once, in order; one that cannot keep up is thinned,
// then cut, and told; it never holds up another one. Method: a feed with a clock that stands, and connections
// that take what is written when the test says so.
#include "serve/live/live_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/serve/live_world.h"

namespace racesim::serve {
namespace {

using http::StreamKind;
using testing::ElementsAre;
using testing::HasSubstr;

class TestClient {
 public:
  explicit TestClient(LiveWorld& world, Subscription subscription = {},
                      StreamKind kind = StreamKind::websocket)
      : client(world.feed, kind, std::move(subscription)) {
    client.begin(writer);
    client.on_room();
  }
  void sent() {
    writer.busy = false;
    client.on_room();
  }
  std::vector<std::string> messages() { return writer.messages(); }

  NotingWriter writer;
  LiveClient client;
};

std::string event(const std::string& data) {
  return R"({"type":"event","data":)" + data + "}";
}

TEST(LiveClientTest, SnapshotFirstThenEachEventOnce) {
  LiveWorld world;
  world.add({{"{\"n\":1}", 1}, {"{\"n\":2}", 2}, {"{\"n\":3}", 1}});
  world.deliver();
  TestClient client(world);
  EXPECT_THAT(client.messages(), ElementsAre(R"({"type":"snapshot","items":[{"n":3},{"n":2}]})"));
  world.add({{"{\"n\":4}", 1}});
  world.deliver();
  EXPECT_THAT(client.messages(), ElementsAre()) << "the snapshot is still on its way";
  client.sent();
  world.add({{"{\"n\":5}", 1}, {"{\"n\":6}", 2, 1}, {"{\"n\":", 2, 0, true}});
  world.deliver();
  client.sent();
  EXPECT_THAT(client.messages(), ElementsAre(event("{\"n\":4}"), event("{\"n\":5}"),
                                             R"({"type":"event","stream":"laps","data":{"n":6}})",
                                             R"({"type":"corrupt","data":"{\"n\":"})"));
}

TEST(LiveClientTest, ClientsShareTheirBytes) {
  LiveWorld world;
  TestClient a(world), b(world);
  a.sent();
  b.sent();
  a.messages();
  b.messages();
  world.add({{"{\"n\":1}"}});
  world.deliver();
  ASSERT_EQ(a.writer.parts.size(), 1u);
  EXPECT_EQ(a.writer.parts.front(), b.writer.parts.front());
}

TEST(LiveClientTest, TheSlowAreThinnedThenCutAndTheOthersAreNot) {
  LiveWorld world;
  TestClient slow(world), quick(world);
  slow.sent();
  slow.messages();
  int got = 0, told = 0;
  for (int i = 0; i < 40 && !slow.writer.ended; ++i) {
    world.add({{"{\"n\":" + std::to_string(i) + "}", 1}});
    world.deliver();
    quick.sent();
    world.clock.advance(1'000'000'000);
    if (i % 4 != 3) continue;
    slow.sent();  // after four seconds
    for (const std::string& message : slow.messages())
      if (message.find("\"thinned\"") != std::string::npos) ++told;
  }
  for (const std::string& message : quick.messages())
    got += message.find("\"event\"") != std::string::npos ? 1 : 0;
  EXPECT_EQ(slow.writer.ended, http::kCloseTryLater);
  EXPECT_EQ(told, LiveLimits().thinned_most);
  EXPECT_FALSE(quick.writer.ended);
  EXPECT_GE(got, 20);
}

TEST(LiveClientTest, ThinningSaysHowManyAndShowsHowThingsStand) {
  LiveWorld world;
  TestClient client(world);
  client.sent();
  client.messages();
  world.add({{"{\"n\":1}", 1}});
  world.deliver();  // takes the room
  for (int i = 2; i <= 9; ++i) world.add({{"{\"n\":" + std::to_string(i) + "}", 1}});
  world.deliver();
  client.messages();
  world.clock.advance(2'100'000'000);
  client.sent();
  EXPECT_THAT(client.messages(), ElementsAre(HasSubstr(R"("type":"thinned","skipped":8)"),
                                             R"({"type":"snapshot","items":[{"n":9}]})"));
}

TEST(LiveClientTest, WhoTakesNothingIsCut) {
  LiveWorld world;
  TestClient client(world);  // the snapshot never goes out
  client.client.on_tick(world.clock.now_ns() + 9'000'000'000);
  EXPECT_FALSE(client.writer.ended);
  client.client.on_tick(world.clock.now_ns() + 11'000'000'000);
  EXPECT_EQ(client.writer.ended, http::kCloseTryLater);
}

TEST(LiveClientTest, RateSendsTheNewestOfEachEntity) {
  LiveWorld world;
  Subscription subscription;
  subscription.rate_hz = 1;
  TestClient client(world, subscription);
  client.sent();
  client.messages();
  world.add({{"{\"n\":1}", 1}});
  world.deliver();
  EXPECT_THAT(client.messages(), ElementsAre(event("{\"n\":1}")));
  client.sent();
  for (int i = 2; i < 10; ++i)
    world.add({{"{\"n\":" + std::to_string(i) + "}", static_cast<std::uint32_t>(i % 2)}});
  world.deliver();
  EXPECT_THAT(client.messages(), ElementsAre());
  world.clock.advance(1'000'000'000);
  client.client.on_tick(world.clock.now_ns());
  EXPECT_THAT(client.messages(), ElementsAre(event("{\"n\":8}"), event("{\"n\":9}")));
}

TEST(LiveClientTest, FieldsOfTheMainStream) {
  LiveWorld world;
  Subscription subscription;
  subscription.fields = *FieldChoice::parse("speed_kmh,location", packets().rows.front().schema());
  TestClient client(world, subscription);
  client.sent();
  client.messages();
  world.add(
      {{R"({"vehicle_id":"a\",\"speed_kmh\":1","location":{"lat":1.0,"lon":[2,"}"]},"speed_kmh":73.4,"gear":4})"}});
  world.deliver();
  EXPECT_THAT(client.messages(),
              ElementsAre(event(R"({"location":{"lat":1.0,"lon":[2,"}"]},"speed_kmh":73.4})")));
  const auto unknown = FieldChoice::parse("speed", packets().rows.front().schema());
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().hint, HasSubstr("speed_kmh"));
}

TEST(LiveClientTest, EventStreamsGoOnWhereTheyWere) {
  LiveWorld world;
  world.add({{"{\"n\":1}"}, {"{\"n\":2}"}, {"{\"n\":3}"}});
  world.deliver();
  world.clock.advance(60'000'000'000);
  Subscription subscription;
  subscription.after_id = 1;
  TestClient client(world, subscription, StreamKind::event_stream);
  const std::string epoch = world.feed.epoch();
  EXPECT_EQ(client.writer.text,
            "id: " + epoch + "-2\ndata: {\"n\":2}\n\nid: " + epoch + "-3\ndata: {\"n\":3}\n\n");
}

TEST(LiveClientTest, FollowsTheScenarioThatWasStartedLast) {
  LiveWorld world;
  TestClient follows(world);
  Subscription subscription;
  subscription.scenario = &packets();
  TestClient stays(world, subscription);
  follows.sent();
  stays.sent();
  follows.messages();
  stays.messages();
  const ScenarioEntry& other = *find_scenario("race");
  world.feed.select(other);
  world.feed.ring(other).append(forms_of_run(3), batch_of({{"{\"car\":1}", 1}}), 0, 1);
  world.deliver();
  EXPECT_THAT(follows.messages(), ElementsAre(R"({"type":"snapshot","items":[{"car":1}]})"));
  EXPECT_THAT(stays.messages(), ElementsAre());
}

}  // namespace
}  // namespace racesim::serve
