#include "run/generate/pipeline.h"

#include <algorithm>

#include "base/quantity.h"
#include "io/resumable.h"

namespace racesim {

void DueMarks::note(std::uint64_t left, std::int64_t due_ns, std::uint64_t settled) {
  constexpr std::int64_t kGrain_ns = 50'000'000;
  const std::scoped_lock lock(mutex_);
  while (!marks_.empty() && marks_.front().end <= settled) marks_.pop_front();
  if (!marks_.empty() && due_ns - marks_.back().due_ns < kGrain_ns)
    marks_.back().end = left;
  else
    marks_.push_back({left, due_ns});
}

std::optional<std::int64_t> DueMarks::oldest_ns(std::uint64_t settled) const {
  const std::scoped_lock lock(mutex_);
  for (const Mark& mark : marks_)
    if (mark.end > settled) return mark.due_ns;
  return std::nullopt;
}

Pipeline::Pipeline(EventFeed& feed, Pacer& pacer, DeliveryTimes& times,
                   std::vector<std::unique_ptr<Sink>>& sinks, const PaceOptions& pace, Clock& clock,
                   std::optional<std::int64_t> event_start_ns, std::optional<std::int64_t> start_ns)
    : feed_(feed),
      pacer_(pacer),
      times_(times),
      sinks_(sinks),
      pace_(pace),
      clock_(clock),
      event_start_ns_(event_start_ns),
      asked_start_ns_(start_ns) {}

void Pipeline::stop() {
  stop_.store(true);
  feed_.cancel();
}

void Pipeline::begin(std::int64_t now_ns, std::int64_t event_start_ns) {
  begun_ = true;
  counters_.first_event_ns.store(event_start_ns);
  pacer_.start(now_ns, event_start_ns, first_ordinal_);
  if (pace_.live && first_ordinal_ > 0) went_on_ns_ = clock_.now_ns();
  times_.set_plan(pacer_.plan());
}

Pipeline::End Pipeline::run() {
  for (const auto& sink : sinks_) sinks_send_later_ = sinks_send_later_ || sink->unsent().has_value();
  if (const Done started = feed_.start(); !started) {
    end_.error = started.error();
  } else {
    try {
      send_all();
    } catch (const std::exception& e) {
      end_.error = Error{ErrorKind::runtime, std::string("send events: ") + e.what(),
                         "raise the limit of memory (ulimit -v), or lower --threads"};
    }
  }
  feed_.cancel();
  feed_.wait();
  if (const auto failed = feed_.error(); failed && !end_.error) end_.error = failed;
  close_sinks();
  return end_;
}

void Pipeline::send_all() {
  // Without a plan the making of the first events takes time as that of all others does.
  if (!pacer_.plan().limited()) counters_.first_due_ns.store(clock_.now_ns());
  if (pace_.live && event_start_ns_) begin(asked_start_ns_.value_or(clock_.now_ns()), *event_start_ns_);
  bool going = true;
  while (going) {
    if (log_ != nullptr)
      if (const std::optional<FeedPlace> place = feed_.next_place()) log_->places.note(*place);
    const SharedBatch batch = feed_.next();
    if (!batch) break;
    // Without a start of its own the run begins with the first event that it sends.
    const std::uint64_t before = first_ordinal_ - std::min(first_ordinal_, batch->first_ordinal);
    if (before >= batch->size() && !event_start_ns_) continue;
    if (!begun_)
      begin(clock_.now_ns(),
            event_start_ns_ ? *event_start_ns_ : batch->heads[static_cast<std::size_t>(before)].emit_time_ns);
    going = send(batch);
    // A live slice lasts as long as its time, also one without events.
    if (going && pace_.live) {
      await_first(feed_.read_until_ns());
      pacer_.wait_for(feed_.read_until_ns(), stop_);
    }
  }
  end_.reached_end = going && feed_.at_end();
}

/// Releases the events of the batch as they fall due. False: the run ends within the batch.
bool Pipeline::send(const SharedBatch& batch) {
  if (batch->size() == 0) count_faults(*batch, 0, 0);
  const std::uint64_t sent_before = first_ordinal_ - std::min(first_ordinal_, batch->first_ordinal);
  for (auto from = static_cast<std::size_t>(sent_before); from < batch->size();) {
    await_first(batch->heads[from].emit_time_ns);
    const std::optional<Release> release = pacer_.next(*batch, from, stop_);
    if (!release) return false;
    const std::int64_t behind = overload_matters() ? behind_ns() : 0;
    if (pace_.on_overload == Overload::fail && behind > pace_.max_lag_ns) {
      end_.error = Error{ErrorKind::runtime, "the sinks are " + format_duration(behind) + " behind the plan",
                         "lower the rate, raise --max-lag, or choose --on-overload block or drop"};
      return false;
    }
    const bool shed = release->shed || (pace_.on_overload == Overload::drop && behind > pace_.max_lag_ns);
    const std::size_t last = release->last;
    const std::size_t count = last - from;
    note_due(*batch, from, last);
    count_faults(*batch, from, last);
    if (release_log_ != nullptr) release_log_->note(*batch, from, last, shed);
    // The time first: who sees that something was released may ask for the moment it belongs to.
    counters_.event_time_ns.store(batch->heads[last - 1].emit_time_ns);
    counters_.released.fetch_add(count);
    counters_.awaited_at_ns.store(0);
    if (shed)
      counters_.shed.fetch_add(count);
    else if (!submit(batch, from, last))
      return false;
    from = last;
  }
  return true;
}

/// Before the first event nothing else tells whether the run waits or hangs.
void Pipeline::await_first(std::int64_t event_ns) {
  if (!pace_.live || counters_.released.load() > 0) return;
  counters_.awaited_event_ns.store(event_ns);
  counters_.awaited_at_ns.store(pacer_.plan().event_due_ns(event_ns));
}

std::uint64_t Pipeline::settled() const {
  std::uint64_t least = UINT64_MAX;
  for (const auto& sink : sinks_) {
    const SinkCounters& c = sink->counters();
    least = std::min<std::uint64_t>(least, c.acked + c.failed + c.skipped);
  }
  return least;
}

void Pipeline::count_faults(const WireBatch& batch, std::size_t first, std::size_t last) {
  FaultCounters& counts = counters_.faults;
  for (std::size_t i = batch.faults.empty() ? last : first; i < last; ++i) {
    const std::uint8_t bits = batch.faults[i];
    if (bits == 0) continue;
    if (bits & kFaultDuplicate) {
      counts.duplicate.fetch_add(1);
      continue;  // what else it suffers is the event's
    }
    if (bits & kFaultLate) counts.late.fetch_add(1);
    if (bits & kFaultReorder) counts.reorder.fetch_add(1);
    if (bits & kFaultCorrupt) counts.corrupt.fetch_add(1);
  }
  const bool at_end = last == batch.size();
  for (const DroppedEvent& dropped : batch.dropped)
    if (dropped.before >= first && (dropped.before < last || at_end)) counts.drop.fetch_add(1);
}

bool Pipeline::overload_matters() const {
  return pace_.on_overload != Overload::block && pacer_.plan().limited() && !pacer_.in_history();
}

/// How late the oldest event is that has not gone out: the one to be released now, or one that a sink still
/// holds. Events of one user wait for one another, so a sink may send in another order than it was given
/// them: then the oldest is older than the count of what it sent tells.
std::int64_t Pipeline::behind_ns() {
  std::uint64_t most_unsent = 0;
  for (const auto& sink : sinks_) most_unsent = std::max(most_unsent, sink->unsent().value_or(0));
  const std::uint64_t left = counters_.left.load();
  const std::uint64_t sent = left - std::min(left, most_unsent);
  while (!unsent_leaves_.empty() && unsent_leaves_.front().end <= sent) unsent_leaves_.pop_front();
  if (unsent_leaves_.empty()) return pacer_.behind_ns();
  return std::max(pacer_.behind_ns(), clock_.now_ns() - unsent_leaves_.front().due_ns);
}

/// To every sink, also behind one that fails: each accounts for every event that was released.
bool Pipeline::submit(const SharedBatch& batch, std::size_t first, std::size_t last) {
  note_left(*batch, first, last);
  bool all_took = true;
  for (const auto& sink : sinks_) {
    const Done taken = sink->submit(batch, first, last);
    if (taken) continue;
    note_failure(taken.error());
    all_took = false;
  }
  return all_took;
}

/// What was due while no process sent is made up for: it is of no rate. Returns the first event after it.
std::size_t Pipeline::skip_overdue(const WireBatch& batch, std::size_t first, std::size_t last) {
  const Pacer::Plan& plan = pacer_.plan();
  std::size_t i = first;
  while (i < last && plan.due_ns(batch, i) < went_on_ns_) ++i;
  counters_.overdue.fetch_add(i - first);
  return i;
}

void Pipeline::note_due(const WireBatch& batch, std::size_t first, std::size_t last) {
  const Pacer::Plan& plan = pacer_.plan();
  if (!plan.limited()) return;
  if (plan.is_history(batch, last - 1)) {
    counters_.history.fetch_add(last - first);
    return;
  }
  first = skip_overdue(batch, first, last);
  if (first == last) return;
  if (counters_.first_due_ns.load() == 0) counters_.first_due_ns.store(plan.due_ns(batch, first));
  if (in_first_moment_) {
    std::size_t i = first;
    while (i < last && plan.due_ns(batch, i) == counters_.first_due_ns.load()) ++i;
    counters_.at_first_due.fetch_add(i - first);
    in_first_moment_ = i == last;
  }
  const std::int64_t last_due_ns = plan.due_ns(batch, last - 1);
  counters_.last_due_ns.store(last_due_ns);
  if (pace_.live) counters_.most_due.store(plan.most_until(last_due_ns));
}

void Pipeline::note_left(const WireBatch& batch, std::size_t first, std::size_t last) {
  const std::uint64_t left = counters_.left.fetch_add(last - first) + (last - first);
  const Pacer::Plan& plan = pacer_.plan();
  if (plan.limited() && !plan.is_history(batch, first))
    counters_.due.note(left, plan.due_ns(batch, first), settled());
  if (overload_matters()) unsent_leaves_.push_back({left, plan.due_ns(batch, first)});
  if (!sinks_send_later_ && pacer_.plan().limited())
    record_lags(pacer_.plan(), batch, first, last, clock_.now_ns(), counters_.send_lag);
}

/// The first error counts; that a pipe's reader went away is none.
void Pipeline::note_failure(const Error& error) {
  if (error.kind == ErrorKind::reader_gone)
    end_.reader_gone = true;
  else if (!end_.error)
    end_.error = error;
}

/// Closes every sink, whatever becomes of the others.
void Pipeline::close_sinks() {
  for (const auto& sink : sinks_)
    if (Resumable* const place = sink->resumable(); place != nullptr && log_ != nullptr && !end_.reached_end)
      place->leave_open();
  for (const auto& sink : sinks_)
    if (const Done closed = sink->close(); !closed) note_failure(closed.error());
}

}  // namespace racesim
