#include "run/pipeline.h"

#include <algorithm>

#include "base/quantity.h"

namespace racesim {
namespace {

// Above so many events at a time a lag is taken for several neighbours.
constexpr std::size_t kLagSamples = 64;

void record_lags(const Pacer::Plan& plan, const WireBatch& batch, std::size_t first, std::size_t last,
                 std::int64_t now_ns, Histogram& out) {
  const std::size_t step = (last - first + kLagSamples - 1) / kLagSamples;
  for (std::size_t i = first; i < last; i += step)
    out.record(now_ns - plan.due_ns(batch, i), std::min(step, last - i));
}

}  // namespace

void AckLag::on_acked(const WireBatch& batch, std::size_t first, std::size_t last) {
  if (first == last) return;
  const std::scoped_lock lock(mutex_);
  if (plan_ && plan_->limited()) record_lags(*plan_, batch, first, last, clock_.now_ns(), lag_);
}

void AckLag::read(Histogram& out) const {
  out.merge(lag_);
}

Pipeline::Pipeline(Generator& generator, Pacer& pacer, AckLag& ack_lag,
                   std::vector<std::unique_ptr<Sink>>& sinks, const PaceOptions& pace, Clock& clock,
                   std::int64_t event_start_ns, std::optional<std::int64_t> start_ns)
    : generator_(generator),
      pacer_(pacer),
      ack_lag_(ack_lag),
      sinks_(sinks),
      pace_(pace),
      clock_(clock),
      event_start_ns_(event_start_ns),
      asked_start_ns_(start_ns) {}

std::optional<std::int64_t> Pipeline::start_ns() const {
  const std::int64_t begun_ns = begun_ns_.load();
  if (begun_ns == INT64_MIN) return std::nullopt;
  return begun_ns;
}

void Pipeline::stop() {
  stop_.store(true);
  generator_.cancel();
}

void Pipeline::begin(std::int64_t now_ns) {
  pacer_.start(now_ns, event_start_ns_);
  ack_lag_.set_plan(pacer_.plan());
  begun_ns_.store(now_ns);
}

Pipeline::End Pipeline::run() {
  generator_.start();
  if (asked_start_ns_) begin(*asked_start_ns_);
  bool going = true;
  while (going) {
    const SharedBatch batch = generator_.next();
    if (!batch) break;
    if (begun_ns_.load() == INT64_MIN) begin(clock_.now_ns());
    std::size_t count = batch->size();
    if (most_events_ > 0) count = std::min<std::uint64_t>(count, most_events_ - counters_.generated.load());
    going = send(batch, count);
    if (going && at_limit()) break;
    // A live slice lasts as long as its time, also one without events.
    if (going && pace_.live) pacer_.wait_for(generator_.read_until_ns(), stop_);
  }
  end_.reached_end = going && (generator_.at_end() || at_limit());
  generator_.cancel();
  close_sinks();
  return end_;
}

/// Releases the first `events` of the batch as they fall due. False: the run ends within the batch.
bool Pipeline::send(const SharedBatch& batch, std::size_t events) {
  for (std::size_t from = 0; from < events;) {
    const std::optional<Release> release = pacer_.next(*batch, from, stop_);
    if (!release) return false;
    if (pace_.on_overload == Overload::fail && pacer_.behind_ns() > pace_.max_lag_ns) {
      end_.error = Error{ErrorKind::runtime,
                         "the sinks are " + format_duration(pacer_.behind_ns()) + " behind the plan",
                         "lower the rate, raise --max-lag, or choose --on-overload block or drop"};
      return false;
    }
    const std::size_t last = std::min(release->last, events);
    const std::size_t count = last - from;
    counters_.generated.fetch_add(count);
    counters_.event_time_ns.store(batch->heads[last - 1].emit_time_ns);
    if (release->shed)
      counters_.shed.fetch_add(count);
    else if (!submit(batch, from, last))
      return false;
    from = last;
  }
  return true;
}

/// To every sink, also behind one that fails: each accounts for every event that was released.
bool Pipeline::submit(const SharedBatch& batch, std::size_t first, std::size_t last) {
  note_sent(*batch, first, last);
  bool all_took = true;
  for (const auto& sink : sinks_) {
    const Done taken = sink->submit(batch, first, last);
    if (taken) continue;
    note_failure(*sink, taken.error());
    all_took = false;
  }
  return all_took;
}

void Pipeline::note_sent(const WireBatch& batch, std::size_t first, std::size_t last) {
  const std::int64_t now_ns = clock_.now_ns();
  if (counters_.first_sent_ns.load() == 0) counters_.first_sent_ns.store(now_ns);
  counters_.last_sent_ns.store(now_ns);
  if (pacer_.plan().limited()) record_lags(pacer_.plan(), batch, first, last, now_ns, counters_.send_lag);
}

/// The first error counts; that a pipe's reader went away is none.
void Pipeline::note_failure(const Sink& sink, const Error& error) {
  if (sink.reader_gone())
    end_.reader_gone = true;
  else if (!end_.error)
    end_.error = error;
}

/// Closes every sink, whatever becomes of the others.
void Pipeline::close_sinks() {
  for (const auto& sink : sinks_)
    if (const Done closed = sink->close(); !closed) note_failure(*sink, closed.error());
}

}  // namespace racesim
