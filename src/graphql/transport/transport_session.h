// One connection of the protocol graphql-transport-ws (of the graphql-ws project), without its socket: what
// the client says goes in, what is to be done comes out. Used by one thread.
//
//   connection_init → connection_ack; subscribe → next… and complete, or error; complete from either side;
//   ping → pong.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

#include "graphql/execute/query_error.h"
#include "graphql/values/value.h"

namespace racesim::graphql {

inline constexpr std::string_view TRANSPORT_PROTOCOL = "graphql-transport-ws";

/// Codes with which a socket is closed.
enum class CloseCode : int {
  normal = 1000,
  bad_message = 4400,
  unauthorized = 4401,           ///< an operation before connection_ack
  forbidden = 4403,              ///< connection_init was refused
  protocol_unacceptable = 4406,  ///< the client offers no protocol that is spoken here
  init_timeout = 4408,
  operation_exists = 4409,
  too_many_inits = 4429,
  internal_error = 4500,
};

/// Does the client's header Sec-WebSocket-Protocol offer the protocol?
bool offers_transport(std::string_view header);

/// What a `subscribe` message carries.
struct TransportOperation {
  std::string query;
  std::optional<std::string> operation_name;
  Value variables;  ///< null or an object
};

/// What the socket's owner has to do, in order. After Close nothing more comes.
struct SendText {
  std::string text;
};
struct CloseSocket {
  CloseCode code;
  std::string reason;  ///< at most 123 bytes, as WebSocket has it
};
struct StartOperation {
  std::string id;
  TransportOperation operation;
};
struct StopOperation {
  std::string id;
};
using TransportAction = std::variant<SendText, CloseSocket, StartOperation, StopOperation>;
using TransportActions = std::vector<TransportAction>;

class TransportSession {
 public:
  /// May this client, which sent this payload with connection_init, use the service? Empty: everybody may.
  using Admit = std::function<bool(const Value& payload)>;

  struct Settings {
    Admit admit = {};
    std::size_t operations_max = 100;  ///< at the same time; one more gets an error that says so
  };

  explicit TransportSession(Settings settings) : settings_(std::move(settings)) {}

  // What the socket brings.
  TransportActions on_text(std::string_view message);
  TransportActions on_binary();
  /// The time in which connection_init had to come is over; does nothing if it came.
  TransportActions on_init_timeout();

  // What the service brings. Of an operation that has ended nothing is sent: it may have ended at the client
  // meanwhile.
  TransportActions next(const std::string& id, std::string_view answer_body);
  TransportActions refuse(const std::string& id, const std::vector<QueryError>& errors);
  TransportActions complete(const std::string& id);
  /// The service cannot go on.
  TransportActions fail(std::string_view reason);

  bool is_acknowledged() const { return is_acknowledged_; }
  bool is_closed() const { return is_closed_; }
  std::size_t operations() const { return running_.size(); }

 private:
  TransportActions close(CloseCode code, std::string reason);
  TransportActions on_init(const Value* payload);
  TransportActions on_ping(const Value* payload) const;
  TransportActions on_subscribe(const Value& message);
  TransportActions on_complete(const Value& message);

  Settings settings_;
  bool is_acknowledged_ = false;
  bool is_closed_ = false;
  std::unordered_set<std::string> running_;
};

}  // namespace racesim::graphql
