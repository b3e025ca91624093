#include "serve/live/live_client.h"

#include <set>
#include <utility>

namespace racesim::serve {

LiveClient::LiveClient(LiveFeed& feed, http::StreamKind kind, Subscription subscription)
    : feed_(feed),
      kind_(kind),
      subscription_(std::move(subscription)),
      scenario_(subscription_.scenario != nullptr ? subscription_.scenario : &feed.current()) {
  feed_.add(*this);
}

LiveClient::~LiveClient() {
  feed_.remove(*this);
}

void LiveClient::begin(http::StreamWriter& to) {
  to_ = &to;
  const std::uint64_t after = subscription_.after_id;
  // What has been overwritten since is told as any other gap.
  greeted_ = after > 0 && after < ring().end_id();
  catching_up_ = greeted_;
  if (greeted_) next_id_ = after + 1;
}

void LiveClient::on_tick(std::int64_t now_ns) {
  if (to_ == nullptr) return;
  if (!to_->has_room() && wrote_ns_ > 0 && now_ns - wrote_ns_ > feed_.limits().stalled_ns)
    return to_->end(http::kCloseTryLater, "too slow: nothing was taken for a while; ask for less");
  pump();
}

// What is shown has changed: the client is greeted anew.
void LiveClient::follow_current() {
  if (subscription_.scenario != nullptr || scenario_ == &feed_.current()) return;
  scenario_ = &feed_.current();
  greeted_ = false;
}

void LiveClient::pump() {
  if (to_ == nullptr || !to_->has_room()) return;
  follow_current();
  Pieces pieces;
  if (!greeted_) {
    greet(pieces);
  } else if (subscription_.rate_hz > 0) {
    take_newest(pieces);
  } else if (is_behind()) {
    thin(pieces);
  } else if (subscription_.fields.all()) {
    take_whole(pieces);
  } else {
    take_chosen(pieces);
  }
  if (pieces.empty() || !to_->has_room()) return;
  wrote_ns_ = feed_.clock().now_ns();
  to_->write(std::move(pieces));
}

void LiveClient::greet(Pieces& pieces) {
  greeted_ = true;
  next_id_ = ring().end_id();
  const std::vector<EventPlace> latest = latest_events(ring(), feed_.limits().snapshot_items);
  const bool named = kind_ == http::StreamKind::websocket;  // an event stream has a line for the type
  std::string text;
  append_message(items_message(latest, subscription_.fields, named ? "snapshot" : ""), "snapshot", text);
  pieces.push_back(std::make_shared<const std::string>(std::move(text)));
}

bool LiveClient::is_behind() {
  catching_up_ = catching_up_ && next_id_ < ring().end_id();
  if (next_id_ >= ring().end_id()) return false;
  if (next_id_ < ring().begin_id()) return true;
  // Who comes back reads what was missed, however old it is.
  if (catching_up_) return false;
  const std::shared_ptr<const EventChunk>& oldest = ring().chunks()[ring().chunk_of(next_id_)];
  return feed_.clock().now_ns() - oldest->taken_ns() > feed_.limits().behind_ns;
}

void LiveClient::thin(Pieces& pieces) {
  const std::int64_t now_ns = feed_.clock().now_ns();
  if (thinned_ == 0 || now_ns - thinned_since_ns_ > feed_.limits().window_ns) {
    thinned_ = 0;
    thinned_since_ns_ = now_ns;
  }
  if (++thinned_ > feed_.limits().thinned_most)
    return to_->end(http::kCloseTryLater, "too slow: thinned again and again; ask for less");
  std::string notice;
  append_message(thinned_message(ring().end_id() - next_id_), "thinned", notice);
  pieces.push_back(std::make_shared<const std::string>(std::move(notice)));
  greet(pieces);
}

/// Bytes that all clients share, where that is possible.
void LiveClient::take_whole(Pieces& pieces) {
  const EventRing::Chunks& chunks = ring().chunks();
  std::size_t bytes = 0;
  for (std::size_t c = ring().chunk_of(next_id_); c < chunks.size() && bytes < feed_.limits().write_bytes;
       ++c) {
    const EventChunk& chunk = *chunks[c];
    if (next_id_ > chunk.first_id()) {
      std::string part;
      for (std::size_t i = next_id_ - chunk.first_id(); i < chunk.size(); ++i) append_event(chunk, i, part);
      append_last(part);
      pieces.push_back(std::make_shared<const std::string>(std::move(part)));
    } else if (subscription_.is_binary) {
      std::string forms;
      tell_forms(chunk, forms);
      if (!forms.empty()) pieces.push_back(std::make_shared<const std::string>(std::move(forms)));
      pieces.push_back(chunk.binary_frames());
    } else {
      pieces.push_back(kind_ == http::StreamKind::websocket ? chunk.frames()
                                                            : chunk.server_sent(feed_.epoch()));
    }
    bytes += pieces.back()->size();
    next_id_ = chunk.end_id();
  }
}

void LiveClient::take_chosen(Pieces& pieces) {
  const EventRing::Chunks& chunks = ring().chunks();
  std::string text;
  for (std::size_t c = ring().chunk_of(next_id_);
       c < chunks.size() && text.size() < feed_.limits().write_bytes; ++c) {
    const EventChunk& chunk = *chunks[c];
    const std::size_t first = next_id_ > chunk.first_id() ? next_id_ - chunk.first_id() : 0;
    for (std::size_t i = first; i < chunk.size(); ++i) append_event(chunk, i, text);
    append_last(text);
    next_id_ = chunk.end_id();
  }
  if (!text.empty()) pieces.push_back(std::make_shared<const std::string>(std::move(text)));
}

/// The last event of each stream's entities since the last time.
void LiveClient::take_newest(Pieces& pieces) {
  const std::int64_t now_ns = feed_.clock().now_ns();
  if (now_ns < due_ns_ || next_id_ >= ring().end_id()) return;
  due_ns_ = now_ns + static_cast<std::int64_t>(1e9 / subscription_.rate_hz);
  std::vector<EventPlace> newest;
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
  const EventRing::Chunks& chunks = ring().chunks();
  for (auto chunk = chunks.rbegin(); chunk != chunks.rend() && (*chunk)->end_id() > next_id_; ++chunk)
    for (std::size_t i = (*chunk)->size(); i-- > 0 && (*chunk)->first_id() + i >= next_id_;)
      if (seen.emplace((*chunk)->stream(i), (*chunk)->entity(i)).second) newest.push_back({*chunk, i});
  std::string text;
  for (auto place = newest.rbegin(); place != newest.rend(); ++place)
    append_event(*place->chunk, place->index, text);
  append_last(text);
  next_id_ = ring().end_id();
  if (!text.empty()) pieces.push_back(std::make_shared<const std::string>(std::move(text)));
}

/// In front of the first event of a run.
void LiveClient::tell_forms(const EventChunk& chunk, std::string& to) {
  if (told_ == chunk.shared_forms()) return;
  append_last(to);
  told_ = chunk.shared_forms();
  binary_.emplace(*told_, subscription_.fields);
  http::append_text_frame(forms_message(*told_, subscription_.fields), to);
}

/// What still waits for its neighbours.
void LiveClient::append_last(std::string& to) {
  if (binary_) binary_->flush(to);
}

void LiveClient::append_event(const EventChunk& chunk, std::size_t i, std::string& to) {
  if (subscription_.is_binary) {
    tell_forms(chunk, to);
    return binary_->add(chunk, i, to);
  }
  std::string chosen;
  const std::string_view data = chosen_line(chunk, i, subscription_.fields, chosen);
  if (kind_ == http::StreamKind::event_stream) return append_server_sent(chunk, i, data, feed_.epoch(), to);
  std::string message;
  append_event_message(chunk, i, data, message);
  http::append_text_frame(message, to);
}

void LiveClient::append_message(std::string_view message, std::string_view event, std::string& to) const {
  if (kind_ == http::StreamKind::websocket) return http::append_text_frame(message, to);
  to.append("event: ").append(event).append("\ndata: ").append(message).append("\n\n");
}

}  // namespace racesim::serve
