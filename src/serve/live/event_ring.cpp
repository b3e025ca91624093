#include "serve/live/event_ring.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "serve/live/binary_messages.h"
#include "serve/live/messages.h"

namespace racesim::serve {

std::string_view EventChunk::line(std::size_t i) const {
  const std::uint32_t begin = i == 0 ? 0 : events_[i - 1].end;
  return std::string_view(text_).substr(begin, events_[i].end - begin);
}

void EventChunk::append(const WireBatch& batch, std::size_t i) {
  std::string_view line = batch.line(i);
  if (line.ends_with('\n')) line.remove_suffix(1);
  text_ += line;
  const bool corrupt = !batch.faults.empty() && (batch.faults[i] & kFaultCorrupt) != 0;
  events_.push_back(
      {static_cast<std::uint32_t>(text_.size()), batch.heads[i].entity, batch.stream_of(i), corrupt});
}

http::SharedText EventChunk::frames() const {
  if (frames_ == nullptr) {
    std::string frames;
    std::string message;
    frames.reserve(text_.size() + size() * 48);
    for (std::size_t i = 0; i < size(); ++i) {
      message.clear();
      append_event_message(*this, i, line(i), message);
      http::append_text_frame(message, frames);
    }
    frames_ = std::make_shared<const std::string>(std::move(frames));
  }
  return frames_;
}

http::SharedText EventChunk::server_sent(std::string_view epoch) const {
  if (server_sent_ == nullptr) {
    std::string text;
    text.reserve(text_.size() + size() * 48);
    for (std::size_t i = 0; i < size(); ++i) append_server_sent(*this, i, line(i), epoch, text);
    server_sent_ = std::make_shared<const std::string>(std::move(text));
  }
  return server_sent_;
}

http::SharedText EventChunk::binary_frames() const {
  if (binary_frames_ == nullptr) {
    std::string frames;
    const FieldChoice all;
    BinaryWriter writer(*forms_, all);
    for (std::size_t i = 0; i < size(); ++i) writer.add(*this, i, frames);
    writer.flush(frames);
    binary_frames_ = std::make_shared<const std::string>(std::move(frames));
  }
  return binary_frames_;
}

const ChunkRows& EventChunk::rows() const {
  if (rows_ == nullptr) rows_ = std::make_unique<const ChunkRows>(decode_events(*this));
  return *rows_;
}

void EventRing::append(const std::shared_ptr<const LiveForms>& forms, const WireBatch& batch,
                       std::size_t first, std::size_t last) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = waiting_.empty();
    run_end_id_ = 0;
    for (std::size_t i = first; i < last; ++i) {
      if (waiting_.empty() || waiting_.back()->bytes() >= limits_.chunk_bytes ||
          &waiting_.back()->forms() != forms.get())
        waiting_.push_back(std::make_shared<EventChunk>(forms, next_id_));
      EventChunk& chunk = *waiting_.back();
      const std::size_t before = chunk.bytes();
      chunk.append(batch, i);
      ++next_id_;
      waiting_bytes_ += chunk.bytes() - before;
      while (waiting_bytes_ > limits_.waiting_bytes && waiting_.size() > 1) {
        lost_ += waiting_.front()->size();
        waiting_bytes_ -= waiting_.front()->bytes();
        waiting_.pop_front();
      }
    }
  }
  if (was_empty && first < last && wake_) wake_();
}

void EventRing::end_run() {
  {
    const std::lock_guard lock(mutex_);
    run_end_id_ = next_id_;
  }
  if (wake_) wake_();
}

bool EventRing::collect(std::int64_t now_ns) {
  bool any = false;
  std::vector<std::shared_ptr<const EventChunk>> gone;  // freed outside the lock
  {
    const std::lock_guard lock(mutex_);
    any = !waiting_.empty();
    if (any) changes_.note();
    for (std::shared_ptr<EventChunk>& chunk : waiting_) {
      chunk->set_taken(now_ns);
      bytes_ += chunk->bytes();
      end_id_ = chunk->end_id();
      chunks_.push_back(std::move(chunk));
    }
    waiting_.clear();
    waiting_bytes_ = 0;
    while (bytes_ > limits_.bytes && chunks_.size() > 1) {
      bytes_ -= chunks_.front()->bytes();
      gone.push_back(std::move(chunks_.front()));
      chunks_.pop_front();
    }
  }
  for (std::size_t c = chunk_of(with_texts_id_);
       c < chunks_.size() && chunks_[c]->taken_ns() < now_ns - limits_.texts_ns; ++c) {
    chunks_[c]->forget_texts();
    with_texts_id_ = chunks_[c]->end_id();
  }
  return any;
}

std::vector<std::shared_ptr<const EventChunk>> EventRing::chunks_from(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  return {chunks_.begin() + static_cast<std::ptrdiff_t>(chunk_of(id)), chunks_.end()};
}

std::uint64_t EventRing::run_end_id() const {
  const std::lock_guard lock(mutex_);
  return run_end_id_;
}

std::size_t EventRing::chunk_of(std::uint64_t id) const {
  const auto found = std::partition_point(chunks_.begin(), chunks_.end(),
                                          [&](const auto& chunk) { return chunk->end_id() <= id; });
  return static_cast<std::size_t>(found - chunks_.begin());
}

std::vector<EventPlace> latest_events(const EventRing& ring, std::size_t most) {
  std::vector<EventPlace> found;
  std::unordered_set<std::uint32_t> seen;
  const EventRing::Chunks& chunks = ring.chunks();
  for (auto chunk = chunks.rbegin(); chunk != chunks.rend() && found.size() < most; ++chunk) {
    // Another run has entities of its own.
    if ((*chunk)->forms().run != chunks.back()->forms().run) break;
    for (std::size_t i = (*chunk)->size(); i-- > 0 && found.size() < most;)
      if ((*chunk)->stream(i) == 0 && !(*chunk)->is_corrupt(i) && seen.insert((*chunk)->entity(i)).second)
        found.push_back({*chunk, i});
  }
  std::sort(found.begin(), found.end(), [](const EventPlace& a, const EventPlace& b) {
    return a.chunk->entity(a.index) < b.chunk->entity(b.index);
  });
  return found;
}

std::vector<EventPlace> recent_events(const EventRing& ring, std::size_t most,
                                      const std::function<bool(std::string_view line)>& wanted) {
  std::vector<EventPlace> found;
  const EventRing::Chunks& chunks = ring.chunks();
  for (auto chunk = chunks.rbegin(); chunk != chunks.rend() && found.size() < most; ++chunk)
    for (std::size_t i = (*chunk)->size(); i-- > 0 && found.size() < most;)
      if ((*chunk)->stream(i) == 0 && !(*chunk)->is_corrupt(i) && (!wanted || wanted((*chunk)->line(i))))
        found.push_back({*chunk, i});
  std::reverse(found.begin(), found.end());
  return found;
}

}  // namespace racesim::serve
