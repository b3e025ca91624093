#include "run/replay/replay_feed.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace racesim {
namespace {

constexpr std::size_t kBatchesAhead = 4;
// What was read is still in the processor's cache when facts are found and when it is written.
constexpr std::size_t kRecordsAtOnce = 1024;
// Over all lanes; and the most of one.
constexpr std::size_t kBlocksAhead = 8, kMostAheadOfLane = 4;
constexpr int kPull_ms = 100;  // a cancelled feed ends within this

/// A lane's blocks with their facts, some of them read ahead.
class FactLane final : public TimedLane {
 public:
  /// All outlive it.
  FactLane(const RecordedLane& lane, FactReader facts, ScanWorkers& workers, std::size_t most_ahead,
           const std::atomic<bool>& cancelled)
      : lane_(lane), facts_(facts), workers_(workers), most_ahead_(most_ahead), cancelled_(cancelled) {}
  ~FactLane() override {
    for (const auto& job : ahead_) workers_.drop(*job);
  }
  FactLane(const FactLane&) = delete;
  FactLane& operator=(const FactLane&) = delete;

  bool would_wait() override { return ahead_.empty() && !ended_ && !error_ && !pull(0); }
  Result<bool> next(TimedBlock& to) override {
    while (ahead_.empty() && !ended_ && !error_ && !cancelled_) pull(kPull_ms);
    // The last one's bytes are used up: they are read over.
    if (spare_ == nullptr) spare_ = std::make_unique<ScanJob>();
    std::swap(spare_->block, to);
    while (!ahead_.empty() && ahead_.size() < most_ahead_ + 1 && !ended_ && !error_ && pull(0)) {
    }
    if (ahead_.empty()) return error_ ? Result<bool>(tl::make_unexpected(*error_)) : Result<bool>(false);
    const std::unique_ptr<ScanJob> job = std::move(ahead_.front());
    ahead_.pop_front();
    workers_.finish(*job);
    facts_.complete(job->block);
    std::swap(to, job->block);
    return true;
  }

 private:
  /// Whether a block with records came. None any more after an error, which is told behind what came before.
  bool pull(int wait_ms) {
    std::unique_ptr<ScanJob> job = spare_ != nullptr ? std::move(spare_) : std::make_unique<ScanJob>();
    RecordBlock& records = job->block.records;
    records.most_records = kRecordsAtOnce;
    const Result<Pulled> pulled = lane_.source->pull(records, wait_ms);
    if (!pulled) {
      error_ = pulled.error();
      return false;
    }
    ended_ = *pulled == Pulled::ended;
    if (lane_.digest != nullptr) {
      if (ended_) lane_.digest->end();
      if (*pulled == Pulled::records) lane_.digest->add(records);
    }
    if (*pulled != Pulled::records || records.size() == 0) {
      spare_ = std::move(job);
      return false;
    }
    job->lane = &lane_;
    job->info = lane_.source->lane(records.lane);
    workers_.begin(*job);
    ahead_.push_back(std::move(job));
    return true;
  }

  const RecordedLane& lane_;
  FactReader facts_;
  ScanWorkers& workers_;
  const std::size_t most_ahead_;
  const std::atomic<bool>& cancelled_;
  std::deque<std::unique_ptr<ScanJob>> ahead_;
  std::unique_ptr<ScanJob> spare_;
  bool ended_ = false;
  std::optional<Error> error_;
};

}  // namespace

ReplayFeed::ReplayFeed(const RunConfig& config, const ReplayStreams& streams, EntityKeys& keys,
                       ReplayBook book, OpenLanes open, RefuseRecord refuse)
    : replay_(*config.replay),
      streams_(streams),
      keys_(keys),
      book_(std::move(book)),
      open_(std::move(open)),
      refuse_(std::move(refuse)) {
  if (replay_.is_new_run()) book_.restamper = &restamper_.emplace(replay_, book_.run, config.pace.speed);
  if (config.faults.any()) disturber_.emplace(config.faults, config.content.seed);
}

ReplayFeed::~ReplayFeed() {
  cancel();
  wait();
}

Done ReplayFeed::start() {
  try {
    reader_ = std::thread([this] { read(); });
  } catch (const std::exception& e) {
    return fail(ErrorKind::runtime, std::string("start the thread that reads: ") + e.what(),
                "raise the limit of processes (ulimit -u)");
  }
  return {};
}

void ReplayFeed::read() {
  Done played;
  try {
    played = play_rounds();
  } catch (const std::exception& e) {
    played = fail(ErrorKind::runtime, std::string("read the recording: ") + e.what(),
                  "raise the limit of memory (ulimit -v)");
  }
  const std::scoped_lock lock(mutex_);
  read_all_ = true;
  if (!played) error_ = played.error();
  changed_.notify_all();
}

Done ReplayFeed::play_rounds() {
  ScanWorkers workers(replay_, streams_, ScanWorkers::useful_threads());
  const auto pool = std::make_shared<BatchPool>();
  for (std::uint64_t round = 0; !cancelled_ && (replay_.rounds == 0 || round < replay_.rounds); ++round) {
    Result<std::vector<RecordedLane>> lanes = open_(round);
    if (!lanes) return tl::make_unexpected(lanes.error());
    book_.counters->rounds.store(round + 1);
    if (restamper_) restamper_->begin_round(round, book_.behind_ns);
    std::vector<std::unique_ptr<TimedLane>> timed;
    const std::size_t ahead =
        std::clamp<std::size_t>(kBlocksAhead / std::max<std::size_t>(lanes->size(), 1), 1, kMostAheadOfLane);
    for (const RecordedLane& lane : *lanes)
      timed.push_back(
          std::make_unique<FactLane>(lane, FactReader(lane, keys_, refuse_), workers, ahead, cancelled_));
    LaneMerge merge(std::move(timed), replay_.max_gap_ns);
    ReplayRound played(replay_, book_, *lanes, pool);
    if (Done ok =
            played.play(merge, [this](std::shared_ptr<WireBatch> batch) { return put(std::move(batch)); });
        !ok)
      return ok;
    book_.behind_ns += played.length_ns();
    if (played.events() == 0) return {};  // there is nothing to repeat
  }
  return {};
}

bool ReplayFeed::put(std::shared_ptr<WireBatch> batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ready_.size() < kBatchesAhead || cancelled_; });
  if (cancelled_) return false;
  ready_.push_back(std::move(batch));
  changed_.notify_all();
  return true;
}

std::shared_ptr<WireBatch> ReplayFeed::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !ready_.empty() || read_all_ || cancelled_; });
  if (cancelled_ || ready_.empty()) return nullptr;
  auto batch = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
  return batch;
}

SharedBatch ReplayFeed::next() {
  std::shared_ptr<WireBatch> batch = take();
  if (batch && disturber_) batch = disturber_->pass(std::move(batch));
  if (!batch && !cancelled_ && disturber_ && !flushed_ && !error()) {
    flushed_ = true;
    batch = disturber_->flush();
  }
  if (!batch) {
    ended_ = !cancelled_ && !error();
    return nullptr;
  }
  batch->first_ordinal = last_first_ = next_ordinal_;
  next_ordinal_ += batch->size();
  return batch;
}

void ReplayFeed::cancel() {
  {
    const std::scoped_lock lock(mutex_);
    cancelled_ = true;
  }
  changed_.notify_all();
}

std::optional<Error> ReplayFeed::error() const {
  const std::scoped_lock lock(mutex_);
  return error_;
}

}  // namespace racesim
