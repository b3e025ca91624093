#include "model/batch.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace racesim {

void ByteBuffer::reserve_more(std::size_t extra) {
  if (capacity_ - size_ >= extra) return;
  const std::size_t wanted = std::max(size_ + extra, capacity_ + capacity_ / 2);
  auto grown = std::unique_ptr<char[]>(new char[wanted]);
  if (size_ > 0) std::memcpy(grown.get(), data_.get(), size_);
  data_ = std::move(grown);
  capacity_ = wanted;
}

std::string WireBatch::event_id(std::size_t i) const {
  if (id_rule.length > 0) return std::string(line(i).substr(id_rule.line_offset, id_rule.length));
  char text_form[64];
  const int length = std::snprintf(text_form, sizeof text_form, "%08x-%u-%llu", run, heads[i].entity,
                                   static_cast<unsigned long long>(heads[i].seq));
  return std::string(text_form, static_cast<std::size_t>(length));
}

}  // namespace racesim
