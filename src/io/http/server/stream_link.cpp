#include "io/http/server/stream_link.h"

#include "base/check.h"

namespace racesim::http {

StreamLink::StreamLink(StreamKind kind, StreamSocket& socket, std::unique_ptr<LiveStream> stream,
                       const StreamLimits& limits, std::int64_t now_ns)
    : kind_(kind),
      socket_(socket),
      stream_(std::move(stream)),
      limits_(limits),
      reader_(limits.message_bytes),
      heard_ns_(now_ns),
      beat_ns_(now_ns),
      now_ns_(now_ns) {}

std::string StreamLink::head_of(StreamKind kind, const RequestHead& request, std::string_view more) {
  if (kind == StreamKind::websocket) return handshake_answer(request, more);
  // Without a length and with a body that ends with the connection, which HTTP/1.0 knows too.
  return "HTTP/1.1 200 OK\r\nServer: racesim\r\nContent-Type: text/event-stream\r\nCache-Control: "
         "no-store\r\n"
         "X-Accel-Buffering: no\r\nConnection: close\r\n" +
         std::string(more) + "\r\n";
}

void StreamLink::begin() {
  stream_->begin(*this);
}

void StreamLink::on_bytes(std::string_view bytes, std::int64_t now_ns) {
  now_ns_ = heard_ns_ = now_ns;
  if (kind_ == StreamKind::event_stream) return;  // nothing that it sends has a meaning
  if (state_ == State::gone || close_came_ || reader_.fault()) return;
  reader_.feed(bytes);
  while (state_ != State::gone && !close_came_) {
    const std::optional<WebSocketMessage> message = reader_.next();
    if (!message) break;
    take_message(*message);
  }
  if (state_ == State::open && reader_.fault()) end(reader_.fault()->code, reader_.fault()->reason);
}

void StreamLink::take_message(const WebSocketMessage& message) {
  switch (message.opcode) {
    case Opcode::close:
      return on_close_frame(message.payload);
    case Opcode::ping:
      pong_ = message.payload;
      return send_control();
    case Opcode::pong:
      return;
    default:
      if (state_ != State::open) return;
      if (message.opcode == Opcode::binary)
        stream_->on_binary(message.payload);
      else
        stream_->on_message(message.payload);
  }
}

void StreamLink::on_close_frame(std::string_view payload) {
  close_came_ = true;
  if (state_ == State::open) {
    const CloseNote note = read_close(payload);
    if (note.fault)
      end(note.fault->code, note.fault->reason);
    else
      end(note.code == 1005 ? kCloseNormal : note.code, {});
  }
  if (state_ == State::ended && !sending_) socket_.cut();
}

void StreamLink::write(std::vector<SharedText> pieces) {
  RACESIM_CHECK(has_room());
  sending_ = true;
  socket_.send(std::move(pieces));
}

void StreamLink::end(std::uint16_t code, std::string reason) {
  if (state_ != State::open) return;
  state_ = State::ending;
  ending_since_ns_ = now_ns_;
  if (kind_ == StreamKind::websocket) append_frame(Opcode::close, close_payload(code, reason), close_);
  if (!sending_) finish();
}

/// Nothing is on its way: the last frame goes out, or the connection ends.
void StreamLink::finish() {
  if (kind_ == StreamKind::event_stream) return socket_.cut();
  state_ = State::ended;
  sending_ = true;
  socket_.send({std::make_shared<const std::string>(std::move(close_))});
}

void StreamLink::send_control() {
  if (sending_ || state_ != State::open || (!pong_ && !ping_)) return;
  std::string frames;
  if (kind_ == StreamKind::event_stream) {
    frames = ":\n\n";
  } else {
    if (pong_) append_frame(Opcode::pong, *pong_, frames);
    if (ping_) append_frame(Opcode::ping, {}, frames);
  }
  pong_.reset();
  ping_ = false;
  sending_ = true;
  socket_.send({std::make_shared<const std::string>(std::move(frames))});
}

void StreamLink::on_sent() {
  sending_ = false;
  if (state_ == State::ending) return finish();
  if (state_ == State::ended && close_came_) return socket_.cut();
  send_control();
  if (has_room()) stream_->on_room();
}

void StreamLink::on_tick(std::int64_t now_ns) {
  now_ns_ = now_ns;
  if (state_ == State::ending || state_ == State::ended) {
    if (now_ns - ending_since_ns_ > limits_.ending_ns) socket_.cut();
    return;
  }
  // A dead client is no event stream's business: what is written to it fails in the end.
  if (kind_ == StreamKind::websocket && now_ns - heard_ns_ > 2 * limits_.beat_ns)
    return end(kCloseGoingAway, "no sign of life");
  if (now_ns - beat_ns_ > limits_.beat_ns) {
    beat_ns_ = now_ns;
    ping_ = true;
    send_control();
  }
  if (state_ == State::open) stream_->on_tick(now_ns);
}

}  // namespace racesim::http
