// What arrived, for those who compare it with what was sent and keep no positions: verify. A sequence is
// lines whose order racesim promises: a file, a pipe, a partition of a topic. Bytes are handed on as they
// came; who wants records, rejects and positions reads a Source (source.h), which has the same readers below.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/batch.h"

namespace racesim {

class RefusedLines;

class ArrivedSequence {
 public:
  virtual ~ArrivedSequence() = default;
  /// Appends further bytes: lines with their line ends, in pieces of any size; only the last line of all may
  /// lack it. False: nothing is left, or will ever come. Blocks. Errors: runtime.
  virtual Result<bool> read(ByteBuffer& to) = 0;
  /// Where people find line `line`, which begins at `byte` of all that read() gave; both from 0.
  virtual std::string place(std::uint64_t line, std::uint64_t byte) const = 0;
  /// What people call it among several: "f1-telemetry [2]". Empty: there is one.
  virtual std::string name() const { return {}; }
  /// The records have keys, and key() gives that of a line. Only lines not before the last one asked for.
  virtual bool has_keys() const { return false; }
  virtual std::string_view key(std::uint64_t /*line*/) { return {}; }
  /// How many records were gone already from where the run began (a topic's retention).
  virtual std::uint64_t expired() const { return 0; }
};

/// Several sequences and which of them an event belongs to.
class ArrivedSequences {
 public:
  virtual ~ArrivedSequences() = default;
  virtual std::vector<ArrivedSequence*> sequences() = 0;
  /// The sequence of the events of this stream with this key; called once per entity.
  virtual std::uint32_t sequence_of(std::uint32_t /*stream*/, std::string_view /*key*/) const { return 0; }
  /// Files begin with the header of formats that have one.
  virtual bool has_header() const { return true; }
  /// Why the order of lines says nothing of the order in which events arrived; empty: it does.
  virtual std::string why_no_order() const { return {}; }
  /// Events that were refused on the way and kept aside; null: nobody keeps such.
  virtual RefusedLines* refused() { return nullptr; }
  /// Event time in microseconds below which nothing of this stream is kept; none: all is.
  virtual std::optional<std::int64_t> expired_before_us(std::uint32_t /*stream*/) const {
    return std::nullopt;
  }
  /// Lines that may be of this run or of none, and were left out.
  virtual std::uint64_t of_unknown_runs() const { return 0; }
};

/// A file (what gzip or zstd made is decompressed) or "-", the standard input. Errors: runtime.
Result<std::unique_ptr<ArrivedSequences>> open_file_sequence(const std::string& path);

}  // namespace racesim
