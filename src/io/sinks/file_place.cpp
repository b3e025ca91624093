#include "io/sinks/file_place.h"

#include <algorithm>
#include <fstream>
#include <string_view>

namespace racesim {
namespace {

/// Behind the last line's begin nothing longer is looked for: no line of ours is as long.
constexpr std::uint64_t kLineBytesMost = std::uint64_t{1} << 20;

}  // namespace

std::string change_before(const std::string& path, std::uint64_t bytes, const StreamPosition& known) {
  const auto next = static_cast<std::uint64_t>(known.next_offset);
  if (next > bytes)
    return path + ": it has " + std::to_string(bytes) + " bytes of whole lines, and the run had " +
           "come to " + std::to_string(next);
  if (!known.record || next == 0) return {};
  std::ifstream in(path, std::ios::binary);
  const std::uint64_t from = next - std::min<std::uint64_t>(next, kLineBytesMost);
  std::string piece(static_cast<std::size_t>(next - from), '\0');
  in.seekg(static_cast<std::streamoff>(from));
  in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
  if (in && piece.back() == '\n') {
    piece.pop_back();
    const std::size_t before = piece.rfind('\n');
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    if (hash_line(std::string_view(piece).substr(begin)) == known.record->hash) return {};
  }
  return path + ": another line is before byte " + std::to_string(next) + ", where the run's last one was";
}

}  // namespace racesim
