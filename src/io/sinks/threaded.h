// A sink with a thread and a queue of its own, so that several sinks of one run do not wait for one another.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "io/sink.h"

namespace racesim {

/// How far a threaded sink may fall behind the others before submit() blocks. The queue keeps its batches
/// from going back to their pool: a pool needs `batches` more than it would without.
struct QueueLimits {
  std::size_t events = 65536;  ///< a longer submission is taken when the queue is empty
  std::size_t batches = 4;
};

/// Owns `inner` and is the only caller of its submit() and close(). submit() returns an error of the inner
/// sink at the first call after it occurred, close() at the latest. Destroyed without close(), it abandons
/// the inner sink. counters() are the inner sink's: what waits in the queue is not sent yet.
class ThreadedSink final : public Sink {
 public:
  /// `sends` outlives the sink and is told when events leave the queue, unless the inner sink tells when they
  /// go out.
  ThreadedSink(std::unique_ptr<Sink> inner, AckListener& sends, QueueLimits limits = {});
  ~ThreadedSink() override;

  std::string name() const override { return inner_->name(); }
  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override;
  Done close() override;
  void abandon() override;
  void stop_reaching() override { inner_->stop_reaching(); }
  std::optional<std::uint64_t> unsent() const override;
  Resumable* resumable() override { return inner_->resumable(); }

 private:
  struct Item {
    SharedBatch batch;
    std::size_t first = 0;
    std::size_t last = 0;
  };

  void work();
  void finish(bool close_inner);
  bool has_room(std::size_t events) const;

  const std::unique_ptr<Sink> inner_;
  AckListener* const sends_;  // null: the inner sink tells
  const QueueLimits limits_;

  mutable std::mutex mutex_;  // guards all below but the thread
  std::condition_variable changed_;
  std::deque<Item> queue_;
  std::size_t queued_events_ = 0;
  bool ending_ = false;       // the worker stops once the queue is empty
  bool close_inner_ = false;  // and closes the inner sink
  bool free_flow_ = false;    // the inner sink takes events without waiting: it failed or was abandoned
  std::optional<Error> error_;

  std::thread thread_;
};

}  // namespace racesim
