#include "run/ingest/writer.h"

#include <algorithm>
#include <utility>

namespace racesim {
namespace {

constexpr std::int64_t kFirstPause_ns = 50'000'000;
constexpr std::int64_t kLongestPause_ns = 5 * kNsPerSecond;
constexpr std::int64_t kNap_ns = 50'000'000;  ///< how soon an abandoned wait ends

Error taken_over() {
  return {ErrorKind::busy, "another process has gone on with what this one was reading",
          "the records are read again from where that one stands"};
}

}  // namespace

IngestWriter::IngestWriter(const IngestConfig& config, Source& source, WorkTarget& target, WorkQueue& queue,
                           Clock& clock)
    : config_(config), source_(source), target_(target), queue_(queue), clock_(clock) {}

IngestCounts IngestWriter::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

std::optional<Error> IngestWriter::error() const {
  const std::scoped_lock lock(mutex_);
  return error_;
}

void IngestWriter::abandon() {
  abandoned_ = true;
  target_.abandon();
  queue_.close();
}

void IngestWriter::fail_with(Error error) {
  const std::scoped_lock lock(mutex_);
  if (!error_) error_ = std::move(error);
}

/// When the transaction is to be committed, whatever comes; without one when the target wants to be called;
/// none: never.
std::optional<std::int64_t> IngestWriter::deadline() const {
  if (target_.empty()) return target_.next_tick_ns();
  const bool at_once = (source_.is_awaited() || config_.commit_at_once) && !target_.awaits_more();
  return at_once ? clock_.now_ns() : begun_ns_ + config_.flush_ns;
}

void IngestWriter::run() {
  for (;;) {
    std::optional<WorkItem> item = queue_.pop(deadline());
    if (!item) {
      const bool goes_on = target_.empty() ? do_alone([this] { return target_.tick(); }) : commit();
      if (!goes_on) break;
      continue;
    }
    const bool last = item->kind == WorkItem::Kind::end;
    if (!take(*item)) break;
    if (last) {
      if (Done closed = target_.close(); !closed) fail_with(closed.error());
      return;
    }
  }
  queue_.close();
  source_.stop();
  drop_rest();
  static_cast<void>(target_.close());  // the error that ended it is told already
}

/// False: it is over.
bool IngestWriter::take(WorkItem& item) {
  switch (item.kind) {
    case WorkItem::Kind::block:
      if (wants_resync_) {
        source_.settled(item.work->block, tl::make_unexpected(taken_over()));
        queue_.recycle(std::move(item.work));
        return true;
      }
      if (item.work->undecoded) decode(*item.work);
      if (target_.empty()) begun_ns_ = clock_.now_ns();
      target_.add(std::move(item.work));
      return target_.records() < config_.batch_records || commit();
    case WorkItem::Kind::task: {
      const bool alive = commit();
      item.task(alive);
      return alive;
    }
    case WorkItem::Kind::resync:
      wants_resync_ = false;
      return true;
    case WorkItem::Kind::end:
      return commit() && do_alone([&] { return target_.finish(item.reached_end); });
  }
  return false;
}

void IngestWriter::decode(Work& work) {
  decoder_->decode(work.block, work.lane, work.decoded);
  target_.set_aside_unfit(work);
  work.undecoded = false;
}

bool IngestWriter::commit() {
  if (abandoned_) return false;
  if (target_.empty()) return true;
  switch (try_until_done([this] { return target_.write(); })) {
    case Tried::done:
      settle_all();
      return expire();
    case Tried::fenced: {
      drop_all(taken_over());
      const std::scoped_lock lock(mutex_);
      ++counts_.fenced;
      wants_resync_ = true;
      return true;
    }
    case Tried::failed:
      return false;
  }
  return false;
}

/// A transaction without blocks. False: it failed for good.
bool IngestWriter::do_alone(const std::function<Result<bool>()>& write) {
  if (abandoned_) return false;
  const Tried tried = try_until_done(write);
  if (tried == Tried::fenced) fail_with(taken_over());
  return tried == Tried::done;
}

IngestWriter::Tried IngestWriter::try_until_done(const std::function<Result<bool>()>& write) {
  const std::int64_t give_up_ns = clock_.now_ns() + config_.retry_max_ns;
  for (int tries = 0;; ++tries) {
    const Result<bool> written = write();
    if (!written || !*written) target_.rollback();
    if (written) {
      wait_.end(this);
      return *written ? Tried::done : Tried::fenced;
    }
    if (!target_.worth_retrying() || !wait_before_retry(written.error(), give_up_ns, tries)) {
      wait_.end(this);
      fail_with(written.error());
      drop_all(written.error());
      return Tried::failed;
    }
  }
}

/// False: it has been long enough, or nobody wants to wait any more.
bool IngestWriter::wait_before_retry(const Error& why, std::int64_t give_up_ns, int tries) {
  const std::int64_t now_ns = clock_.now_ns();
  const std::int64_t pause_ns = std::min(kLongestPause_ns, kFirstPause_ns << std::min(tries, 10));
  if (abandoned_ || now_ns + pause_ns > give_up_ns) return false;
  wait_.begin(this, {now_ns, now_ns + pause_ns, why.what});
  while (!abandoned_ && clock_.now_ns() < now_ns + pause_ns)
    clock_.sleep_until(std::min(now_ns + pause_ns, clock_.now_ns() + kNap_ns));
  return !abandoned_;
}

void IngestWriter::settle_all() {
  std::uint64_t records = target_.records();
  {
    const std::scoped_lock lock(mutex_);
    target_.count(counts_);
  }
  for (std::unique_ptr<Work>& work : target_.take()) {
    source_.settled(work->block, std::move(work->outcome));
    queue_.recycle(std::move(work));
  }
  if (config_.on_commit) config_.on_commit(records);
}

void IngestWriter::drop_all(const Error& why) {
  for (std::unique_ptr<Work>& work : target_.take()) {
    source_.settled(work->block, tl::make_unexpected(why));
    queue_.recycle(std::move(work));
  }
}

/// Nobody may wait for an answer, or for a task, that never comes.
void IngestWriter::drop_rest() {
  const Error why =
      error().value_or(Error{ErrorKind::runtime, "the ingest was ended before this was stored", ""});
  drop_all(why);
  while (std::optional<WorkItem> item = queue_.pop(clock_.now_ns())) {
    if (item->kind == WorkItem::Kind::end) return;
    if (item->kind == WorkItem::Kind::block) source_.settled(item->work->block, tl::make_unexpected(why));
    if (item->kind == WorkItem::Kind::task) item->task(false);
  }
}

/// False: what is old cannot be removed, and never will be.
bool IngestWriter::expire() {
  if (!config_.expires) return true;
  const Result<std::uint64_t> removed = target_.expire();
  // It may go with a later commit: only an error that stays is one.
  if (removed || target_.worth_retrying()) return true;
  fail_with(removed.error());
  return false;
}

}  // namespace racesim
