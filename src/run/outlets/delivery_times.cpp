#include "run/outlets/delivery_times.h"

#include <algorithm>

namespace racesim {
namespace {

// Above so many events at a time a lag is taken for several neighbours.
constexpr std::size_t kLagSamples = 64;

}  // namespace

void record_lags(const Pacer::Plan& plan, const WireBatch& batch, std::size_t first, std::size_t last,
                 std::int64_t now_ns, Histogram& out) {
  const std::size_t step = (last - first + kLagSamples - 1) / kLagSamples;
  for (std::size_t i = first; i < last; i += step)
    if (!plan.is_history(batch, i)) out.record(now_ns - plan.due_ns(batch, i), std::min(step, last - i));
}

void DeliveryTimes::set_plan(const Pacer::Plan& plan) {
  limited_ = plan.limited();
  const std::scoped_lock lock(send_.mutex);
  send_.plan = plan;
  ack_.plan = plan;
}

void DeliveryTimes::record(Lags& lags, const WireBatch& batch, std::size_t first, std::size_t last,
                           std::int64_t now_ns) {
  const std::scoped_lock lock(lags.mutex);
  record_lags(*lags.plan, batch, first, last, now_ns, lags.lag);
}

void DeliveryTimes::note_sent(const WireBatch& batch, std::size_t first, std::size_t last) {
  if (limited_) record(send_, batch, first, last, clock_.now_ns());
}

std::int64_t DeliveryTimes::note_acked(const WireBatch& batch, std::size_t first, std::size_t last) {
  const std::int64_t now_ns = clock_.now_ns();
  if (limited_) record(ack_, batch, first, last, now_ns);
  return now_ns;
}

void SinkTimes::on_acked(const WireBatch& batch, std::size_t first, std::size_t last) {
  if (first == last) return;
  if (settled_ != nullptr) settled_->settle(batch.first_ordinal + first, batch.first_ordinal + last);
  const std::int64_t now_ns = all_.note_acked(batch, first, last);
  std::int64_t known_ns = last_acked_ns_.load(std::memory_order_relaxed);
  // Two threads may come here in the other order than they read the clock in.
  while (known_ns < now_ns &&
         !last_acked_ns_.compare_exchange_weak(known_ns, now_ns, std::memory_order_relaxed)) {
  }
}

}  // namespace racesim
