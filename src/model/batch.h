// What crosses a thread or a virtual call: many rows, or many encoded rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/schema.h"

namespace racesim {

/// A half-open interval of event time.
struct Slice {
  std::uint64_t index = 0;
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
};

/// What delivery needs to know of one event besides its bytes.
struct EventHead {
  std::int64_t emit_time_ns = 0;  ///< event time plus injected delay; batches are ordered by it
  std::uint32_t entity = 0;       ///< number of the car, vehicle or user: order is kept within it
  std::uint32_t owner = 0;        ///< whose `seq` counts: car, vehicle, or quota cell of plays
  std::uint64_t seq = 0;          ///< 0-based, gap-free per owner
};

/// Rows of one schema, ordered as they are to be sent. `heads` is parallel to the rows; decoders leave it
/// empty. Owned by one thread at a time; clear() keeps the memory.
class RowBatch {
 public:
  explicit RowBatch(const SchemaInfo& schema) : schema_(&schema) {}

  const SchemaInfo& schema() const { return *schema_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  void clear() {
    size_ = 0;
    heads.clear();
    missing.clear();
    arena.clear();
    apart = 0;
  }
  /// Makes the batch `count` rows long; new rows are not initialised.
  void resize(std::size_t count) {
    // Never shorter: what was written once need not be zeroed again.
    if (bytes_.size() < count * schema_->row_size) bytes_.resize(count * schema_->row_size);
    size_ = count;
  }
  /// Copies the rows of `from`, which has the same schema, behind the own ones, with their texts; not
  /// `heads`.
  void append(const RowBatch& from);
  const std::byte* row_bytes(std::size_t i) const { return bytes_.data() + i * schema_->row_size; }
  std::byte* row_bytes(std::size_t i) { return bytes_.data() + i * schema_->row_size; }

  /// The rows as their own type. The caller knows that Row is the batch's schema.
  template <class Row>
  std::span<Row> rows() {
    return {reinterpret_cast<Row*>(bytes_.data()), size_};
  }
  template <class Row>
  std::span<const Row> rows() const {
    return {reinterpret_cast<const Row*>(bytes_.data()), size_};
  }

  std::string_view text(Text t) const { return std::string_view(arena).substr(t.offset, t.size); }
  /// Appends to the arena.
  Text add_text(std::string_view s) {
    const Text t{static_cast<std::uint32_t>(arena.size()), static_cast<std::uint32_t>(s.size())};
    arena.append(s);
    return t;
  }

  std::vector<EventHead> heads;
  /// Parallel to the rows, or empty where no field may be missing: bit f says that the record had no field f
  /// of the schema, whose value in the row is zero then. Only decoders that are told of optional fields set
  /// it.
  std::vector<std::uint64_t> missing;
  std::string arena;  ///< at most 4 GiB; bytes that Text fields point into
  /// Row i − apart told of the same thing a sample earlier, so that most of its values are the same or nearly
  /// so. Encoders of sampled schemas are faster for it; it need not hold for every row. 0: nothing is known.
  std::size_t apart = 0;

 private:
  const SchemaInfo* schema_;
  std::size_t size_ = 0;
  std::vector<std::byte> bytes_;  // operator new aligns for every row type
};

/// Growable bytes without initialisation, so that a batch is written once.
class ByteBuffer {
 public:
  char* data() { return data_.get(); }
  const char* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  void clear() { size_ = 0; }
  void set_size(std::size_t size) { size_ = size; }
  /// Room for `extra` more bytes behind size(). Keeps the content.
  void reserve_more(std::size_t extra);
  void append(std::string_view bytes);
  std::string_view view() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// How the id of an event is told from its line (Idempotency-Key, dead letters).
struct EventIdRule {
  std::uint32_t line_offset = 0;  ///< where the id's text starts in each line
  std::uint32_t length = 0;       ///< 0: the line holds none; the id is run-entity-seq
};

/// What a batch says of one of the streams that its events belong to.
struct StreamTag {
  std::string name;
  std::string topic;
  EventIdRule id_rule;
  /// Appends the key of an entity as receivers know it: "63", or the user's UUID. Any thread; not for every
  /// event, whoever needs it keeps what it got.
  std::function<void(std::uint32_t entity, std::string& out)> append_key = {};
};

/// From event `first` on, up to the next span, events belong to the stream `stream`.
struct StreamSpan {
  std::uint32_t first = 0;
  std::uint32_t stream = 0;  ///< index into WireBatch::streams
};

/// What was done to an event on purpose; see sim/faults/faults.h.
enum FaultBits : std::uint8_t {
  kFaultLate = 1,
  kFaultDuplicate = 2,  ///< the copy has it, not the event that it is a copy of
  kFaultReorder = 4,
  kFaultCorrupt = 8,
};

/// An event that was left out on purpose, just before event `before` of the batch.
struct DroppedEvent {
  std::uint32_t before = 0;
  std::uint32_t stream = 0;
  EventHead head;
};

/// Encoded rows: event i is the bytes [ends[i-1], ends[i]) of `text`, its line end included. Filled by one
/// thread, then sealed behind SharedBatch and never changed.
struct WireBatch {
  ByteBuffer text;
  std::vector<std::uint32_t> ends;
  std::vector<EventHead> heads;     ///< parallel to `ends`
  std::uint64_t first_ordinal = 0;  ///< position of event 0 in the whole run, from 0
  std::uint32_t run = 0;
  std::vector<std::uint8_t> faults;   ///< FaultBits, parallel to `ends`; empty: nothing was disturbed
  std::vector<DroppedEvent> dropped;  ///< ascending
  std::vector<StreamSpan> spans;      ///< ascending; empty: all events are of stream 0
  std::shared_ptr<const std::vector<StreamTag>> streams;  ///< of the scenario; shared by all batches of a run

  std::size_t size() const { return ends.size(); }
  std::uint32_t begin_of(std::size_t i) const { return i == 0 ? 0 : ends[i - 1]; }
  /// The event's bytes with its line end.
  std::string_view line(std::size_t i) const {
    return text.view().substr(begin_of(i), ends[i] - begin_of(i));
  }
  /// The events [first, last) as one piece.
  std::string_view lines(std::size_t first, std::size_t last) const {
    const std::uint32_t begin = begin_of(first);
    return text.view().substr(begin, (last == 0 ? 0 : ends[last - 1]) - begin);
  }
  /// Index of the event's stream.
  std::uint32_t stream_of(std::size_t i) const;
  std::string event_id(std::size_t i) const;
  /// Copies the events [first, last) of `from` behind the own ones, with all that is known of them but the
  /// dropped ones. `from` is of the same run.
  void append(const WireBatch& from, std::size_t first, std::size_t last);
  /// Appends one event; `line` with its line end.
  void append(std::uint32_t stream, const EventHead& head, std::string_view line, std::uint8_t fault_bits);
  /// The same where the line holds it; empty where it does not.
  std::string_view event_id_in_line(std::size_t i) const;
  /// Keeps the first `events` events, of which there are more, and the dropped ones before the last of them.
  void truncate(std::size_t events);
  void clear() {
    text.clear();
    ends.clear();
    heads.clear();
    spans.clear();
    faults.clear();
    dropped.clear();
  }

 private:
  void begin_span(std::uint32_t first, std::uint32_t stream);
};

/// Immutable once shared; the last owner gives it back to the pool it came from.
using SharedBatch = std::shared_ptr<const WireBatch>;

}  // namespace racesim
