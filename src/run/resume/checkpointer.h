// Writes the checkpoint of a run, once a second while it goes on and once at its end.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "io/sink.h"
#include "run/record/checkpoint.h"
#include "run/resume/progress_log.h"

namespace racesim {

class DeadLetter;

class Checkpointer {
 public:
  /// `checkpoint` has what does not change. All outlive the checkpointer; `sinks` and log.sinks are parallel.
  Checkpointer(std::string path, Checkpoint checkpoint, std::vector<std::unique_ptr<Sink>>& sinks,
               ProgressLog& log, DeadLetter& dead_letter)
      : path_(std::move(path)),
        checkpoint_(std::move(checkpoint)),
        sinks_(sinks),
        log_(log),
        dead_letter_(dead_letter) {}
  ~Checkpointer() { stop(); }

  /// Writes where the run begins, so that it can be gone on with from its first event, and starts the thread.
  Done start();
  /// Ends the thread and writes how far the run came. Errors also that it could not be written before: a kill
  /// would then have cost more than a second.
  Done finish(bool complete);

 private:
  Done save();
  void work();
  void stop();

  const std::string path_;
  Checkpoint checkpoint_;
  std::vector<std::unique_ptr<Sink>>& sinks_;
  ProgressLog& log_;
  DeadLetter& dead_letter_;
  std::mutex mutex_;  // guards all below but the thread
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::optional<Error> error_;
  std::thread thread_;
};

}  // namespace racesim
