// Who is told of what becomes of events.
#pragma once

#include <cstddef>

#include "model/batch.h"

namespace racesim {

/// Called from whichever thread sees it, with ranges of neighbouring events.
class AckListener {
 public:
  virtual ~AckListener() = default;
  /// The events [first, last) of `batch` go out now, for the first time. Only sinks that send later than
  /// submit() returns tell (Sink::unsent()).
  virtual void on_sent(const WireBatch& batch, std::size_t first, std::size_t last) {
    static_cast<void>(batch);
    static_cast<void>(first);
    static_cast<void>(last);
  }
  /// The events [first, last) of `batch` were confirmed now.
  virtual void on_acked(const WireBatch& batch, std::size_t first, std::size_t last) = 0;
  /// The events [first, last) of `batch` were given up now, into the dead-letter file.
  virtual void on_failed(const WireBatch& batch, std::size_t first, std::size_t last) {
    static_cast<void>(batch);
    static_cast<void>(first);
    static_cast<void>(last);
  }
};

/// Collects neighbours from events that come one by one, so that a listener is called once per range; the
/// last range when this is destroyed. One thread.
class AckRanges {
 public:
  using Tell = void (AckListener::*)(const WireBatch& batch, std::size_t first, std::size_t last);
  /// `listener` may be null: nobody is told.
  AckRanges(AckListener* listener, Tell tell) : listener_(listener), tell_(tell) {}
  ~AckRanges() { flush(); }
  AckRanges(const AckRanges&) = delete;
  AckRanges& operator=(const AckRanges&) = delete;

  void add(const WireBatch& batch, std::size_t event) {
    if (&batch != batch_ || event != last_) {
      flush();
      batch_ = &batch;
      first_ = event;
    }
    last_ = event + 1;
  }

 private:
  void flush() {
    if (batch_ != nullptr && listener_ != nullptr) (listener_->*tell_)(*batch_, first_, last_);
  }

  AckListener* const listener_;
  const Tell tell_;
  const WireBatch* batch_ = nullptr;
  std::size_t first_ = 0, last_ = 0;
};

}  // namespace racesim
