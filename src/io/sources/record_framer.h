// Bytes of a stream into records: where each begins, where it ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/sources/record_block.h"

namespace racesim {

/// How a stream begins.
struct Beginning {
  std::size_t size = 0;  ///< bytes in front of the first record: byte order mark, header
  std::string header;    ///< of a CSV file, without its line end; else empty
};
/// None: more bytes are needed to tell. `last`: there are no more.
std::optional<Beginning> read_beginning(std::string_view bytes, bool last);

/// A line that ends with '\n' or "\r\n" is a record; of CSV a line end between quotes is part of it. Blank
/// lines are passed over. A record that is longer than kLongestRecord is cut to one byte more than that, and
/// what is kept of it until its end comes is bounded too. One thread.
class RecordFramer {
 public:
  /// The next record is of a stream with this form and begins at byte `offset` of it.
  void begin(bool csv, std::uint64_t offset);

  /// A new block, whose text so far is rest() of the one before.
  void next_block() { at_ = 0; }
  /// Makes records of what was appended to the text, at most `most_records` of them in the block. `last`:
  /// nothing follows. True if there may be more records in rest().
  bool cut(RecordBlock& to, bool last);
  /// What no record was made of yet.
  std::string_view rest(const RecordBlock& to) const { return to.text.view().substr(at_); }
  /// Moves rest() to directly behind the records.
  void close_up(RecordBlock& to);

  /// Of the stream: one behind the last record and its line end.
  std::uint64_t next() const { return next_; }
  /// Bytes of the last record with its line end; 0: there was none.
  std::uint64_t last_size() const { return last_size_; }
  /// The last record had no line end.
  bool is_torn() const { return torn_; }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  /// What was seen of the bytes at at_.
  struct Scan {
    std::size_t scanned = 0;
    std::size_t first_line = kNone;  ///< of CSV: size of the record's first line
    bool in_quotes = false;
    std::uint64_t dropped = 0;  ///< of an overlong line, behind its head
  };

  bool find_end(std::string_view bytes);
  bool find_csv_end(std::string_view bytes);
  bool shorten(RecordBlock& to);
  void take(RecordBlock& to, std::size_t size, bool ended);
  void keep(RecordBlock& to, std::string_view record, std::uint64_t raw_size);

  bool csv_ = false;
  Scan scan_;
  std::size_t at_ = 0;        ///< in the block's text
  std::uint64_t offset_ = 0;  ///< of at_ in the stream
  std::uint64_t next_ = 0;
  std::uint64_t last_size_ = 0;
  bool torn_ = false;
};

/// The text of a record without its line end, cut if it is overlong: what a block holds of it.
std::string_view record_text(std::string_view raw);

}  // namespace racesim
