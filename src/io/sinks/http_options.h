// How the http sink delivers.
#pragma once

#include <cstdint>
#include <string>

namespace racesim {

struct HttpOptions {
  std::uint32_t batch = 1;         ///< 1: one event per POST; N > 1: a JSON array of up to N
  std::uint32_t connections = 16;  ///< all threads together; one request in flight on each
  std::uint32_t threads = 4;       ///< I/O threads; never more than connections
  std::uint32_t retries = 5;       ///< further tries after an answer of 5xx, 429, 408 or a time-out
  std::int64_t retry_max_time_ns =
      300'000'000'000;  ///< a request is tried again for so long after its first try
  std::int64_t connect_grace_ns = 10'000'000'000;  ///< never once connected within it: the run fails
  std::int64_t timeout_ns = 10'000'000'000;        ///< of one try, from connect to the end of the answer
  std::uint64_t max_pending_events = 65536;  ///< accepted but not yet answered; submit() blocks above it
  bool unordered = false;                    ///< any lane may carry any entity
  /// With "application/json" a batch is a JSON array; with another type it is the lines one after the other.
  std::string content_type = "application/json";
  std::string user_agent = "racesim";
  std::string token_file;               ///< sent as Authorization; empty: none
  std::string token_scheme = "Bearer";  ///< what stands before the token there
  std::string ca_file;                  ///< PEM bundle for https; empty: the system's
};

}  // namespace racesim
