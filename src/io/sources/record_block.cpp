#include "io/sources/record_block.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

namespace racesim {

void RecordBlock::clear() {
  text.clear();
  ends.clear();
  offsets.clear();
  keys.clear();
  gap = empty = ticket = 0;
  lanes_ended = 0;
  more = torn = false;
}

void RecordBlock::pad() {
  text.reserve_more(kBlockReadAhead);
  std::memset(text.data() + text.size(), 0, kBlockReadAhead);
}

std::uint64_t record_hash(std::string_view record) {
  const std::uint64_t hash = XXH3_64bits(record.data(), record.size());
  return hash == 0 ? 1 : hash;
}

}  // namespace racesim
