// POST /play and /events as routes of any server: requests become blocks that wait in a queue, and are
// answered when those are settled. docs/formats/http-ingest.md shows requests and answers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/http/server/server.h"
#include "io/sources/request_queue.h"
#include "io/sources/source.h"

namespace racesim::http {

struct IntakeLimits {
  std::uint64_t body_bytes = std::uint64_t{8} << 20;    ///< of one request, as sent and as inflated
  std::uint64_t request_records = 100'000;              ///< of one request
  std::uint64_t queue_records = 200'000;                ///< of all that wait to be pulled; beyond: 429
  std::uint64_t queue_bytes = std::uint64_t{64} << 20;  ///< likewise
};

/// What the routes call must outlive the server. settled() by whoever settles, pull() of the queue by one
/// thread.
class Intake {
 public:
  /// `trouble`: why nothing can be stored now; empty: it can. Called by the server's thread; may be null.
  /// `on_change` as RequestQueue has it.
  Intake(const IntakeLimits& limits, Clock& clock, std::function<std::string()> trouble,
         std::function<void()> on_change = nullptr);

  std::vector<Route> routes();
  RequestQueue& queue() { return queue_; }
  const RequestQueue& queue() const { return queue_; }

  /// Answers the request of the block.
  void settled(const RecordBlock& block, const Result<BlockOutcome>& outcome);
  /// Answers all that wait with 503: nothing of them is stored.
  void refuse_all(const std::string& why);

 private:
  std::optional<Response> admit(const RequestHead& head) const;
  void take(Request request, Reply reply);

  const IntakeLimits limits_;
  const std::function<std::string()> trouble_;
  RequestQueue queue_;
};

}  // namespace racesim::http
