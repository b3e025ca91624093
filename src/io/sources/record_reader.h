// A stream of bytes as blocks of records with their positions.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "io/files/byte_source.h"
#include "io/sources/file_mark.h"
#include "io/sources/record_block.h"
#include "io/sources/record_framer.h"

namespace racesim {

/// One thread.
class RecordReader {
 public:
  /// `growing`: its end is only that of what is there by now, so a last line waits for its line end.
  RecordReader(std::unique_ptr<ByteSource> bytes, bool growing)
      : bytes_(std::move(bytes)), growing_(growing) {}

  /// Goes to where `known` is, before anything is read. Returns why this is not the stream that it is of;
  /// empty: it is. Where the last record had no line end and more follows now, it is read again. Errors:
  /// runtime.
  Result<std::string> resume(const LanePosition& known, const FileMark& mark);

  /// Fills the block with the next records, except for its positions. Waits `wait_ms` at most for the first
  /// of them. `bytes`: there is at least one. Errors: runtime, after all records before it were handed out.
  Result<ReadStep> read(RecordBlock& to, int wait_ms);
  /// The same of what is here already, since nothing comes any more: whole records, and with `torn` also the
  /// beginning of one. False: there is none.
  bool take_rest(RecordBlock& to, bool torn);

  /// First line of a CSV file; empty until it was read, and for JSON.
  const std::string& header() const { return header_; }
  /// Of the last block.
  FileMark mark() const;
  /// Bytes of the stream that were read, whether or not records were made of them.
  std::uint64_t bytes_read() const { return read_; }
  /// One behind the last record, and its record_hash(); 0: there was none.
  std::uint64_t next() const { return framer_.next(); }
  std::uint64_t last_hash() const { return last_hash_; }
  /// The last of those bytes, which are in no record yet.
  std::string_view unfinished() const { return rest_.view(); }
  bool is_at_end() const { return ended_ && rest_.size() == 0; }

 private:
  Result<ReadStep> collect(RecordBlock& to, int wait_ms);
  Result<ReadStep> fill(ByteBuffer& to, int wait_ms);
  Result<bool> need(std::size_t size);
  Result<bool> pass_over(std::uint64_t size);
  Result<std::string> find_last(const LanePosition& known, const FileMark& mark);
  bool begin(ByteBuffer& text, bool last);
  void start(RecordBlock& to);
  void finish(RecordBlock& to);

  const std::unique_ptr<ByteSource> bytes_;
  const bool growing_;
  RecordFramer framer_;
  ByteBuffer rest_;  ///< read, and in no block
  std::string head_;
  std::string header_;
  bool begun_ = false;  ///< its form is known
  bool ended_ = false;
  std::uint64_t read_ = 0;
  std::uint64_t last_hash_ = 0;
  std::optional<Error> error_;
};

}  // namespace racesim
