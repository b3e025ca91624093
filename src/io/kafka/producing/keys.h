// The key of each entity and the partition that it goes to, worked out once.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "model/batch.h"

namespace racesim::kafka {

/// One stream's. One thread. Memory: 16 bytes and the key per entity that was seen, in blocks of neighbours.
class RecordKeys {
 public:
  struct Entry {
    const char* key = nullptr;
    std::uint32_t key_size = 0;
    std::int32_t partition = -1;
  };

  explicit RecordKeys(std::int32_t partitions) : partitions_(partitions) {}

  const Entry& find(const StreamTag& stream, std::uint32_t entity) {
    const std::size_t block = entity / kBlock;
    if (block < blocks_.size() && blocks_[block] != nullptr) {
      const Entry& entry = blocks_[block][entity % kBlock];
      if (entry.partition >= 0) return entry;
    }
    return make(stream, entity);
  }

 private:
  static constexpr std::size_t kBlock = 4096;
  const Entry& make(const StreamTag& stream, std::uint32_t entity);

  std::int32_t partitions_;
  std::vector<std::unique_ptr<Entry[]>> blocks_;
  std::deque<std::string> texts_;  // where the keys lie; a deque does not move them
};

}  // namespace racesim::kafka
