// An HTTP/1.1 server: routes in, answers later. Boost stays behind this header.
//
//   Server server(routes, options);
//   server.listen("127.0.0.1:8000");   // busy if the port is taken
//   …                                  // handlers run on the server's thread; replies come from any
//   server.stop();                     // nothing new
//   server.close();                    // what was taken in is answered, then all is closed
//
// docs/formats/http-ingest.md shows limits and errors as a client sees them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/http/server/head_reader.h"
#include "io/http/server/message.h"
#include "io/http/server/sites.h"
#include "io/http/server/stream.h"

namespace racesim::http {

class ServerTls;

struct ServerLimits {
  HeadLimits head;
  std::int64_t head_ns =
      10 * kNsPerSecond;  ///< from the first byte of a head, or from the connection's first
  /// A body has so long, and a second more for each `body_bytes_per_s` bytes that came.
  std::int64_t body_ns = 30 * kNsPerSecond;
  std::uint64_t body_bytes_per_s = 1024;
  std::int64_t idle_ns = 60 * kNsPerSecond;  ///< between requests, and until a client takes its answer
  std::uint32_t clients = 1024;              ///< connections; less if the file limit is lower
  std::uint32_t clients_per_peer = 64;       ///< of one address; none for loopback
  std::uint32_t pipelined = 16;              ///< requests of one connection that wait for their answers
  std::uint64_t reading_bytes = std::uint64_t{64}
                                << 20;        ///< bodies on their way in, all connections together
  std::int64_t linger_ns = 2 * kNsPerSecond;  ///< a refused client may go on sending for so long
  StreamLimits stream;
};

struct ServerOptions {
  ServerLimits limits;
  /// Clients send it as "Authorization: Bearer TOKEN"; empty: there is none, and only loopback is listened
  /// on.
  std::string token;
  bool insecure = false;  ///< off loopback without a token: said outright
  SiteRules sites;
  std::shared_ptr<const ServerTls> tls;  ///< https; none: http
  Clock* clock = &system_clock();
};

/// A parameter of a path's query, for its description.
struct RouteParameter {
  std::string name;
  std::string help;
};

/// What answers one method of one path.
struct Route {
  std::string method;         ///< "GET" answers HEAD too
  std::string path;           ///< "/events"; "/runs/{run}": any one part in the place of "{run}"
  std::size_t body_most = 0;  ///< bytes of its body, as sent and as inflated; 0: it takes none
  bool needs_token = true;    ///< if there is one
  /// Looks at the head before the body is read; an answer refuses the request. May be empty.
  std::function<std::optional<Response>(const RequestHead&)> admit;
  /// Called by the server's thread and must not block it.
  std::function<void(Request, Reply)> handle;
  /// In place of `handle`: the answer goes on, as `stream` says. Called by the server's thread. A route with
  /// both opens a WebSocket for whoever asks for one.
  std::function<StreamOpening(const RequestHead&)> open{};
  StreamKind stream = StreamKind::event_stream;
  bool body_optional = false;  ///< a request without a length has none, instead of 411
  // For those who describe what the server can.
  std::string summary{};  ///< one line, no full stop
  std::vector<RouteParameter> parameters{};
  std::string answers{};        ///< the content type of a good answer
  std::string answer_schema{};  ///< of its JSON: a JSON Schema; empty: not said
  std::string body_schema{};    ///< of the body; empty: an object with the parameters as members
  std::vector<std::string> own_error_types{};  ///< content types of its refusals beside problem+json

  /// Does this request get a stream?
  bool opens(const RequestHead& head) const {
    return open && (!handle || (stream == StreamKind::websocket && head.header("Upgrade") != nullptr));
  }
};

/// What `path` has in the place of "{name}" in the route's path; empty: no such place.
std::string_view path_part(std::string_view pattern, std::string_view path, std::string_view name);

/// listen(), stop(), close() are called by one thread.
class Server {
 public:
  Server(std::vector<Route> routes, ServerOptions options);
  ~Server();  ///< stops and closes
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// "HOST:PORT", "[::1]:8000", "localhost:8000" (::1 and 127.0.0.1), ":8000" (every address), port 0: any.
  /// Returns when clients can connect. Errors: usage (no address, or off loopback without a token), busy (the
  /// port is taken), runtime.
  Done listen(std::string_view address);

  /// "http://127.0.0.1:8000", or https, with the port that was given; empty before listen().
  std::string url() const;

  /// Takes no new connections; every answer from now on ends its connection.
  void stop();
  /// stop(), then waits for the answers of what was taken in, `most_ns` at most; closes the rest.
  void close(std::int64_t most_ns = 5 * kNsPerSecond);

  /// Connections now. Any thread.
  std::size_t clients() const;

  /// Lets the server's thread call it, soon or after some time. Any thread, between listen() and close();
  /// what is not called by close() is dropped.
  void post(std::function<void()> call);
  void post_after(std::int64_t delay_ns, std::function<void()> call);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace racesim::http
