// What a run waits for at one moment: for whoever watches it and sees that nothing moves.
#pragma once

#include <cstdint>
#include <string>

namespace racesim {

/// What lasts longer is told, once.
inline constexpr std::int64_t kLongWait_ns = 3'000'000'000;

/// A value, part of RunStatus. Durations are of the steady clock, as of the moment of the status.
struct Waiting {
  std::string
      waiting_for;  ///< "http://10.0.0.7:8080/play", "kafka://b:9092/play"; empty: nothing is waited for
  std::int64_t waited_ns = 0;        ///< since the first try that failed
  std::int64_t left_ns = 0;          ///< until the next try, or the end of the wait; 0: not known
  std::string last_error;            ///< why, in the receiver's words: "HTTP 503: busy"; may be empty
  std::uint64_t backlog_events = 0;  ///< events that were released and are not settled at the slowest sink
  double behind_ms = 0;  ///< of the oldest of them: how long ago it was due; 0: none, or there is no plan
};

}  // namespace racesim
