#include "io/http/one_request.h"

#include <memory>
#include <optional>
#include <utility>

#include "io/http/endpoint.h"
#include "io/http/loop.h"
#include "io/http/transport.h"

namespace racesim::http {
namespace {

class Asking final : private TransportEvents {
 public:
  Asking(const Endpoint& endpoint, const TlsContext* tls, std::string head_and_body, std::int64_t timeout_ns,
         Clock& clock)
      : clock_(clock),
        timeout_ns_(timeout_ns),
        bytes_(std::move(head_and_body)),
        loop_(clock, endpoint, tls, timeout_ns),
        transport_(loop_.make_transport(*this)),
        timer_(loop_.make_timer([this] { over("no answer in time"); })) {}

  /// Empty: the answer is there.
  std::string ask() {
    timer_->arm(clock_.now_ns() + timeout_ns_);
    transport_->open();
    loop_.run();
    transport_->close();
    timer_->cancel();
    return why_;
  }
  const Answer& answer() const { return reader_.answer(); }

 private:
  void over(std::string why) {
    why_ = std::move(why);
    loop_.stop();
  }
  void read_on(AnswerReader::State state) {
    if (state == AnswerReader::State::more) return transport_->receive();
    over(state == AnswerReader::State::done ? std::string() : "unreadable answer: " + reader_.trouble().why);
  }
  void on_open() override {
    transport_->send(bytes_);
    transport_->receive();
  }
  void on_open_failed(const OpenFailure& failure) override { over(failure.why); }
  void on_received(std::string_view bytes) override { read_on(reader_.feed(bytes)); }
  void on_broken(bool eof, const std::string& why) override {
    if (eof && reader_.started() && reader_.finish() == AnswerReader::State::done) return over({});
    over(eof ? "the server closed the connection without an answer" : why);
  }

  Clock& clock_;
  const std::int64_t timeout_ns_;
  const std::string bytes_;
  Loop loop_;
  AnswerReader reader_;
  std::string why_;
  std::unique_ptr<Transport> transport_;  // ends before the loop
  std::unique_ptr<Timer> timer_;
};

std::string text_of_request(const OneRequest& request, const Endpoint& endpoint) {
  std::string text = request.method + " " + endpoint.target + " HTTP/1.1\r\nHost: " + endpoint.host_header +
                     "\r\nUser-Agent: racesim\r\nAccept: application/json\r\nAccept-Encoding: identity\r\n"
                     "Connection: close\r\n";
  if (!request.token.empty()) text += "Authorization: Bearer " + request.token + "\r\n";
  if (!request.body.empty()) text += "Content-Type: application/json\r\n";
  if (request.method != "GET") text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return text + "\r\n" + request.body;
}

}  // namespace

Result<Answer> send_request(const OneRequest& request, Clock& clock) {
  const Result<Endpoint> endpoint = parse_endpoint(request.url);
  if (!endpoint) return tl::make_unexpected(endpoint.error());
  std::unique_ptr<TlsContext> tls;
  if (endpoint->tls) {
    Result<std::unique_ptr<TlsContext>> loaded = TlsContext::load(request.ca_file);
    if (!loaded) return tl::make_unexpected(loaded.error());
    tls = std::move(*loaded);
  }
  Asking asking(*endpoint, tls.get(), text_of_request(request, *endpoint), request.timeout_ns, clock);
  if (const std::string why = asking.ask(); !why.empty())
    return fail(ErrorKind::runtime, endpoint->url + ": " + why, "is it started there? racesim serve");
  return asking.answer();
}

}  // namespace racesim::http
