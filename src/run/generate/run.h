// One run, from scenario to sinks. No globals, no signals, no exit: the command line and the server own it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/sink.h"
#include "run/config.h"
#include "run/generate/size.h"
#include "run/generate/status.h"

namespace racesim {

struct Manifest;

/// What a configuration would do, as Run::check() finds it.
struct RunPlan {
  std::uint64_t planned = 0;  ///< events of the whole run; 0 if not known
  std::uint32_t parts = 0;    ///< that it can be divided into
  double share = 1;           ///< of its parts, those that --shard names
  RunSize size;               ///< of these parts
  std::vector<Error> warnings;
};

/// How a run ended.
struct RunResult {
  RunStatus status;
  std::uint64_t seed = 0;
  std::string run;                     ///< 8 hex digits
  std::int64_t start_ns = 0;           ///< event time of the run's start (live: the moment of start)
  std::optional<std::int64_t> end_ns;  ///< event time of its planned end
  bool drained = true;                 ///< false: abandoned before everything was acked or failed
  bool reached_end = true;             ///< false: stopped before the plan's end
  bool reader_gone = false;    ///< stdout's or a FIFO's reader closed it: the run ended there, without error
  std::optional<Error> error;  ///< what ended the run early
  std::optional<Error> lost;   ///< failed events that the dead-letter file did not take
  std::vector<FailureReason> failures;  ///< of all sinks
};

class Run {
 public:
  /// Checks the configuration, loads master data, plans, opens the sinks. Starts no thread.
  /// `clock` must outlive the run.
  static Result<std::unique_ptr<Run>> open(RunConfig config, Clock& clock);
  ~Run();

  /// All that open() looks at, without opening, making or connecting anything. Errors: those of open().
  static Result<RunPlan> check(RunConfig config, Clock& clock);

  /// What the run was told, and behind wait() of a run with `log_releases` what it sent. `program` is left
  /// empty.
  Manifest manifest() const;

  /// Starts the threads. Once. If the system has none to give, the run ends at once with that error.
  void start();
  /// Asks for an orderly end: generate no more, deliver what was released. Safe from any thread, any time.
  void stop();
  /// Ends at once: what is not acked is failed. Safe from any thread, any time.
  void abandon();
  /// Blocks until the run has ended; then the result. Once.
  RunResult wait();
  /// Returns true when the run has ended, false after `timeout_ns`.
  bool wait_for(std::int64_t timeout_ns);
  /// Safe from any thread, any time.
  RunStatus status() const;
  /// What the user should know although the run goes on; each is given out once. Any thread.
  std::vector<Error> take_warnings();

 private:
  class Impl;
  explicit Run(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace racesim
