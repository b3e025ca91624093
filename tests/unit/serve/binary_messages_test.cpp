// Goal: with binary messages a client gets the events that it would get as text, told first what their
// columns are; what is no row comes as text; clients share their bytes, are thinned and choose as with JSON.
// Method: a feed with a clock that stands, lines of random packets, and a reader that knows only the format's
// page.
#include "serve/live/binary_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/encoder.h"
#include "model/fleet.h"
#include "support/column_reader.h"
#include "support/random_rows.h"
#include "unit/serve/live_world.h"

namespace racesim::serve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Subscription as_binary() {
  Subscription subscription;
  subscription.is_binary = true;
  return subscription;
}

/// Lines of random packets, without their line ends.
std::vector<std::string> packet_lines(std::size_t count) {
  RandomRows source(31);
  RowBatch rows(schema_info<FleetRow>());
  source.add(rows, count);
  rows.heads.resize(rows.size());
  WireBatch wire;
  (*make_encoder(rows.schema(), "json"))->encode(rows, wire);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < wire.size(); ++i) {
    lines.emplace_back(wire.line(i));
    lines.back().pop_back();
  }
  return lines;
}

class BinaryClient {
 public:
  explicit BinaryClient(LiveWorld& world, Subscription subscription = as_binary())
      : client(world.feed, http::StreamKind::websocket, std::move(subscription)) {
    client.begin(writer);
    client.on_room();
  }
  /// Text messages, and of binary ones the lines of their events behind the name of their form.
  std::vector<std::string> take() {
    writer.busy = false;
    client.on_room();
    std::vector<std::string> seen;
    for (const std::string& message : writer.messages()) {
      if (message.starts_with('{')) {
        const nlohmann::json text = nlohmann::json::parse(message);
        if (text["type"] == "forms") forms = text["forms"];
        seen.push_back(text["type"] == "forms" ? "forms of " + text["run"].get<std::string>() : message);
        continue;
      }
      const nlohmann::json& form = forms.at(static_cast<unsigned char>(message[2]));
      for (const std::string& line : ColumnReader(form["fields"].dump()).lines(message))
        seen.push_back(form.value("stream", "main") + " " + line);
    }
    return seen;
  }

  nlohmann::json forms;
  NotingWriter writer;
  LiveClient client;
};

TEST(BinaryMessagesTest, SnapshotFormsAndThenEachEventOnceInItsOrder) {
  const std::vector<std::string> lines = packet_lines(4);
  LiveWorld world;
  BinaryClient client(world);
  EXPECT_THAT(client.take(), ElementsAre(R"({"type":"snapshot","items":[]})"));
  world.add({{lines[0], 1}, {lines[1], 2}, {lines[2], 1, 1}, {lines[3], 2}});
  world.deliver();
  EXPECT_THAT(client.take(), ElementsAre("forms of 00000001", "main " + lines[0], "main " + lines[1],
                                         "laps " + lines[2], "main " + lines[3]));
  world.add({{lines[1], 1}});
  world.deliver();
  EXPECT_THAT(client.take(), ElementsAre("main " + lines[1])) << "the forms are known";
  world.forms = forms_of_run(2);
  world.add({{lines[0], 1}});
  world.deliver();
  EXPECT_THAT(client.take(), ElementsAre("forms of 00000002", "main " + lines[0]));
}

TEST(BinaryMessagesTest, WhatIsNoRowComesAsText) {
  const std::vector<std::string> lines = packet_lines(2);
  LiveWorld world;
  BinaryClient client(world);
  client.take();
  world.add({{lines[0], 1}, {R"({"speed_kmh":1})", 1}, {R"({"torn)", 1, 0, true}, {lines[1], 1}});
  world.deliver();
  EXPECT_THAT(client.take(), ElementsAre("forms of 00000001", "main " + lines[0],
                                         R"({"type":"event","data":{"speed_kmh":1}})",
                                         R"({"type":"corrupt","data":"{\"torn"})", "main " + lines[1]));
}

TEST(BinaryMessagesTest, ClientsShareTheirBytes) {
  LiveWorld world;
  BinaryClient a(world), b(world);
  a.take();
  b.take();
  const std::vector<std::string> lines = packet_lines(2);
  for (int round = 0; round < 2; ++round) {  // the first brings each the forms
    world.add({{lines[0]}, {lines[1]}});
    world.deliver();
    if (round == 0) {
      a.take();
      b.take();
    }
  }
  ASSERT_EQ(a.writer.parts.size(), 1u);
  EXPECT_EQ(a.writer.parts.front(), b.writer.parts.front());
}

TEST(BinaryMessagesTest, RateAndFields) {
  const std::vector<std::string> lines = packet_lines(6);
  LiveWorld world;
  Subscription subscription = as_binary();
  subscription.rate_hz = 1;
  subscription.fields = *FieldChoice::parse("gear,location", packets().rows.front().schema());
  BinaryClient client(world, std::move(subscription));
  client.take();
  for (std::size_t i = 0; i < lines.size(); ++i) world.add({{lines[i], static_cast<std::uint32_t>(i % 2)}});
  world.deliver();
  const auto chosen = [&](std::size_t i) {
    std::string text;
    FieldChoice::parse("gear,location", packets().rows.front().schema())->append(lines[i], text);
    return "main " + text;
  };
  EXPECT_THAT(client.take(), ElementsAre("forms of 00000001", chosen(4), chosen(5)));
}

TEST(BinaryMessagesTest, WhoIsBehindIsThinned) {
  const std::vector<std::string> lines = packet_lines(3);
  LiveWorld world;
  BinaryClient client(world);
  client.take();
  world.add({{lines[0], 1}});
  world.deliver();  // takes the room
  world.add({{lines[1], 1}, {lines[2], 1}});
  world.deliver();
  client.writer.messages();
  world.clock.advance(2'100'000'000);
  EXPECT_THAT(client.take(), ElementsAre(HasSubstr(R"("type":"thinned","skipped":2)"),
                                         R"({"type":"snapshot","items":[)" + lines[2] + "]}"));
}

}  // namespace
}  // namespace racesim::serve
