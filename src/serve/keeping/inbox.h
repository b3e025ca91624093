// What waits to be stored by the service: events of its runs and requests to /play and /events, for one
// writer.
//
//   runs ────────── put() ──┐
//                           ├──►  source()  ──►  Ingest  ──►  store
//   POST /play … ─ routes() ┘      one reader, one writer
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/sources/http_intake.h"
#include "io/sources/source.h"

namespace racesim::serve {

/// Called by the writer's thread when a block of a run is durable, or cannot be stored.
using Settled = std::function<void(const Result<BlockOutcome>& outcome)>;

/// Outlives its sources; of these there is one at a time. Closed until the first one is made. Any thread.
class Inbox {
 public:
  struct Limits {
    std::size_t run_bytes = std::size_t{8} << 20;  ///< of runs, waiting; beyond it put() blocks
    http::IntakeLimits requests;
  };
  /// `trouble`: why requests are refused now; empty: they are taken.
  Inbox(const Limits& limits, Clock& clock, std::function<std::string()> trouble);

  std::vector<http::Route> routes() { return intake_.routes(); }
  std::uint64_t waiting_records() const;

  /// Waits for room until `*given_up`, for which wake() is called. `settled` is called once if it is taken,
  /// and not otherwise. Errors: why nothing is stored now.
  Done put(RecordBlock block, Settled settled, const std::atomic<bool>& given_up);
  void wake();

  /// What an Ingest reads; opens the inbox. Source::stop() closes it: what is there is still given out.
  std::unique_ptr<Source> source();
  /// Nothing is taken from now on, for this reason; what was not given out is refused with it.
  void close(const Error& why);

 private:
  class Reader;
  struct Waiting {
    RecordBlock block;
    Settled settled;
  };
  Result<Pulled> pull(RecordBlock& to, int wait_ms);
  bool pull_run(RecordBlock& to);
  void settle(const RecordBlock& block, const Result<BlockOutcome>& outcome);
  void end();

  const Limits limits_;
  Clock& clock_;
  http::Intake intake_;
  std::atomic<int> awaited_{0};  // requests and ends of runs given out and not settled
  mutable std::mutex mutex_;     // guards all below
  std::condition_variable changed_;
  std::uint64_t changes_ = 0;
  std::deque<Waiting> runs_;
  std::size_t run_bytes_ = 0;
  std::uint64_t run_records_ = 0;
  std::map<std::uint64_t, Settled> given_out_;  // by ticket
  std::uint64_t last_ticket_ = 0;
  std::optional<Error> closed_;
  bool ending_ = false;  // the reader gives out what is there, then ends
};

}  // namespace racesim::serve
