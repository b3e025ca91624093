#include "io/kafka/producing/keys.h"

#include "io/kafka/producing/murmur2.h"

namespace racesim::kafka {

const RecordKeys::Entry& RecordKeys::make(const StreamTag& stream, std::uint32_t entity) {
  const std::size_t block = entity / kBlock;
  if (block >= blocks_.size()) blocks_.resize(block + 1);
  if (blocks_[block] == nullptr) blocks_[block] = std::make_unique<Entry[]>(kBlock);
  std::string& text = texts_.emplace_back();
  stream.append_key(entity, text);
  Entry& entry = blocks_[block][entity % kBlock];
  entry = {text.data(), static_cast<std::uint32_t>(text.size()), partition_of(text, partitions_)};
  return entry;
}

}  // namespace racesim::kafka
