// Writes points until the server has each of them or has refused it alone.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/http/retry.h"
#include "io/stores/influx/poster.h"
#include "io/wait_note.h"

namespace racesim::influx {

/// Lines one behind the other; line i ends at ends[i], its '\n' included.
struct Lines {
  std::string_view text;
  std::span<const std::uint32_t> ends;
};

struct RefusedLine {
  std::size_t line = 0;
  std::string reason;  ///< the server's: "HTTP 400: unable to parse …"
};

struct PointWriterOptions {
  std::string name;                ///< of the server, for errors
  std::string org, bucket;         ///< for errors
  std::size_t batch_lines = 5000;  ///< of one request
  std::size_t batch_bytes = std::size_t{4} << 20;
  std::int64_t retry_max_time_ns = 300'000'000'000;  ///< of one request, from its first try
};

/// Used by one thread, but for abandon().
class PointWriter {
 public:
  /// All arguments outlive the writer.
  PointWriter(PointWriterOptions options, Poster& poster, Clock& clock, WaitNote& waits);

  /// Returns once each line was taken (204) or refused alone. What is there already may be written again: a
  /// point with the same tags and time is the same point. Errors: usage (token, organisation, bucket),
  /// runtime (the server was away for too long, or is none).
  Done write(const Lines& lines, std::vector<RefusedLine>& refused);

  /// Waits end with an error. Any thread.
  void abandon() { abandoned_ = true; }

 private:
  enum class Answer : std::uint8_t { taken, refused };

  Done write_range(const Lines& lines, std::size_t first, std::size_t last,
                   std::vector<RefusedLine>& refused);
  Result<Answer> send(std::string_view text, std::string& reason);
  Result<bool> take(const Reply& reply, std::string& reason) const;
  Done wait_for_retry(const Reply& reply, http::TryLog& tries);

  const PointWriterOptions options_;
  Poster& poster_;
  Clock& clock_;
  WaitNote& waits_;
  http::Backoff backoff_;
  std::atomic<bool> abandoned_{false};
};

}  // namespace racesim::influx
