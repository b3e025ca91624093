#include "serve/keeping/inbox.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace racesim::serve {
namespace {

enum InboxLane : std::uint32_t { kRequestLane, kRunLane };
/// A group of requests gathers for so long at most, which nothing tells the end of.
constexpr std::int64_t kGatherLook_ns = 1'000'000;

Error nothing_opened() {
  return {ErrorKind::runtime, "the store is not open yet", "try again in a moment"};
}

}  // namespace

/// Without lanes' positions: events of runs are known by their ids, and so are those of requests.
class Inbox::Reader final : public Source {
 public:
  explicit Reader(Inbox& inbox) : inbox_(inbox) {}

  std::string name() const override { return "runs and requests of the service"; }
  Done open(LaneKeeper&) override { return {}; }
  Result<Pulled> pull(RecordBlock& to, int wait_ms) override { return inbox_.pull(to, wait_ms); }
  Done restart() override { return {}; }
  const LaneInfo& lane(std::uint32_t) const override { return lane_; }
  void settled(const RecordBlock& block, const Result<BlockOutcome>& outcome) override {
    inbox_.settle(block, outcome);
  }
  bool is_awaited() const override { return inbox_.awaited_ > 0; }
  bool has_positions() const override { return false; }
  bool is_bounded() const override { return false; }
  void stop() override { inbox_.end(); }
  std::optional<std::uint64_t> lag() const override { return inbox_.waiting_records(); }

 private:
  Inbox& inbox_;
  const LaneInfo lane_;
};

Inbox::Inbox(const Limits& limits, Clock& clock, std::function<std::string()> trouble)
    : limits_(limits),
      clock_(clock),
      intake_(limits.requests, clock, std::move(trouble), [this] { wake(); }),
      closed_(nothing_opened()) {}

std::uint64_t Inbox::waiting_records() const {
  const std::lock_guard lock(mutex_);
  return run_records_ + intake_.queue().records();
}

void Inbox::wake() {
  const std::lock_guard lock(mutex_);
  ++changes_;
  changed_.notify_all();
}

Done Inbox::put(RecordBlock block, Settled settled, const std::atomic<bool>& given_up) {
  std::unique_lock lock(mutex_);
  const std::size_t bytes = block.text.size();
  changed_.wait(
      lock, [&] { return closed_ || given_up || runs_.empty() || run_bytes_ + bytes <= limits_.run_bytes; });
  if (closed_) return tl::make_unexpected(*closed_);
  if (given_up) return fail(ErrorKind::runtime, "the run was ended before this was stored");
  block.lane = kRunLane;
  block.ticket = ++last_ticket_;
  run_bytes_ += bytes;
  run_records_ += block.size();
  runs_.push_back({std::move(block), std::move(settled)});
  ++changes_;
  changed_.notify_all();
  return {};
}

std::unique_ptr<Source> Inbox::source() {
  const std::lock_guard lock(mutex_);
  closed_.reset();
  ending_ = false;
  return std::make_unique<Reader>(*this);
}

void Inbox::end() {
  const std::lock_guard lock(mutex_);
  if (!closed_) closed_ = Error{ErrorKind::runtime, "the service is stopping", ""};
  ending_ = true;
  ++changes_;
  changed_.notify_all();
}

void Inbox::close(const Error& why) {
  std::deque<Waiting> runs;
  std::map<std::uint64_t, Settled> given_out;
  {
    const std::lock_guard lock(mutex_);
    closed_ = why;
    ending_ = true;
    runs.swap(runs_);
    given_out.swap(given_out_);
    run_bytes_ = 0;
    run_records_ = 0;
    ++changes_;
    changed_.notify_all();
  }
  const Result<BlockOutcome> outcome = tl::make_unexpected(why);
  for (Waiting& waiting : runs) waiting.settled(outcome);
  for (auto& [ticket, settled] : given_out) settled(outcome);
  intake_.refuse_all("nothing can be stored now; send it again later");
  awaited_ = 0;
}

/// False: no run has sent anything.
bool Inbox::pull_run(RecordBlock& to) {
  const std::lock_guard lock(mutex_);
  if (runs_.empty()) return false;
  Waiting& first = runs_.front();
  run_bytes_ -= first.block.text.size();
  run_records_ -= first.block.size();
  given_out_.emplace(first.block.ticket, std::move(first.settled));
  if (first.block.lanes_ended > 0) ++awaited_;
  to = std::move(first.block);
  runs_.pop_front();
  changed_.notify_all();
  return true;
}

Result<Pulled> Inbox::pull(RecordBlock& to, int wait_ms) {
  const std::int64_t deadline_ns = clock_.now_ns() + std::int64_t{wait_ms} * 1'000'000;
  for (;;) {
    std::uint64_t seen = 0;
    bool ending = false;
    {
      const std::lock_guard lock(mutex_);
      seen = changes_;
      ending = ending_;
    }
    // Requests first: somebody waits for each. Their groups are bounded, so a run's turn comes.
    const Result<Pulled> request = intake_.queue().pull(to, 0);
    if (!request) return request;
    if (*request == Pulled::records) {
      to.lane = kRequestLane;
      ++awaited_;
      return Pulled::records;
    }
    if (pull_run(to)) return Pulled::records;
    const bool gathers = intake_.queue().records() > 0;
    if (ending && !gathers) return Pulled::ended;
    const std::int64_t now_ns = clock_.now_ns();
    if (now_ns >= deadline_ns) return Pulled::nothing;
    const std::int64_t wait_ns =
        gathers ? std::min(kGatherLook_ns, deadline_ns - now_ns) : deadline_ns - now_ns;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::nanoseconds(wait_ns), [&] { return changes_ != seen; });
  }
}

void Inbox::settle(const RecordBlock& block, const Result<BlockOutcome>& outcome) {
  if (block.lane == kRequestLane) {
    intake_.settled(block, outcome);
    --awaited_;
    return;
  }
  Settled settled;
  {
    const std::lock_guard lock(mutex_);
    const auto found = given_out_.find(block.ticket);
    if (found == given_out_.end()) return;
    settled = std::move(found->second);
    given_out_.erase(found);
    if (block.lanes_ended > 0) --awaited_;
  }
  settled(outcome);
}

}  // namespace racesim::serve
