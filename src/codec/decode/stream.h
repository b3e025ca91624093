// What all decoders share: the unfinished record between two pieces of input, positions, and the lists that
// rows and rejects go to. A format derives and says where records end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/decoder.h"
#include "model/batch.h"

namespace racesim {

class StreamDecoder : public Decoder {
 public:
  explicit StreamDecoder(const DecoderOptions& options) : line_end_required_(options.line_end_required) {}

  void decode(std::string_view chunk, RowBatch& good, Rejects& bad) final;
  void finish(RowBatch& good, Rejects& bad) final;
  std::span<const std::uint64_t> lines() const final { return lines_; }

 protected:
  /// Uses up records from the front of pending(), with drop(), until the next one is incomplete. `last`:
  /// nothing follows, and all of pending() has to be used up.
  virtual void consume(bool last) = 0;
  /// As new, for the next input.
  virtual void restart() = 0;

  /// Bytes that no record was made of yet; readable for kReadAhead more.
  std::string_view pending() const { return {buffer_.data() + begin_, buffer_.size() - begin_}; }
  /// The first `size` bytes of pending(), which hold `line_ends` line ends, are used up.
  void drop(std::size_t size, std::uint64_t line_ends) {
    begin_ += size;
    offset_ += size;
    line_ += line_ends;
  }
  /// Notes that the next record became a row, which starts at pending().
  void accept() {
    lines_.push_back(line_);
    ++index_;
  }
  /// Refuses the record that starts at pending().
  void reject(std::string reason, std::string_view raw);
  /// A fault that is no record: of a header, of a document's end.
  void reject_outside(std::string reason, std::string_view raw);

  std::uint64_t line() const { return line_; }
  RowBatch& good() { return *good_; }
  bool line_end_required() const { return line_end_required_; }

 private:
  void begin_call(RowBatch& good, Rejects& bad);

  bool line_end_required_;
  bool started_ = false;  ///< past the byte order mark
  ByteBuffer buffer_;
  std::size_t begin_ = 0;     ///< of pending() in buffer_
  std::uint64_t offset_ = 0;  ///< of pending() in the input
  std::uint64_t line_ = 1;    ///< of pending()
  std::uint64_t index_ = 0;   ///< of the next record
  std::vector<std::uint64_t> lines_;
  RowBatch* good_ = nullptr;  // during a call
  Rejects* bad_ = nullptr;

  void append(std::string_view piece);
  bool skip_mark(bool last);
};

/// Without the '\r' of a CRLF.
inline std::string_view without_cr(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

inline bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// "a record of more than 1048576 bytes; …"
std::string overlong_reason();

}  // namespace racesim
