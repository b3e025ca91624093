// The HTTP client of the InfluxDB store: one connection, one request at a time, on the parts of the http
// sink.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "io/http/answer.h"
#include "io/http/endpoint.h"
#include "io/http/loop.h"
#include "io/http/transport.h"
#include "io/stores/influx/poster.h"

namespace racesim::influx {

struct ClientOptions {
  http::Endpoint endpoint;  ///< of the write API, with its query
  std::unique_ptr<http::TlsContext> tls;
  std::string token;                         ///< empty: none is sent
  std::int64_t timeout_ns = 30'000'000'000;  ///< of one request, from connect to the end of the answer
};

/// One thread, but for interrupt().
class Client final : public Poster, private http::TransportEvents {
 public:
  Client(ClientOptions options, Clock& clock);
  ~Client() override;

  /// Opens the connection if it is not open. Kind::answered: it is.
  Reply connect();
  /// The body goes out compressed.
  Reply post(std::string_view lines) override;
  /// Ends the call under way, or the next one. Any thread.
  void interrupt();

 private:
  Reply run_until_over();
  void over(Reply::Kind kind, std::string why);
  void start();
  void send();
  void take_answer();
  void read_on(http::AnswerReader::State state);

  void on_open() override;
  void on_open_failed(const http::OpenFailure& failure) override;
  void on_received(std::string_view bytes) override;
  void on_broken(bool eof, const std::string& why) override;
  void on_timeout();

  ClientOptions options_;
  Clock& clock_;
  std::string fixed_head_;  ///< up to the length of the body
  http::Loop loop_;
  std::unique_ptr<http::Transport> transport_;
  std::unique_ptr<http::Timer> timer_;
  http::AnswerReader reader_;
  std::string request_;
  bool connects_only_ = false;
  bool connected_ = false;
  bool was_used_ = false;  ///< the connection has carried an answer: the server may have closed it since
  Reply reply_;
};

}  // namespace racesim::influx
