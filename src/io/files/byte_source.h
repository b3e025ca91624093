// A file or pipe of lines, read piece by piece; what gzip or zstd made is decompressed on the way.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "model/batch.h"

namespace racesim {

/// One thread.
class ByteSource {
 public:
  /// `path`, or "-" for the standard input. The first bytes tell what is compressed. Nothing is read yet.
  /// Errors: runtime.
  static Result<std::unique_ptr<ByteSource>> open(const std::string& path);
  virtual ~ByteSource() = default;
  /// Appends some bytes, at most about 1 MiB of the file; false at the end. Errors: runtime, such as a
  /// compressed file whose end is missing, or data that are no lines (UTF-16, an archive, a JSON array): then
  /// with the command that makes lines of them.
  virtual Result<bool> read(ByteBuffer& to) = 0;
};

}  // namespace racesim
