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
/// the inner sink.
class ThreadedSink final : public Sink {
 public:
  /// `sends` may be null; it outlives the sink and is told when events leave the queue, unless the inner sink
  /// tells more exactly.
  explicit ThreadedSink(std::unique_ptr<Sink> inner, AckListener* sends = nullptr, QueueLimits limits = {});
  ~ThreadedSink() override;

  std::string name() const override { return inner_->name(); }
  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override;
  void leave_open() override { inner_->leave_open(); }
  Done close() override;
  void abandon() override;
  bool reader_gone() const override { return inner_->reader_gone(); }
  bool reports_sends() const override { return sends_ != nullptr || inner_->reports_sends(); }
  std::uint64_t unsent() const override;
  std::vector<FailureReason> failure_reasons() const override { return inner_->failure_reasons(); }
  std::vector<StreamPosition> positions() const override { return inner_->positions(); }
  std::vector<StreamPosition> origins() const override { return inner_->origins(); }
  Resumable* resumable() override { return inner_->resumable(); }
  /// The inner sink's: events in the queue are not sent yet. After close() every submitted event is counted.
  const SinkCounters& counters() const override { return inner_->counters(); }

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
  AckListener* const sends_;  // null: the inner sink reports, or nobody wants to know
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
