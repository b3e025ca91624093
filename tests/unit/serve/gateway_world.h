// What resolvers ask, without a server: a feed, a book of runs, live results that are made at once.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "codec/encoder.h"
#include "live_world.h"
#include "serve/control/runs.h"
#include "serve/gateway/resolvers.h"
#include "serve/processing/processing.h"
#include "support/race_world.h"

namespace racesim::serve {

/// All writes are done by the test's thread, and are done when the call returns.
class GatewayWorld : public LiveWorld {
 public:
  GatewayWorld() {
    feed.on_delivered([this] { processing.wake(); });
  }

  GatewayParts parts() { return {feed, runs, book, processing, nullptr, clock}; }
  static const ScenarioEntry& races() { return *find_scenario("race"); }

  /// One begins; its events come later.
  void begin_race(std::uint32_t run) {
    ContentOptions content(races());
    content.seed = run;
    content.start_ns = race_test::kStart_ms * 1'000'000;
    auto master = master_of(content);
    ASSERT_TRUE(master) << master.error().what;
    book.add({run, std::move(content), std::move(*master), std::make_shared<const Manifest>()});
    forms_ = std::make_shared<LiveForms>();
    forms_->run = run;
    forms_->stream_names = {"telemetry"};
    forms_->schemas = {&schema_info<TelemetryRow>()};
  }

  /// Events of that race: shown, and what is made of them too.
  void show(const WireBatch& events, std::size_t first, std::size_t last) {
    feed.ring(races()).append(forms_, events, first, last);
    shown_ += last - first;
    deliver();
    while (processing.of(races()).counts().seen < shown_) std::this_thread::yield();
  }

  RunBook book;
  Runs runs{feed, book, nullptr, clock, [](const Error& error) { ADD_FAILURE() << error.what; }};
  Processing processing{feed,
                        book,
                        clock,
                        [](const Error& error) { ADD_FAILURE() << error.what; },
                        {.pause_ns = 0, .watermark_delay_us = 0}};

 private:
  std::shared_ptr<LiveForms> forms_;
  std::uint64_t shown_ = 0;
};

/// Samples of a race as lines.
class RaceLines final : public RowConsumer {
 public:
  explicit RaceLines(const race_test::RaceConfig& config) {
    auto encoder = make_encoder(schema_info<TelemetryRow>(), "json");
    EXPECT_TRUE(encoder);
    encoder_ = std::move(*encoder);
    race_test::play(*race_test::make_race(config), *this);
  }
  void take(std::uint32_t, const RowBatch& rows) override {
    if (rows.schema().name == schema_info<TelemetryRow>().name) encoder_->encode(rows, lines);
  }

  WireBatch lines;

 private:
  std::unique_ptr<Encoder> encoder_;
};

}  // namespace racesim::serve
