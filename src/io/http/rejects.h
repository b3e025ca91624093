// Events that a receiver refused within an answer of success.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "io/http/answer.h"

namespace racesim::http {

struct Reject {
  std::size_t index = 0;  ///< position in the request, from 0
  std::string reason;
  /// The answer speaks of rejection, but not so that one could tell of which events: this may be none of
  /// them.
  bool unclear = false;
};

/// What an answer of success says of single events.
struct Verdict {
  std::vector<Reject> rejects;  ///< ordered by index, each below the count of events and there once
  std::string unread;           ///< why nothing could be read of a body that may have refused events
};

/// Reads {"rejected":[{"index":3,"reason":"…"}]} out of the body; other members are ignored. If the body
/// speaks of rejection in another way, all `count` events are rejected: acknowledged would be a guess. Bodies
/// that are neither called JSON nor look like it reject nothing.
Verdict read_verdict(const Answer& answer, std::size_t count);

}  // namespace racesim::http
