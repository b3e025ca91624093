#include "serve/keeping/store_sink.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "run/run_id.h"
#include "serve/keeping/run_results.h"

namespace racesim::serve {
namespace {

constexpr std::size_t kStoreBlockEvents = 4096;

/// The lines [first, last), with the places of records in their run.
RecordBlock block_of(const WireBatch& batch, std::size_t first, std::size_t last, const std::string& run) {
  RecordBlock block;
  block.text.append(batch.lines(first, last));
  const std::uint32_t begin = batch.begin_of(first);
  block.ends.reserve(last - first);
  block.offsets.reserve(last - first);
  for (std::size_t i = first; i < last; ++i) {
    block.ends.push_back(batch.ends[i] - begin);
    block.offsets.push_back(static_cast<std::int64_t>(batch.first_ordinal + i));
  }
  block.after.source = kRunSource;
  block.after.lane = run;
  block.pad();
  return block;
}

/// What became of the blocks of one run; lives until the last of them is settled, which may be long after a
/// sink that was abandoned.
class OpenBlocks {
 public:
  OpenBlocks(SinkCounters& counters, AckListener* acks) : counters_(counters), acks_(acks) {}

  /// Errors: what a block could not be stored for.
  Result<std::uint64_t> add(const SharedBatch& batch, std::size_t first, std::size_t last) {
    const std::lock_guard lock(mutex_);
    if (error_) return tl::make_unexpected(*error_);
    open_.emplace(++last_id_, Range{batch, first, last});
    return last_id_;
  }

  void settle(std::uint64_t id, const Result<BlockOutcome>& outcome) {
    std::unique_lock lock(mutex_);
    const auto found = open_.find(id);
    if (found == open_.end()) return;  // given up, and told
    if (!outcome && !error_) error_ = outcome.error();
    tell(found->second, outcome);
    open_.erase(found);
    changed_.notify_all();
  }

  /// It was not taken.
  void forget(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    open_.erase(id);
    changed_.notify_all();
  }

  void give_up(const Error& why) {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, range] : open_) tell(range, tl::make_unexpected(why));
    open_.clear();
    changed_.notify_all();
  }

  /// Returns what went wrong, if anything did.
  std::optional<Error> wait_for_all() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_.empty(); });
    return error_;
  }

 private:
  struct Range {
    SharedBatch batch;
    std::size_t first = 0, last = 0;
  };

  /// Under the lock: behind give_up() neither counters nor listener need be there.
  void tell(const Range& range, const Result<BlockOutcome>& outcome) {
    const std::size_t events = range.last - range.first;
    if (outcome) {
      counters_.acked += events;
      counters_.bytes += range.batch->lines(range.first, range.last).size();
      counters_.dead_lettered += outcome->rejected + outcome->conflicts;
      if (acks_ != nullptr) acks_->on_acked(*range.batch, range.first, range.last);
    } else {
      counters_.failed += events;
      if (acks_ != nullptr) acks_->on_failed(*range.batch, range.first, range.last);
    }
  }

  SinkCounters& counters_;
  AckListener* const acks_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::map<std::uint64_t, Range> open_;
  std::uint64_t last_id_ = 0;
  std::optional<Error> error_;
};

class StoreSink final : public Sink {
 public:
  StoreSink(Inbox& inbox, const EventForms& forms, AckListener* acks)
      : inbox_(inbox), acks_(acks), run_(run_text(forms.run)) {}
  ~StoreSink() override { abandon(); }

  std::string name() const override { return "store"; }

  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override {
    counters_.sent += last - first;
    for (std::size_t begin = first; begin < last; begin += kStoreBlockEvents) {
      const std::size_t end = std::min(last, begin + kStoreBlockEvents);
      Done taken = put(batch, begin, end);
      if (taken) continue;
      counters_.failed += last - begin;
      if (acks_ != nullptr) acks_->on_failed(*batch, begin, last);
      return taken;
    }
    return {};
  }

  Done close() override {
    if (const std::optional<Error> error = open_->wait_for_all()) return tl::make_unexpected(*error);
    return {};
  }

  void abandon() override {
    given_up_ = true;
    inbox_.wake();
    open_->give_up({ErrorKind::runtime, "the run was ended before this was stored", ""});
  }

 private:
  Done put(const SharedBatch& batch, std::size_t first, std::size_t last) {
    const Result<std::uint64_t> id = open_->add(batch, first, last);
    if (!id) return tl::make_unexpected(id.error());
    Done taken = inbox_.put(
        block_of(*batch, first, last, run_),
        [open = open_, id = *id](const Result<BlockOutcome>& outcome) { open->settle(id, outcome); },
        given_up_);
    if (!taken) open_->forget(*id);
    return taken;
  }

  Inbox& inbox_;
  AckListener* const acks_;
  const std::string run_;
  std::atomic<bool> given_up_{false};
  const std::shared_ptr<OpenBlocks> open_ = std::make_shared<OpenBlocks>(counters_, acks_);
};

}  // namespace

std::unique_ptr<Sink> make_store_sink(Inbox& inbox, const EventForms& forms, AckListener* acks) {
  return std::make_unique<StoreSink>(inbox, forms, acks);
}

}  // namespace racesim::serve
