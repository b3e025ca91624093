// Recorded events as what a pipeline sends: a thread reads and merges, ahead of the one that sends.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "run/config.h"
#include "run/generate/disturber.h"
#include "run/generate/event_feed.h"
#include "run/replay/fact_reader.h"
#include "run/replay/replay_round.h"
#include "run/replay/scan_workers.h"

namespace racesim {

/// Opens the lanes anew; in the first round it gives those that are open.
using OpenLanes = std::function<Result<std::vector<RecordedLane>>(std::uint64_t round)>;

class ReplayFeed final : public EventFeed {
 public:
  /// `book`, without what changes, is copied. All that is given outlives the feed.
  ReplayFeed(const RunConfig& config, const ReplayStreams& streams, EntityKeys& keys, ReplayBook book,
             OpenLanes open, RefuseRecord refuse);
  ~ReplayFeed() override;

  Done start() override;
  SharedBatch next() override;
  MadePlaces made() const override { return disturber_ ? disturber_->made() : MadePlaces{last_first_, {}}; }
  bool at_end() const override { return ended_; }
  std::int64_t read_until_ns() const override { return INT64_MIN; }
  void cancel() override;
  void wait() override {
    if (reader_.joinable()) reader_.join();
  }
  std::optional<Error> error() const override;

 private:
  void read();
  Done play_rounds();
  bool put(std::shared_ptr<WireBatch> batch);
  std::shared_ptr<WireBatch> take();

  const ReplayConfig& replay_;
  const ReplayStreams& streams_;
  EntityKeys& keys_;
  ReplayBook book_;
  const OpenLanes open_;
  const RefuseRecord refuse_;
  std::optional<Restamper> restamper_;
  std::optional<Disturber> disturber_;
  std::thread reader_;
  std::atomic<bool> cancelled_{false};
  bool ended_ = false, flushed_ = false;  ///< the sender's
  std::uint64_t next_ordinal_ = 0, last_first_ = 0;

  mutable std::mutex mutex_;  ///< guards all below
  std::condition_variable changed_;
  std::deque<std::shared_ptr<WireBatch>> ready_;
  bool read_all_ = false;
  std::optional<Error> error_;
};

}  // namespace racesim
