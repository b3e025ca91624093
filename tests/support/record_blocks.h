// Blocks of records for tests, as a source would hand them out.
#pragma once

#include <cstring>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "io/sources/record_block.h"

namespace racesim {

inline void add_record(RecordBlock& block, std::string_view record) {
  const std::size_t begin = block.text.size();
  block.text.reserve_more(record.size() + 1 + kBlockReadAhead);
  if (!record.empty()) std::memcpy(block.text.data() + begin, record.data(), record.size());
  block.text.data()[begin + record.size()] = '\n';
  block.text.set_size(begin + record.size() + 1);
  block.ends.push_back(static_cast<std::uint32_t>(block.text.size()));
  block.offsets.push_back(static_cast<std::int64_t>(begin));
}

template <class Records = std::initializer_list<std::string_view>>
RecordBlock block_of(const Records& records) {
  RecordBlock block;
  for (const std::string_view record : records) add_record(block, record);
  return block;
}

}  // namespace racesim
