// Which files are meant by what users write.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace racesim {

struct FileName {
  std::string shown;  ///< as the user named it, or as the pattern found it
  std::string path;   ///< the same file has the same one, however it was named
  bool operator==(const FileName&) const = default;
};

/// Files of the patterns in their order, those of a pattern by name; each once. A name that exists is no
/// pattern. Patterns leave out directories and what is still being written (.partial). With `may_be_missing`
/// a name need not exist and a pattern need not match. Errors: usage for a pattern without a match and for a
/// directory, runtime for a name that is not there.
Result<std::vector<FileName>> find_files(std::span<const std::string> patterns, bool may_be_missing);

/// The files that `path` was renamed to as it was rotated, the newest first: its name with a number or a time
/// behind it, compressed or not.
std::vector<std::string> rotated_names(const std::string& path);

}  // namespace racesim
