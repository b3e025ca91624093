// The lines of a lane as the matcher needs them: the bytes at hand, the next line, those behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "verify/arrivals.h"

namespace racesim {

/// Views are valid until the next call that reads. An error ends the lane; see error().
class ArrivedLines {
 public:
  explicit ArrivedLines(ArrivedLane& lane) : lane_(lane) {}

  /// Reads until the next line is whole; false at the end.
  bool fill();
  /// Bytes at hand, from the next line's first on.
  std::string_view rest() const { return {buffer_.data() + used_, buffer_.size() - used_}; }
  /// The next line with its line end, which only the last one may lack; empty at the end.
  std::string_view line();
  /// line() and up to `count` lines behind it.
  const std::vector<std::string_view>& lines(std::size_t count);
  void advance(std::size_t bytes, std::uint64_t lines) {
    used_ += bytes;
    byte_ += bytes;
    line_ += lines;
  }
  std::uint64_t line_number() const { return line_; }
  std::uint64_t byte_number() const { return byte_; }
  std::string place() const { return lane_.place(line_, byte_); }
  ArrivedLane& lane() { return lane_; }
  bool ended() const { return ended_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  static constexpr std::size_t kLongestLine = std::size_t{1} << 20;
  bool read();
  std::size_t find_end(std::size_t from);

  ArrivedLane& lane_;
  ByteBuffer buffer_;
  std::size_t used_ = 0;
  std::uint64_t line_ = 0, byte_ = 0;
  bool ended_ = false;
  std::optional<Error> error_;
  std::vector<std::string_view> lines_;
  std::vector<std::size_t> ends_;
};

}  // namespace racesim
