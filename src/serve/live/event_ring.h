// The last events of a scenario's runs, for any number of readers. It overwrites and never pushes back.
//
//   conductor of the run ── append() ──►  taken in by collect()  ──►  chunks, oldest first
//                          one lock          server's thread           readers hold positions
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "io/http/server/stream.h"
#include "model/batch.h"
#include "model/schema.h"
#include "serve/change_count.h"

namespace racesim::serve {

/// What is known of the events of one run.
struct LiveForms {
  std::uint32_t run = 0;
  std::vector<std::string> stream_names;  ///< the first one is the main stream
  std::vector<const SchemaInfo*> schemas;
};

/// Events decoded.
struct ChunkRows {
  static constexpr std::uint32_t kNone = UINT32_MAX;
  std::vector<RowBatch> by_stream;
  std::vector<std::uint32_t> row_of;  ///< by event, in the batch of its stream; kNone: its line is no row
};

/// Neighbouring events of one run. Immutable once it is in the ring, and shared by readers.
class EventChunk {
 public:
  EventChunk(std::shared_ptr<const LiveForms> forms, std::uint64_t first_id)
      : forms_(std::move(forms)), first_id_(first_id) {}

  const LiveForms& forms() const { return *forms_; }
  const std::shared_ptr<const LiveForms>& shared_forms() const { return forms_; }
  /// Events have ids from 1 on, ascending over all runs of the ring; those that were lost have ids too.
  std::uint64_t first_id() const { return first_id_; }
  std::uint64_t end_id() const { return first_id_ + size(); }
  std::size_t size() const { return events_.size(); }
  std::size_t bytes() const { return text_.size(); }
  std::string_view line(std::size_t i) const;  ///< JSON without a line end
  std::uint32_t stream(std::size_t i) const { return events_[i].stream; }
  std::uint32_t entity(std::size_t i) const { return events_[i].entity; }
  /// It was damaged on purpose (--faults corrupt): its line need not be JSON.
  bool is_corrupt(std::size_t i) const { return events_[i].corrupt; }
  std::int64_t taken_ns() const { return taken_ns_; }  ///< when collect() took it in

  void append(const WireBatch& batch, std::size_t i);
  void set_taken(std::int64_t now_ns) { taken_ns_ = now_ns; }

  /// All of it as frames for WebSockets, and as server-sent events whose ids begin with `epoch`. Made once,
  /// by the server's thread.
  http::SharedText frames() const;
  http::SharedText server_sent(std::string_view epoch) const;
  /// The same as binary frames, for who knows the forms.
  http::SharedText binary_frames() const;
  const ChunkRows& rows() const;
  /// They are made again if somebody asks.
  void forget_texts() const {
    frames_ = server_sent_ = binary_frames_ = nullptr;
    rows_.reset();
  }

 private:
  struct Event {
    std::uint32_t end = 0;  // in text_
    std::uint32_t entity = 0;
    std::uint32_t stream = 0;
    bool corrupt = false;
  };

  std::shared_ptr<const LiveForms> forms_;
  std::uint64_t first_id_;
  std::string text_;
  std::vector<Event> events_;
  std::int64_t taken_ns_ = 0;
  mutable http::SharedText frames_, server_sent_, binary_frames_;
  mutable std::unique_ptr<const ChunkRows> rows_;
};

struct RingLimits {
  std::size_t bytes = std::size_t{16} << 20;         ///< of lines; beyond it the oldest chunk goes
  std::size_t waiting_bytes = std::size_t{8} << 20;  ///< not taken in yet; beyond it the oldest chunk goes
  std::size_t chunk_bytes = std::size_t{64} << 10;   ///< a chunk takes no further event beyond it
  std::int64_t texts_ns = 3'000'000'000;             ///< frames are kept so long: who is later is thinned
};

/// append(), end_run(), lost(), chunks_from(), changes() and run_end_id() by any thread, all else by the
/// server's.
class EventRing {
 public:
  using Chunks = std::deque<std::shared_ptr<const EventChunk>>;

  /// `wake` is called by append(), by its thread, when there is something to take in.
  EventRing(RingLimits limits, std::function<void()> wake) : limits_(limits), wake_(std::move(wake)) {}

  void append(const std::shared_ptr<const LiveForms>& forms, const WireBatch& batch, std::size_t first,
              std::size_t last);
  /// The run whose events were appended last has ended.
  void end_run();
  /// Takes in what was appended. False: there was nothing.
  bool collect(std::int64_t now_ns);

  const Chunks& chunks() const { return chunks_; }
  std::uint64_t begin_id() const { return chunks_.empty() ? end_id_ : chunks_.front()->first_id(); }
  std::uint64_t end_id() const { return end_id_; }
  /// Index of the chunk that holds the event, or of the first one behind it.
  std::size_t chunk_of(std::uint64_t id) const;
  /// The chunks that were taken in and hold events from `id` on, for readers on threads of their own.
  std::vector<std::shared_ptr<const EventChunk>> chunks_from(std::uint64_t id) const;
  /// Of what chunks_from() gives.
  const ChangeCount& changes() const { return changes_; }
  /// Where the last run ended: the id behind its last event; 0: one goes on, or none was there.
  std::uint64_t run_end_id() const;
  /// Events that were overwritten before collect() came.
  std::uint64_t lost() const { return lost_; }

 private:
  const RingLimits limits_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;  // guards the next four, and chunks_ against readers while collect() changes it
  std::deque<std::shared_ptr<EventChunk>> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t next_id_ = 1;
  std::uint64_t run_end_id_ = 0;
  std::atomic<std::uint64_t> lost_{0};
  Chunks chunks_;
  ChangeCount changes_;
  std::size_t bytes_ = 0;
  std::uint64_t end_id_ = 1;
  std::uint64_t with_texts_id_ = 1;  // chunks before this event have no frames
};

/// One event in a ring; keeps its chunk.
struct EventPlace {
  std::shared_ptr<const EventChunk> chunk;
  std::size_t index = 0;
  std::string_view line() const { return chunk->line(index); }
};

/// The last event of every entity in the main stream of the newest run, by entity; of more than `most` those
/// with the newest events.
std::vector<EventPlace> latest_events(const EventRing& ring, std::size_t most);

/// The last `most` events of the main stream for which `wanted` holds (null: all), the oldest first.
std::vector<EventPlace> recent_events(const EventRing& ring, std::size_t most,
                                      const std::function<bool(std::string_view line)>& wanted = nullptr);

}  // namespace racesim::serve
