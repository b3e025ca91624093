// Events as binary messages of a WebSocket; docs/formats/live-frames.md shows them from outside.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codec/column_frame.h"
#include "serve/live/event_ring.h"
#include "serve/live/messages.h"

namespace racesim::serve {

/// {"type":"forms",…}: what readers must know before the first binary message of a run.
std::string forms_message(const LiveForms& forms, const FieldChoice& fields);

/// The rows of a chunk's lines. A line that was damaged, or that is no row of its stream's schema, has none.
ChunkRows decode_events(const EventChunk& chunk);

/// Makes frames of events in their order: neighbours of one stream are a binary message, an event without a
/// row is a text message, as it would be without binary ones. `forms` and `fields` outlive it.
class BinaryWriter {
 public:
  BinaryWriter(const LiveForms& forms, const FieldChoice& fields);

  /// The chunk has the writer's forms, and stays until flush().
  void add(const EventChunk& chunk, std::size_t i, std::string& to);
  void flush(std::string& to);

 private:
  const FieldChoice& fields_;
  std::vector<ColumnForm> forms_;
  std::uint32_t stream_ = 0;  // of the rows that wait
  std::vector<FrameRow> waiting_;
  std::string message_, chosen_;
};

}  // namespace racesim::serve
