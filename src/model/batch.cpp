#include "model/batch.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>

#include "base/check.h"

namespace racesim {

namespace {

/// The texts of the rows from `first` on lie `by` bytes further on in the arena than their slices say.
void move_texts(RowBatch& rows, std::size_t first, const FieldInfo& field, std::uint32_t by) {
  for (std::size_t i = first; i < rows.size(); ++i) {
    std::byte* const row = rows.row_bytes(i);
    const std::size_t count = field.list_limit == 0 ? 1 : static_cast<std::size_t>(row[field.count_offset]);
    for (std::size_t item = 0; item < count; ++item) {
      std::byte* const at = row + field.offset + item * sizeof(Text);
      Text slice;
      std::memcpy(&slice, at, sizeof slice);
      if (slice.size == 0) continue;  // a field that is missing stays all zeros
      slice.offset += by;
      std::memcpy(at, &slice, sizeof slice);
    }
  }
}

}  // namespace

void RowBatch::append(const RowBatch& from) {
  RACESIM_CHECK(schema_ == from.schema_ && this != &from);
  const std::size_t first = size_;
  resize(first + from.size_);
  if (from.size_ > 0) std::memcpy(row_bytes(first), from.row_bytes(0), from.size_ * schema_->row_size);
  if (!missing.empty() || !from.missing.empty()) {
    missing.resize(first);
    missing.insert(missing.end(), from.missing.begin(), from.missing.end());
    missing.resize(size_);
  }
  if (from.arena.empty()) return;
  const auto by = static_cast<std::uint32_t>(arena.size());
  arena += from.arena;
  if (by == 0) return;
  for (const FieldInfo& field : schema_->fields)
    if (field.type == FieldType::text) move_texts(*this, first, field, by);
}

void ByteBuffer::reserve_more(std::size_t extra) {
  if (capacity_ - size_ >= extra) return;
  const std::size_t wanted = std::max(size_ + extra, capacity_ + capacity_ / 2);
  auto grown = std::unique_ptr<char[]>(new char[wanted]);
  if (size_ > 0) std::memcpy(grown.get(), data_.get(), size_);
  data_ = std::move(grown);
  capacity_ = wanted;
}

void ByteBuffer::append(std::string_view bytes) {
  if (bytes.empty()) return;
  reserve_more(bytes.size());
  std::memcpy(data() + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
}

std::uint32_t WireBatch::stream_of(std::size_t i) const {
  const auto behind = std::upper_bound(
      spans.begin(), spans.end(), i, [](std::size_t event, const StreamSpan& s) { return event < s.first; });
  return behind == spans.begin() ? 0 : std::prev(behind)->stream;
}

void WireBatch::append(const WireBatch& from, std::size_t first, std::size_t last) {
  if (first == last) return;
  const std::string_view bytes = from.lines(first, last);
  text.reserve_more(bytes.size());
  std::memcpy(text.data() + text.size(), bytes.data(), bytes.size());
  const auto before = static_cast<std::uint32_t>(text.size()) - from.begin_of(first);
  text.set_size(text.size() + bytes.size());
  const auto own_size = static_cast<std::uint32_t>(size());
  for (std::size_t i = first; i < last; ++i) ends.push_back(from.ends[i] + before);
  heads.insert(heads.end(), from.heads.begin() + static_cast<std::ptrdiff_t>(first),
               from.heads.begin() + static_cast<std::ptrdiff_t>(last));
  if (!faults.empty() || !from.faults.empty()) {
    faults.resize(own_size);
    for (std::size_t i = first; i < last; ++i) faults.push_back(from.faults.empty() ? 0 : from.faults[i]);
  }
  begin_span(own_size, from.stream_of(first));
  for (const StreamSpan& span : from.spans)
    if (span.first > first && span.first < last)
      begin_span(own_size + span.first - static_cast<std::uint32_t>(first), span.stream);
}

void WireBatch::truncate(std::size_t events) {
  text.set_size(begin_of(events));
  ends.resize(events);
  heads.resize(events);
  if (!faults.empty()) faults.resize(events);
  while (!spans.empty() && spans.back().first >= events) spans.pop_back();
  while (!dropped.empty() && dropped.back().before >= events) dropped.pop_back();
}

void WireBatch::append(std::uint32_t stream, const EventHead& head, std::string_view line,
                       std::uint8_t fault_bits) {
  begin_span(static_cast<std::uint32_t>(size()), stream);
  if (fault_bits != 0 || !faults.empty()) {
    faults.resize(size());
    faults.push_back(fault_bits);
  }
  text.reserve_more(line.size());
  std::memcpy(text.data() + text.size(), line.data(), line.size());
  text.set_size(text.size() + line.size());
  ends.push_back(static_cast<std::uint32_t>(text.size()));
  heads.push_back(head);
}

void WireBatch::begin_span(std::uint32_t first, std::uint32_t stream) {
  const std::uint32_t current = spans.empty() ? 0 : spans.back().stream;
  if (stream != current) spans.push_back({first, stream});
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
