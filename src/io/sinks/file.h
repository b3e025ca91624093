// Events to a file.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "io/sink.h"

namespace racesim {

/// A regular file grows as PATH.partial and gets its name in close(), synced to the disk; an older PATH stays
/// as it is until then. Named pipes, devices, /dev/stdout and /dev/fd/N are written in place; a named pipe is
/// opened with the first event, which waits for a reader.
///
/// A path that ends in ".gz", ".zst" or ".zstd" (io/files/compression.h) is compressed: one unit, flushed at
/// the end of each batch and at least with the first event after each second or MiB, so that a killed run
/// leaves all before that readable in the partial file.
///
/// `header` goes first, once. `clock` and `acks` must outlive the sink; `acks` may be null. Errors: usage,
/// for an ending that promises another format; busy, if another process writes the same file; runtime, naming
/// what stands in the way.
///
/// `resumed`: a partial file that an earlier process left is gone on with, behind its last whole line.
Result<std::unique_ptr<Sink>> open_file_sink(const std::string& path, std::string header, Clock& clock,
                                             AckListener* acks, bool resumed = false);

}  // namespace racesim
