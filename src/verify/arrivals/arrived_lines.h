// The lines of a sequence as the matcher needs them: the bytes at hand, the next line, those behind it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "io/sources/sequences.h"
#include "verify/values/respeller.h"

namespace racesim {

/// Whether a line, with its line end, is none of ours. Empty: all are.
using LeaveOut = std::function<bool(std::string_view line)>;

/// Views are valid until the next call that reads. An error ends the sequence; see error(). Lines that are
/// left out count in numbers and places, but are not seen. With a respeller lines are seen as it spells them,
/// and blank lines and a byte order mark are not seen either.
class ArrivedLines {
 public:
  explicit ArrivedLines(ArrivedSequence& sequence, LeaveOut leave_out = nullptr,
                        Respeller* respeller = nullptr)
      : sequence_(sequence), leave_out_(std::move(leave_out)), respeller_(respeller) {}

  /// Reads until the next line is whole; false at the end.
  bool fill();
  /// Bytes at hand whose lines follow one another, from the next line's first on.
  std::string_view rest() const;
  /// The next line with its line end, which only the last one may lack; empty at the end.
  std::string_view line();
  /// The same as it came.
  std::string_view raw_line();
  /// line() and up to `count` lines behind it.
  const std::vector<std::string_view>& lines(std::size_t count);
  /// Uses up lines of rest().
  void advance(std::size_t bytes, std::uint64_t lines);
  /// Uses up line().
  void advance_line();
  std::uint64_t line_number() const { return line_; }
  std::uint64_t byte_number() const { return byte_; }
  std::string place() const { return sequence_.place(line_, byte_); }
  ArrivedSequence& sequence() const { return sequence_; }
  std::uint64_t left_out() const { return left_out_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  /// Lines left out behind so many bytes of lines that stayed.
  struct Gap {
    std::uint64_t at = 0;
    std::uint64_t bytes = 0, lines = 0;
  };

  /// A line that was looked at, as the respeller spells it.
  struct Spelled {
    std::size_t raw_size = 0;
    std::size_t blanks = 0, blank_lines = 0;  ///< in front of it: their bytes and their number
    std::string text;
  };

  static constexpr std::size_t kLongestLine = std::size_t{1} << 20;
  bool read();
  void sift();
  void note_gap(std::uint64_t at, std::uint64_t bytes);
  void pass_gaps();
  std::string_view at_hand() const { return {buffer_.data() + used_, buffer_.size() - used_}; }
  std::size_t find_end(std::size_t from);
  void skip_blanks();
  void use_up(std::size_t bytes, std::uint64_t lines);
  bool spell_next();

  ArrivedSequence& sequence_;
  const LeaveOut leave_out_;
  Respeller* const respeller_;
  std::deque<Spelled>
      spelled_;  ///< the next lines, as far as somebody looked; none is behind a blank line in front
  ByteBuffer buffer_;
  std::size_t used_ = 0;
  std::size_t sifted_ = 0;    ///< of the buffer: up to here all lines are whole and ours
  std::uint64_t passed_ = 0;  ///< bytes used up, without those left out
  std::deque<Gap> gaps_;      ///< ahead
  std::uint64_t left_out_ = 0;
  std::uint64_t line_ = 0, byte_ = 0;
  bool ended_ = false;
  std::optional<Error> error_;
  std::vector<std::string_view> lines_;
  std::vector<std::size_t> ends_;
};

}  // namespace racesim
