#include "run/replay/replay_feed.h"

#include <exception>
#include <string>
#include <utility>

namespace racesim {
namespace {

constexpr std::size_t kBatchesAhead = 4;
constexpr int kPull_ms = 100;  // a cancelled feed ends within this

/// A lane's blocks with their facts.
class FactLane final : public TimedLane {
 public:
  FactLane(const RecordedLane& lane, FactReader facts, const std::atomic<bool>& cancelled)
      : lane_(lane), facts_(std::move(facts)), cancelled_(cancelled) {}

  bool would_wait() override {
    if (has_block_ || ended_) return false;
    const Result<bool> pulled = pull(0);
    return pulled && !*pulled && !ended_;
  }
  Result<bool> next(TimedBlock& to) override {
    while (!has_block_ && !ended_ && !cancelled_)
      if (const Result<bool> pulled = pull(kPull_ms); !pulled) return tl::make_unexpected(pulled.error());
    if (!has_block_) return false;
    std::swap(to, block_);
    has_block_ = false;
    return true;
  }

 private:
  /// Whether a block with records came.
  Result<bool> pull(int wait_ms) {
    if (error_) return tl::make_unexpected(*error_);
    const Result<Pulled> pulled = lane_.source->pull(block_.records, wait_ms);
    if (!pulled) {
      error_ = pulled.error();
      return tl::make_unexpected(*error_);
    }
    ended_ = *pulled == Pulled::ended;
    if (lane_.digest != nullptr) {
      if (ended_) lane_.digest->end();
      if (*pulled == Pulled::records) lane_.digest->add(block_.records);
    }
    has_block_ = *pulled == Pulled::records && block_.records.size() > 0;
    if (has_block_) facts_.read(lane_, lane_.source->lane(block_.records.lane), block_);
    return has_block_;
  }

  const RecordedLane& lane_;
  FactReader facts_;
  const std::atomic<bool>& cancelled_;
  TimedBlock block_;
  bool has_block_ = false, ended_ = false;
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
  RecordScan scan(replay_);
  const auto pool = std::make_shared<BatchPool>();
  for (std::uint64_t round = 0; !cancelled_ && (replay_.rounds == 0 || round < replay_.rounds); ++round) {
    Result<std::vector<RecordedLane>> lanes = open_(round);
    if (!lanes) return tl::make_unexpected(lanes.error());
    book_.counters->rounds.store(round + 1);
    if (restamper_) restamper_->begin_round(round, book_.behind_ns);
    std::vector<std::unique_ptr<TimedLane>> timed;
    for (const RecordedLane& lane : *lanes)
      timed.push_back(
          std::make_unique<FactLane>(lane, FactReader(replay_, scan, keys_, streams_, refuse_), cancelled_));
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
