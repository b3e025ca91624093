#include "model/batch.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>

namespace racesim {

void ByteBuffer::reserve_more(std::size_t extra) {
  if (capacity_ - size_ >= extra) return;
  const std::size_t wanted = std::max(size_ + extra, capacity_ + capacity_ / 2);
  auto grown = std::unique_ptr<char[]>(new char[wanted]);
  if (size_ > 0) std::memcpy(grown.get(), data_.get(), size_);
  data_ = std::move(grown);
  capacity_ = wanted;
}

std::uint32_t WireBatch::stream_of(std::size_t i) const {
  const auto behind = std::upper_bound(
      spans.begin(), spans.end(), i, [](std::size_t event, const StreamSpan& s) { return event < s.first; });
  return behind == spans.begin() ? 0 : std::prev(behind)->stream;
}

std::string_view WireBatch::event_id_in_line(std::size_t i) const {
  if (!streams) return {};
  const EventIdRule rule = (*streams)[stream_of(i)].id_rule;
  const std::string_view held = line(i);
  // A fault may have cut the line short.
  return rule.length > 0 && held.size() >= rule.line_offset ? held.substr(rule.line_offset, rule.length)
                                                            : std::string_view();
}

std::string WireBatch::event_id(std::size_t i) const {
  const std::uint32_t stream = stream_of(i);
  if (streams && (*streams)[stream].id_rule.length > 0) return std::string(event_id_in_line(i));
  // Each stream counts its own seq: the first one's ids are the short ones.
  const std::string of_stream = stream == 0 ? std::string() : (*streams)[stream].name + "-";
  char number[64];
  const int length = std::snprintf(number, sizeof number, "%u-%llu", heads[i].entity,
                                   static_cast<unsigned long long>(heads[i].seq));
  char run_text[16];
  std::snprintf(run_text, sizeof run_text, "%08x-", run);
  return run_text + of_stream + std::string(number, static_cast<std::size_t>(length));
}

}  // namespace racesim
