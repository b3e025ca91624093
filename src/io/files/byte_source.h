// A file or pipe of lines, read piece by piece; what gzip or zstd made is decompressed on the way.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "model/batch.h"

namespace racesim {

enum class ReadStep : std::uint8_t {
  bytes,
  nothing,  ///< none came in that time; or a signal did
  ended,    ///< of a file: for now, it may grow
};

/// One thread.
class ByteSource {
 public:
  /// `path`, or "-" for the standard input. The first bytes tell what is compressed. Nothing is read yet, and
  /// a named pipe is not waited for. Errors: runtime.
  static Result<std::unique_ptr<ByteSource>> open(const std::string& path);
  /// The same of an open descriptor, which it closes. With `growing` compressed data may end in the middle:
  /// more may come.
  static std::unique_ptr<ByteSource> over(int fd, const std::string& path, bool growing);
  virtual ~ByteSource() = default;
  /// Appends some bytes, at most about 1 MiB of the file; waits for them `wait_ms` at most, for ever if that
  /// is negative. Errors: runtime, such as a compressed file whose end is missing, or data that are no lines
  /// (UTF-16, an archive, a JSON array): then with the command that makes lines of them.
  virtual Result<ReadStep> read_within(ByteBuffer& to, int wait_ms) = 0;
  /// Likewise, as long as it takes; false at the end.
  Result<bool> read(ByteBuffer& to);
  /// Passes over so many bytes, or to the end; returns how many. Appends to `beyond` what it had to read
  /// behind them. As long as it takes.
  virtual Result<std::uint64_t> skip(std::uint64_t bytes, ByteBuffer& beyond);
};

}  // namespace racesim
