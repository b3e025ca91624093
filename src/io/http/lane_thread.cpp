#include "io/http/lane_thread.h"

namespace racesim::http {

LaneThread::LaneThread(const LaneParts& parts, const Endpoint& endpoint, const TlsContext* tls,
                       std::size_t lanes, const std::vector<StreamKey>& backoff_keys)
    : delivery_(parts.delivery), loop_(parts.clock, endpoint, tls, parts.options.timeout_ns) {
  for (std::size_t i = 0; i < lanes; ++i) {
    auto lane = std::make_unique<Lane>(parts, backoff_keys[i]);
    Lane* at = lane.get();
    lane->attach(loop_.make_transport(*lane), loop_.make_timer([at] { at->on_try_timer(); }),
                 loop_.make_timer([at] { at->on_backoff_timer(); }));
    lanes_.push_back(std::move(lane));
  }
}

LaneThread::~LaneThread() {
  stop();
}

void LaneThread::start() {
  thread_ = std::thread([this] { loop_.run(); });
}

void LaneThread::stop() {
  if (!thread_.joinable()) return;
  loop_.stop();
  thread_.join();
  lanes_.clear();  // closes the connections
}

void LaneThread::hand_over(std::vector<Work>& work) {
  {
    const std::lock_guard lock(mutex_);
    for (Work& item : work) inbox_.push_back(std::move(item));
  }
  work.clear();
  wake();
}

void LaneThread::wake() {
  // One wake-up in the loop's queue is enough for any amount of work.
  if (!woken_.exchange(true)) loop_.post([this] { drain(); });
}

void LaneThread::drain() {
  woken_.store(false);  // before looking, so that what comes later wakes again
  {
    const std::lock_guard lock(mutex_);
    taken_.swap(inbox_);
  }
  for (Work& item : taken_) lanes_[item.first]->push(std::move(item.second));
  taken_.clear();
  const bool ended = delivery_.ended();
  for (const auto& lane : lanes_) ended ? lane->fail_all() : lane->kick();
}

}  // namespace racesim::http
