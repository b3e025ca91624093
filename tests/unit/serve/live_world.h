// A feed with a clock that stands, batches of events, and a client's connection that only notes.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "serve/live/live_client.h"
#include "sim/registry.h"
#include "support/fake_clock.h"

namespace racesim::serve {

inline const ScenarioEntry& packets() {
  return *find_scenario("fleet");
}

inline std::shared_ptr<const LiveForms> forms_of_run(std::uint32_t run) {
  auto forms = std::make_shared<LiveForms>();
  forms->run = run;
  forms->stream_names = {"telemetry", "laps"};
  forms->schemas = {&packets().rows.front().schema(), &packets().rows.front().schema()};
  return forms;
}

struct TestEvent {
  std::string line;
  std::uint32_t entity = 0;
  std::uint32_t stream = 0;
  bool corrupt = false;
};

inline WireBatch batch_of(const std::vector<TestEvent>& events) {
  WireBatch batch;
  for (const TestEvent& event : events) {
    EventHead head;
    head.entity = event.entity;
    batch.append(event.stream, head, event.line + "\n",
                 static_cast<std::uint8_t>(event.corrupt ? kFaultCorrupt : 0));
  }
  return batch;
}

/// Takes what is written when the test says so.
class NotingWriter final : public http::StreamWriter {
 public:
  bool has_room() const override { return !busy && !ended; }
  void write(std::vector<http::SharedText> pieces) override {
    EXPECT_TRUE(has_room());
    busy = true;
    ++writes;
    for (const http::SharedText& piece : pieces) {
      parts.push_back(piece);
      text += *piece;
    }
  }
  void end(std::uint16_t code, std::string) override { ended = code; }

  /// Messages of the frames that were written, which are forgotten then.
  std::vector<std::string> messages() {
    std::vector<std::string> all;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t size = static_cast<unsigned char>(text[at + 1]), head = 2;
      if (size == 126) {
        size = static_cast<unsigned char>(text[at + 2]) * 256u + static_cast<unsigned char>(text[at + 3]);
        head = 4;
      } else if (size == 127) {
        size = 0;
        for (int i = 2; i < 10; ++i)
          size = size * 256 + static_cast<unsigned char>(text[at + static_cast<std::size_t>(i)]);
        head = 10;
      }
      all.push_back(text.substr(at + head, size));
      at += head + size;
    }
    text.clear();
    parts.clear();
    return all;
  }

  bool busy = false;
  std::optional<std::uint16_t> ended;
  int writes = 0;
  std::vector<http::SharedText> parts;
  std::string text;
};

/// The feed's thread is the test's.
class LiveWorld {
 public:
  explicit LiveWorld(const LiveLimits& limits = {})
      : feed(limits, packets(), clock, [this](std::int64_t delay_ns, std::function<void()> call) {
          later.emplace_back(delay_ns, std::move(call));
        }) {}

  EventRing& ring() { return feed.ring(packets()); }
  void add(const std::vector<TestEvent>& events) { ring().append(forms, batch_of(events), 0, events.size()); }
  /// Runs what was put off.
  void deliver() {
    while (!later.empty()) {
      const auto [delay_ns, call] = std::move(later.front());
      later.pop_front();
      clock.advance(delay_ns);
      call();
    }
  }

  test::FakeClock clock;
  std::shared_ptr<const LiveForms> forms = forms_of_run(1);
  std::deque<std::pair<std::int64_t, std::function<void()>>> later;
  LiveFeed feed;
};

}  // namespace racesim::serve
