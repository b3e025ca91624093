#include "run/resume/checkpointer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "io/dead_letter.h"
#include "io/resumable.h"
#include "io/sink.h"

namespace racesim {
namespace {

constexpr std::chrono::seconds kInterval{1};

SinkCheckpoint checkpoint_of(Sink& sink, SettledEvents::Progress progress,
                             const std::vector<StreamPosition>& origins) {
  SinkCheckpoint known{sink.name(), {}, progress.below, {}, origins, std::move(progress.dead_lettered)};
  if (const Resumable* const place = sink.resumable()) {
    known.identity = place->destination().identity;
    known.positions = place->positions();
  }
  return known;
}

}  // namespace

/// The ordinals are read before the positions: a partition is then at least as far as what is known to be
/// settled.
Done Checkpointer::save() {
  checkpoint_.sinks.clear();
  std::uint64_t least = UINT64_MAX;
  for (std::size_t i = 0; i < sinks_.size(); ++i) {
    SettledEvents::Progress progress = log_.sinks[i].progress();
    least = std::min(least, progress.below);
    checkpoint_.sinks.push_back(checkpoint_of(*sinks_[i], std::move(progress), log_.origins[i]));
  }
  checkpoint_.place = log_.places.before(least);
  // After a power cut the letters that it takes for settled have to be there. What the file did not take is
  // not settled, so an error, which the run tells at its end, does not keep the rest from being saved.
  static_cast<void>(dead_letter_.sync());
  return save_checkpoint(path_, checkpoint_);
}

Done Checkpointer::start() {
  if (Done saved = save(); !saved) return saved;
  thread_ = std::thread([this] { work(); });
  return {};
}

void Checkpointer::work() {
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, kInterval, [&] { return stopping_; })) {
    lock.unlock();
    Done saved = save();
    lock.lock();
    if (!saved && !error_) error_ = saved.error();
  }
}

void Checkpointer::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    stopped_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

Done Checkpointer::finish(bool complete) {
  stop();
  checkpoint_.complete = complete;
  if (Done saved = save(); !saved) return saved;
  if (error_) return tl::make_unexpected(*error_);
  return {};
}

}  // namespace racesim
