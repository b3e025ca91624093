// The bytes of a POST.
#pragma once

#include <cstddef>
#include <string>

#include "io/http/endpoint.h"
#include "io/http/event_queue.h"
#include "io/sinks/http_options.h"

namespace racesim::http {

/// The part of a request that never changes is built once. Immutable, shared by all lanes.
class RequestWriter {
 public:
  /// `token` may be empty. It is in the bytes of requests only.
  RequestWriter(const Endpoint& endpoint, const HttpOptions& options, const std::string& token);

  /// Replaces `request` with the POST of the first `count` >= 1 events of `queue` and returns the size of its
  /// body: one event without its line end; with a batch above 1 a JSON array, or for other content types the
  /// lines.
  std::size_t write(const EventQueue& queue, std::size_t count, std::string& request) const;

 private:
  std::string fixed_head_;  // ends in "Idempotency-Key: "
  bool array_ = false;
  bool lines_ = false;
};

/// Appends what identifies a request to the receiver: the event's id, or those of the first and the last
/// joined by '-'. A repetition of the request has the same key.
void append_idempotency_key(const EventQueue& queue, std::size_t count, std::string& out);

}  // namespace racesim::http
