// One client of the live feed: a position in a ring, and at most one write under way.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/http/server/stream.h"
#include "serve/live/binary_messages.h"
#include "serve/live/live_feed.h"
#include "serve/live/messages.h"

namespace racesim::serve {

struct Subscription {
  const ScenarioEntry* scenario = nullptr;  ///< null: whichever was started last
  double rate_hz = 0;  ///< at most so many events per second and entity, the newest; 0: all
  FieldChoice fields;
  bool is_binary = false;      ///< events as binary messages; for WebSockets
  std::uint64_t after_id = 0;  ///< goes on behind this event of `scenario`, or of the one that is current
};

/// The server's thread. `feed` outlives it.
class LiveClient final : public http::LiveStream {
 public:
  LiveClient(LiveFeed& feed, http::StreamKind kind, Subscription subscription);
  ~LiveClient() override;

  void begin(http::StreamWriter& to) override;
  void on_room() override { pump(); }
  void on_tick(std::int64_t now_ns) override;
  /// Sends what there is, if there is room for it.
  void pump();

 private:
  using Pieces = std::vector<http::SharedText>;

  void follow_current();
  void greet(Pieces& pieces);
  void thin(Pieces& pieces);
  bool is_behind();
  void take_whole(Pieces& pieces);
  void take_chosen(Pieces& pieces);
  void take_newest(Pieces& pieces);
  void tell_forms(const EventChunk& chunk, std::string& to);
  void append_event(const EventChunk& chunk, std::size_t i, std::string& to);
  void append_last(std::string& to);
  void append_message(std::string_view message, std::string_view event, std::string& to) const;
  EventRing& ring() const { return feed_.ring(*scenario_); }

  LiveFeed& feed_;
  const http::StreamKind kind_;
  const Subscription subscription_;
  http::StreamWriter* to_ = nullptr;
  const ScenarioEntry* scenario_;
  bool greeted_ = false;
  bool catching_up_ = false;               // with what was missed while it was away
  std::shared_ptr<const LiveForms> told_;  // of binary messages
  std::optional<BinaryWriter> binary_;     // for these
  std::uint64_t next_id_ = 0;
  std::int64_t wrote_ns_ = 0;
  std::int64_t due_ns_ = 0;  // of the next events, with a rate
  int thinned_ = 0;          // times since
  std::int64_t thinned_since_ns_ = 0;
};

}  // namespace racesim::serve
