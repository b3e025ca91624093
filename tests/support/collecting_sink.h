// A sink that keeps what it gets and does what a test asks for: fail, lose its reader, block, stall the
// clock.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "io/sink.h"

namespace racesim::test {

/// What a test tells a collecting sink and learns from it. Outlives the sink; set the plain members before
/// the run.
class SinkScript {
 public:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t fail_from = kNever;  ///< the submission that brings event number `fail_from` fails
  bool fail_as_reader_gone = false;  ///< as when a pipe's reader goes away, else as a disk that is full
  bool fail_close = false;
  std::uint64_t block_from = kNever;  ///< a submission that reaches this event waits for open() or abandon()
  std::function<void(const WireBatch&, std::size_t first, std::size_t last)> on_submit;

  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  /// Lets go of what is blocked.
  void open() { change(open_); }
  void wait_until_blocked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return blocked_; });
  }

 private:
  friend class CollectingSink;
  void change(bool& flag) {
    const std::lock_guard lock(mutex_);
    flag = true;
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  bool closed_ = false, open_ = false, abandoned_ = false, blocked_ = false;
};

/// Acks at once what it takes.
class CollectingSink final : public Sink {
 public:
  explicit CollectingSink(SinkScript& script, AckListener* acks = nullptr) : script_(script), acks_(acks) {}

  std::string name() const override { return "collecting"; }
  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override {
    if (script_.on_submit) script_.on_submit(*batch, first, last);
    std::unique_lock lock(script_.mutex_);
    counters_.sent += last - first;
    if (counters_.sent > script_.block_from) {
      script_.blocked_ = true;
      script_.changed_.notify_all();
      script_.changed_.wait(lock, [&] { return script_.open_ || script_.abandoned_; });
    }
    if (script_.abandoned_ || counters_.sent > script_.fail_from) {
      counters_.failed += last - first;
      if (script_.abandoned_) return {};
      if (script_.fail_as_reader_gone) return fail(ErrorKind::reader_gone, "the reader is gone");
      return fail(ErrorKind::runtime, "the disk is full");
    }
    script_.text_ += batch->lines(first, last);
    lock.unlock();
    counters_.acked += last - first;
    if (acks_ != nullptr) acks_->on_acked(*batch, first, last);
    return {};
  }
  Done close() override {
    script_.change(script_.closed_);
    if (script_.fail_close) return fail(ErrorKind::runtime, "close failed");
    return {};
  }
  void abandon() override { script_.change(script_.abandoned_); }

 private:
  SinkScript& script_;
  AckListener* acks_;
};

}  // namespace racesim::test
