// The lines between the chunks of a body, as Boost.Beast wants them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace racesim::http {

/// Passes a chunked body on with CRLF at the end of each line, where a server may have written LF alone
/// (RFC 9112, 2.2; curl takes both). Whatever is wrong is passed on as it is, so that the parser says so.
class ChunkLines {
 public:
  /// Appends `bytes` to `to`; a line that is not whole yet is held back, up to kHeldMost.
  void pass(std::string_view bytes, std::string& to);

 private:
  static constexpr std::size_t kHeldMost = 16 * 1024;
  enum class At : std::uint8_t { size_line, data, data_end, trailer, behind };

  std::size_t pass_line(std::string_view bytes, std::string& to);
  void end_line(std::string& to);

  At at_ = At::size_line;
  std::uint64_t data_left_ = 0;
  std::string line_;
};

}  // namespace racesim::http
