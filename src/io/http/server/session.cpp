#include "io/http/server/session.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace racesim::http {
namespace {

namespace asio = boost::asio;

// A refused body up to this size is read to its end, so that the connection can go on.
constexpr std::uint64_t kSkippedBodyMost = std::uint64_t{64} << 10;
// A client that takes no answers gets no further requests read beyond this.
constexpr std::size_t kUnsentMost = std::size_t{256} << 10;
// First byte of a TLS handshake; no method begins with it.
constexpr char kTlsHandshake = 0x16;

}  // namespace

void Mailbox::send(std::weak_ptr<Session> to, std::uint64_t slot, Response response) {
  const std::lock_guard lock(mutex_);
  if (context_ == nullptr) return;
  letters_.push_back({std::move(to), slot, std::move(response)});
  // One turn of the loop takes them all: 64 answers after a commit wake it once.
  if (letters_.size() == 1) asio::post(*context_, [this] { deliver(); });
}

void Mailbox::close() {
  const std::lock_guard lock(mutex_);
  context_ = nullptr;
  letters_.clear();
}

void Mailbox::deliver() {
  std::vector<Letter> letters;
  {
    const std::lock_guard lock(mutex_);
    letters.swap(letters_);
  }
  for (Letter& letter : letters)
    if (const std::shared_ptr<Session> session = letter.to.lock())
      session->answer(letter.slot, std::move(letter.response));
}

Session::Session(Hub& hub, std::unique_ptr<Wire> wire, std::string peer)
    : hub_(hub), wire_(std::move(wire)), peer_(std::move(peer)), since_ns_(hub.clock.now_ns()) {}

void Session::start() {
  read();
}

void Session::turn_away(Response response) {
  refuse(std::move(response));
  read();
}

bool Session::may_take() const {
  return slots_.size() < hub_.limits.pipelined && out_next_.size() < kUnsentMost;
}

void Session::read() {
  if (closed_ || waiting_ || input_ended_) return;
  // At its end only whether the client leaves is of interest, to whoever makes the answer.
  if (at_ == At::end ? !is_watched() : at_ != At::linger && !may_take()) return;
  waiting_ = true;
  // Waits first and reads then: all connections share one buffer.
  wire_->wait_readable([self = shared_from_this()](const NetError& error) {
    self->waiting_ = false;
    if (!self->closed_) self->on_readable(error);
  });
}

void Session::on_readable(const NetError& wait_error) {
  NetError error = wait_error;
  std::size_t size = 0;
  if (!error) size = wire_->read_some(asio::buffer(hub_.scratch), error);
  if (error == asio::error::would_block || error == asio::error::try_again) return read();
  if (error == asio::error::eof) return on_end_of_input();
  if (error) return close();
  if (at_ != At::end && at_ != At::linger) {
    if (at_ == At::head && input().empty()) since_ns_ = hub_.clock.now_ns();
    input_.append(hub_.scratch.data(), size);
    process();
  }
  read();
}

void Session::process() {
  bool more = true;
  while (more && !closed_) {
    switch (at_) {
      case At::head:
        more = may_take() && take_head();
        break;
      case At::body:
        more = take_body();
        break;
      case At::skip:
        more = skip_body();
        break;
      case At::stream:
        more = take_stream_input();
        break;
      default:
        more = false;
    }
  }
  input_.erase(0, used_);
  used_ = 0;
  if (input_.empty() && input_.capacity() > hub_.scratch.size()) input_.shrink_to_fit();
  if (!closed_) flush();
}

bool Session::take_head() {
  // Empty lines before a request are let pass (RFC 9112, 2.2).
  while (searched_ == 0 && input().starts_with("\r\n")) used_ += 2;
  const std::string_view bytes = input();
  if (bytes.empty()) return false;
  if (bytes.front() == kTlsHandshake) {
    refuse(problem(400, "this server speaks http, not https; use http:// in the URL"));
    return false;
  }
  const std::size_t size = find_head_end(bytes, searched_);
  searched_ = bytes.size();
  if (size == 0 ? bytes.size() > hub_.limits.head.bytes : size > hub_.limits.head.bytes) {
    refuse(problem(
        431, "the head is longer than " + std::to_string(hub_.limits.head.bytes) + " bytes; send less"));
    return false;
  }
  if (size == 0) return false;
  ParsedHead parsed = parse_head(bytes.substr(0, size), hub_.limits.head);
  used_ += size;
  searched_ = 0;
  fresh_ = false;
  begin_request(std::move(parsed));
  return true;
}

void Session::begin_request(ParsedHead parsed) {
  if (parsed.refusal) return refuse(std::move(*parsed.refusal));
  parsed.head.peer = peer_;
  parsed.head.closing = hub_.stopping;
  Routed routed = hub_.router.find(parsed.head, parsed.frame);
  if (routed.answer) return answer_head(parsed, std::move(*routed.answer));
  route_ = routed.route;
  keep_alive_ = parsed.frame.keep_alive;
  request_.head = std::move(parsed.head);
  request_.body = ByteBuffer();
  if (!parsed.frame.has_body()) return dispatch();
  body_.emplace(parsed.frame, routed.gzip, route_->body_most);
  at_ = At::body;
  since_ns_ = hub_.clock.now_ns();
  if (request_.head.http_11 && input().empty() && request_.head.header("Expect") != nullptr) {
    // It takes its place behind earlier answers.
    Slot interim;
    interim.bytes = "HTTP/1.1 100 Continue\r\n\r\n";
    interim.ready = true;
    slots_.push_back(std::move(interim));
  }
}

// The head alone decides; its body, if it is short, is passed over.
void Session::answer_head(const ParsedHead& parsed, Response response) {
  const bool short_body = !parsed.frame.chunked && parsed.frame.length.value_or(0) <= kSkippedBodyMost &&
                          parsed.head.header("Expect") == nullptr;
  if (parsed.frame.has_body() && !short_body) return refuse(std::move(response));
  const std::uint64_t slot = add_slot(parsed.head, !parsed.frame.keep_alive || response.close);
  const bool close = slots_.back().close;
  fill(slots_[static_cast<std::size_t>(slot - first_slot_)], std::move(response));
  skip_left_ = parsed.frame.length.value_or(0);
  since_ns_ = hub_.clock.now_ns();
  at_ = close ? At::end : skip_left_ > 0 ? At::skip : At::head;
}

bool Session::skip_body() {
  const std::size_t size = std::min<std::uint64_t>(skip_left_, input().size());
  used_ += size;
  skip_left_ -= size;
  if (skip_left_ > 0) return false;
  at_ = At::head;
  since_ns_ = hub_.clock.now_ns();
  return true;
}

void Session::charge_body(std::uint64_t bytes) {
  hub_.reading_bytes += bytes - charged_;
  charged_ = bytes;
}

bool Session::take_body() {
  std::string_view bytes = input();
  const std::size_t before = bytes.size();
  const BodyReader::State state = body_->feed(bytes);
  used_ += before - bytes.size();
  charge_body(body_->size());
  if (state == BodyReader::State::refused) {
    refuse(body_->refusal());
    return false;
  }
  if (state == BodyReader::State::done) {
    request_.body = body_->take();
    dispatch();
    return true;
  }
  if (hub_.reading_bytes > hub_.limits.reading_bytes) {
    Response busy = problem(503, "too many large requests at once; send it again later");
    busy.headers.push_back({"Retry-After", "1"});
    refuse(std::move(busy));
  }
  return false;
}

void Session::dispatch() {
  charge_body(0);
  body_.reset();
  if (route_->opens(request_.head)) return open_stream();
  const std::uint64_t slot = add_slot(request_.head, !keep_alive_);
  at_ = slots_.back().close ? At::end : At::head;
  since_ns_ = hub_.clock.now_ns();
  route_->handle(std::exchange(request_, Request{}),
                 Reply([mailbox = hub_.mailbox, self = weak_from_this(),
                        slot](Response response) { mailbox->send(self, slot, std::move(response)); },
                       [self = weak_from_this(), slot](std::function<void()> gone) {
                         if (const auto session = self.lock()) session->watch(slot, std::move(gone));
                       }));
}

void Session::refuse(Response response) {
  response.close = true;
  charge_body(0);
  body_.reset();
  at_ = At::end;
  slots_.emplace_back();
  fill(slots_.back(), std::move(response));
  flush();
}

std::uint64_t Session::add_slot(const RequestHead& head, bool close) {
  Slot slot;
  slot.head_only = head.method == "HEAD";
  slot.http_11 = head.http_11;
  slot.close = close || hub_.stopping;
  slot.site_lines = hub_.router.site_lines(head);
  slots_.push_back(std::move(slot));
  return first_slot_ + slots_.size() - 1;
}

void Session::answer(std::uint64_t slot, Response response) {
  // An answer sent twice, or after a refusal has taken the connection's end, finds no slot that waits.
  if (closed_ || slot < first_slot_ || slot - first_slot_ >= slots_.size()) return;
  Slot& of = slots_[static_cast<std::size_t>(slot - first_slot_)];
  if (of.ready) return;
  fill(of, std::move(response));
  flush();
}

void Session::fill(Slot& slot, Response response) const {
  slot.close = slot.close || response.close || hub_.stopping;
  std::string& to = slot.bytes;
  to = "HTTP/1.1 " + std::to_string(response.status) + " ";
  to.append(reason_phrase(response.status)).append("\r\nServer: racesim\r\n");
  if (!response.content_type.empty())
    to.append("Content-Type: ").append(response.content_type).append("\r\n");
  to += slot.site_lines;
  for (const Header& header : response.headers)
    to.append(header.name).append(": ").append(header.value).append("\r\n");
  // Of a 304 it would be the length of what is not sent.
  if (response.status != 204 && response.status != 304)
    to.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  if (slot.close)
    to += "Connection: close\r\n";
  else if (!slot.http_11)
    to += "Connection: keep-alive\r\n";
  to += "\r\n";
  if (!slot.head_only) to += response.body;
  slot.ready = true;
}

void Session::flush() {
  while (!slots_.empty() && slots_.front().ready) {
    const Slot& slot = slots_.front();
    out_next_ += slot.bytes;
    const bool close = slot.close;
    slots_.pop_front();
    ++first_slot_;
    if (close) {
      // What was taken in behind it gets no answer: the client was told that the connection ends here.
      charge_body(0);
      body_.reset();
      at_ = At::end;
      first_slot_ += slots_.size();
      tell_gone();
      slots_.clear();
    }
  }
  if (writing_ || closed_) return;
  if (out_next_.empty()) return finish_if_answered();
  out_.swap(out_next_);
  out_next_.clear();
  writing_ = true;
  writing_since_ns_ = hub_.clock.now_ns();
  wire_->write({asio::buffer(out_)}, [self = shared_from_this()](const NetError& error) {
    self->writing_ = false;
    if (!self->closed_) self->on_written(error);
  });
}

void Session::on_written(const NetError& error) {
  if (error) return close();
  out_.clear();
  pieces_.clear();
  if (at_ == At::stream && out_next_.empty()) return link_->on_sent();
  if (slots_.empty() && at_ == At::head && input().empty()) since_ns_ = hub_.clock.now_ns();
  process();  // there is room for a further request
  if (closed_) return;
  if (hub_.stopping) stop();
  read();
}

std::optional<std::int64_t> Session::idle_since_ns() const {
  if (closed_ || writing_ || at_ != At::head || !slots_.empty() || !input().empty()) return std::nullopt;
  return since_ns_;
}

void Session::stop() {
  if (at_ == At::stream) return link_->stop();
  if (idle_since_ns()) close();
}

void Session::on_tick(std::int64_t now_ns) {
  const ServerLimits& limits = hub_.limits;
  if (writing_ && now_ns - writing_since_ns_ > limits.idle_ns) return close();
  if (asked_whether_there_ && wire_->is_broken()) return close();
  const std::int64_t spent_ns = now_ns - since_ns_;
  switch (at_) {
    case At::linger:
      if (spent_ns > limits.linger_ns) close();
      return;
    case At::body: {
      const std::int64_t extra_ns =
          static_cast<std::int64_t>(body_->received() / limits.body_bytes_per_s) * kNsPerSecond;
      if (spent_ns > limits.body_ns + extra_ns)
        refuse(problem(408, "the body came too slowly; send it faster, or in smaller requests"));
      return;
    }
    case At::skip:
      if (spent_ns > limits.body_ns) close();
      return;
    case At::head:
      if (searched_ > 0 && spent_ns > limits.head_ns)
        return refuse(problem(408, "the head of the request came too slowly"));
      if (idle_since_ns() && spent_ns > (fresh_ ? limits.head_ns : limits.idle_ns)) close();
      return;
    case At::stream:
      return link_->on_tick(now_ns);
    case At::end:
      return;
  }
}

void Session::close() {
  if (closed_) return;
  closed_ = true;
  charge_body(0);
  wire_->close();
  const std::shared_ptr<Session> self = shared_from_this();
  tell_gone();
  if (link_) {
    link_->forget();
    asio::post(hub_.context, [link = std::move(link_)] {});  // it may be what called
    link_ = nullptr;
  }
  hub_.sessions.erase(this);
  hub_.session_count = hub_.sessions.size();
  if (const auto peer = hub_.per_peer.find(peer_); peer != hub_.per_peer.end() && --peer->second == 0)
    hub_.per_peer.erase(peer);
  if (hub_.on_session_gone) hub_.on_session_gone();
}

}  // namespace racesim::http
