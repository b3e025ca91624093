// When events went out and were acknowledged, against the plan: lags over all sinks, and each sink's last
// acknowledgement.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "base/histogram.h"
#include "io/sink.h"
#include "run/pacing/pacer.h"
#include "run/resume/progress_log.h"

namespace racesim {

/// Records `now_ns` − due for the events [first, last); of many neighbours some stand for the others.
void record_lags(const Pacer::Plan& plan, const WireBatch& batch, std::size_t first, std::size_t last,
                 std::int64_t now_ns, Histogram& out);

/// Lags of all sinks of a run. Any thread.
class DeliveryTimes {
 public:
  explicit DeliveryTimes(Clock& clock) : clock_(clock) {}
  /// Before the first event. A plan without limit has no lags.
  void set_plan(const Pacer::Plan& plan);
  void note_sent(const WireBatch& batch, std::size_t first, std::size_t last);
  /// Returns the moment of the acknowledgement, by the clock: now.
  std::int64_t note_acked(const WireBatch& batch, std::size_t first, std::size_t last);
  /// The plan, once it is set. Any thread; a copy, since a plan is for one thread.
  std::optional<Pacer::Plan> plan() const {
    const std::scoped_lock lock(send_.mutex);
    return send_.plan;
  }
  /// Send lags that sinks reported (AckListener::on_sent()), added to `out`.
  void read_send(Histogram& out) const { out.merge(send_.lag); }
  void read_ack(Histogram& out) const { out.merge(ack_.lag); }

 private:
  /// Due times of Poisson arrivals come from a cache inside the plan: one copy for each lock.
  struct Lags {
    mutable std::mutex mutex;
    std::optional<Pacer::Plan> plan;
    Histogram lag;
  };
  static void record(Lags& lags, const WireBatch& batch, std::size_t first, std::size_t last,
                     std::int64_t now_ns);

  Clock& clock_;
  bool limited_ = false;
  Lags send_, ack_;
};

/// What one sink is given to report to.
class SinkTimes final : public AckListener {
 public:
  /// `settled` may be null; else it is told of all that the sink is done with.
  explicit SinkTimes(DeliveryTimes& all, SettledEvents* settled = nullptr) : all_(all), settled_(settled) {}
  void on_sent(const WireBatch& batch, std::size_t first, std::size_t last) override {
    all_.note_sent(batch, first, last);
  }
  void on_acked(const WireBatch& batch, std::size_t first, std::size_t last) override;
  void on_failed(const WireBatch& batch, std::size_t first, std::size_t last) override {
    if (settled_ != nullptr)
      settled_->settle_dead_letters(batch.first_ordinal + first, batch.first_ordinal + last);
  }
  /// By the clock; 0 before the first. Any thread.
  std::int64_t last_acked_ns() const { return last_acked_ns_.load(std::memory_order_relaxed); }

 private:
  DeliveryTimes& all_;
  SettledEvents* const settled_;
  std::atomic<std::int64_t> last_acked_ns_{0};
};

}  // namespace racesim
