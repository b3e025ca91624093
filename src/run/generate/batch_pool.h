// Recycles the memory of batches: a fresh megabyte costs more page faults than its encoding costs time.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "model/batch.h"

namespace racesim {

/// Any thread.
class BatchPool : public std::enable_shared_from_this<BatchPool> {
 public:
  /// An empty batch; it comes back when its last owner lets go.
  std::shared_ptr<WireBatch> take();

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<WireBatch>> free_;
};

}  // namespace racesim
