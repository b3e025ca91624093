// A file or pipe, read piece by piece; .zst is decompressed on the way.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "model/batch.h"

namespace racesim {

/// One thread.
class ByteSource {
 public:
  /// `path`, or "-" for the standard input. A name that ends in .zst is decompressed. Errors: runtime.
  static Result<std::unique_ptr<ByteSource>> open(const std::string& path);
  virtual ~ByteSource() = default;
  /// Appends some bytes, at most about 1 MiB of the file; false at the end. Errors: runtime, such as a
  /// compressed file whose end is missing.
  virtual Result<bool> read(ByteBuffer& to) = 0;
};

}  // namespace racesim
