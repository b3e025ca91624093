// What kind of data begins with given bytes. Names of files lie, and pipes have none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace racesim {

/// So many first bytes decide, if there are so many: enough to look behind a few blanks.
inline constexpr std::size_t kInputKindBytes = 64;

enum class InputKind : std::uint8_t {
  lines,  ///< or anything else that is not recognised: whoever reads lines will say what is wrong with them
  gzip,
  zstd,
  unreadable,  ///< see explain_unreadable()
};

InputKind input_kind(std::string_view first_bytes);

/// For InputKind::unreadable: what the data of `path` are and which command makes lines of them. "-" is the
/// standard input.
Error explain_unreadable(const std::string& path, std::string_view first_bytes);

/// Of a file that is to be read as text, whatever its lines: why it is none (compressed, an archive, UTF-16)
/// and how to make text of it; kind runtime. None: it may be text.
std::optional<Error> explain_foreign(const std::string& path, std::string_view first_bytes);

}  // namespace racesim
