#include "io/stores/influx/client.h"

#include <fmt/format.h>

#include <utility>

#include "io/files/compression.h"

namespace racesim::influx {
namespace {

constexpr std::size_t kWordsBytesMax = 300;  // of a server's answer

Result<std::string> gzipped(std::string_view text) {
  auto compressor = Compressor::create(Compression::gzip);
  if (!compressor) return tl::make_unexpected(compressor.error());
  std::string out;
  for (;;) {
    std::string_view piece;
    const Result<bool> done = (*compressor)->step(text, Compressor::Then::end, piece);
    if (!done) return tl::make_unexpected(done.error());
    out += piece;
    if (*done) return out;
  }
}

/// The server's own words, on one line, unless they are a page of HTML.
std::string words_of(const http::Answer& answer) {
  std::string words;
  for (const char c : answer.body.substr(0, kWordsBytesMax))
    words += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  while (!words.empty() && words.back() == ' ') words.pop_back();
  return words.starts_with('<') ? std::string() : words;
}

}  // namespace

Client::Client(ClientOptions options, Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      loop_(clock, options_.endpoint, options_.tls.get(), options_.timeout_ns),
      transport_(loop_.make_transport(*this)),
      timer_(loop_.make_timer([this] { on_timeout(); })) {
  fixed_head_ = "POST " + options_.endpoint.target + " HTTP/1.1\r\nHost: " + options_.endpoint.host_header +
                "\r\nUser-Agent: racesim\r\nAccept: application/json\r\nAccept-Encoding: identity"
                "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Encoding: gzip\r\n";
  if (!options_.token.empty()) fixed_head_ += "Authorization: Token " + options_.token + "\r\n";
  fixed_head_ += "Content-Length: ";
}

Client::~Client() = default;

void Client::interrupt() {
  loop_.post([this] { over(Reply::Kind::network, "the ingest was ended"); });
}

Reply Client::connect() {
  if (connected_ && transport_->quiet()) return {Reply::Kind::answered, 0, {}, {}, {}};
  connects_only_ = true;
  start();
  Reply reply = run_until_over();
  connects_only_ = false;
  return reply;
}

Reply Client::post(std::string_view lines) {
  const Result<std::string> body = gzipped(lines);
  if (!body) return {Reply::Kind::network, 0, body.error().what, {}, {}};
  request_ = fixed_head_ + std::to_string(body->size()) + "\r\n\r\n" + *body;
  // A server may close a connection that was idle; to find out now saves a failed try.
  if (connected_ && transport_->quiet())
    send();
  else
    start();
  return run_until_over();
}

Reply Client::run_until_over() {
  timer_->arm(clock_.now_ns() + options_.timeout_ns);
  loop_.run();
  loop_.restart();
  timer_->cancel();
  return std::exchange(reply_, {});
}

void Client::over(Reply::Kind kind, std::string why) {
  if (kind != Reply::Kind::answered) {
    transport_->close();
    connected_ = false;
  }
  reply_.kind = kind;
  reply_.why = std::move(why);
  loop_.stop();
}

void Client::start() {
  connected_ = was_used_ = false;
  transport_->open();
}

void Client::on_open() {
  connected_ = true;
  if (connects_only_) return over(Reply::Kind::answered, {});
  send();
}

void Client::on_open_failed(const http::OpenFailure& failure) {
  over(failure.certificate ? Reply::Kind::untrusted : Reply::Kind::network, "connect: " + failure.why);
}

void Client::send() {
  reader_.reset();
  transport_->send(request_);
  transport_->receive();
}

void Client::on_received(std::string_view bytes) {
  read_on(reader_.feed(bytes));
}

void Client::read_on(http::AnswerReader::State state) {
  switch (state) {
    case http::AnswerReader::State::more:
      return transport_->receive();
    case http::AnswerReader::State::done:
      return take_answer();
    case http::AnswerReader::State::bad:
      return over(Reply::Kind::unreadable, "unreadable answer: " + reader_.trouble().why);
  }
}

void Client::take_answer() {
  const http::Answer& answer = reader_.answer();
  reply_.status = answer.status;
  reply_.said = words_of(answer);
  reply_.retry_after = answer.retry_after;
  std::string why = fmt::format("HTTP {}", answer.status);
  if (!reply_.said.empty()) why += ": " + reply_.said;
  was_used_ = true;
  if (!answer.keep_alive || reader_.has_leftover() || !transport_->sent()) {
    transport_->close();
    connected_ = false;
  }
  over(Reply::Kind::answered, std::move(why));
}

void Client::on_broken(bool eof, const std::string& why) {
  if (eof && reader_.started()) {
    const http::AnswerReader::State state = reader_.finish();
    if (state == http::AnswerReader::State::done) {
      connected_ = false;
      return take_answer();
    }
  }
  // The server closed it between two requests: points are the same however often they come.
  if (was_used_ && !reader_.started()) return start();
  over(Reply::Kind::network, eof ? "the server closed the connection without an answer" : why);
}

void Client::on_timeout() {
  over(Reply::Kind::unreadable, connected_ ? "no answer in time" : "connect: timed out");
}

}  // namespace racesim::influx
