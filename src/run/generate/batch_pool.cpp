#include "run/generate/batch_pool.h"

namespace racesim {

std::shared_ptr<WireBatch> BatchPool::take() {
  std::unique_ptr<WireBatch> batch;
  {
    const std::scoped_lock lock(mutex_);
    if (!free_.empty()) {
      batch = std::move(free_.back());
      free_.pop_back();
    }
  }
  if (!batch) batch = std::make_unique<WireBatch>();
  batch->clear();
  const auto give_back = [pool = shared_from_this()](WireBatch* used) {
    std::unique_ptr<WireBatch> owned(used);
    const std::scoped_lock lock(pool->mutex_);
    pool->free_.push_back(std::move(owned));
  };
  return {batch.release(), give_back};
}

}  // namespace racesim
