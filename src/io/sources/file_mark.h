// What the position of a file says of it besides the byte: enough to know it again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace racesim {

/// So many first bytes are compared.
inline constexpr std::size_t kFileHead = 4096;

struct FileMark {
  std::uint64_t head_size = 0;  ///< of the file's first bytes, decompressed; at most kFileHead
  std::uint64_t head_hash = 0;  ///< record_hash() of them
  std::uint64_t last_size = 0;  ///< bytes of the last record, with its line end
  bool torn = false;            ///< it had none: what follows belongs to it
  /// Of a file that was read to its end: what it was then, the time that of its last change. Unchanged, it is
  /// not read again. 0: not known.
  std::uint64_t whole_size = 0;
  std::int64_t whole_time_ns = 0;

  bool operator==(const FileMark&) const = default;
};

/// "head=4096:00c0ffee00c0ffee last=183", " torn", " whole=81234:1700000000000000000".
std::string to_text(const FileMark& mark);
/// None: a text that nothing here wrote.
std::optional<FileMark> parse_file_mark(std::string_view text);

}  // namespace racesim
