// Events to standard output.
#pragma once

#include <memory>
#include <string>

#include "io/sink.h"

namespace racesim {

/// `header` goes first, once; `acks` may be null and must outlive the sink. Standard output is neither closed
/// nor synced, and its flags are left alone. A reader that closes the pipe ends the sink with an
/// error of the kind reader_gone. Errors: runtime, if standard output is closed or not open for writing.
Result<std::unique_ptr<Sink>> open_stdout_sink(std::string header, AckListener* acks);

/// The same for any descriptor, which stays the caller's; `name` is for messages.
Result<std::unique_ptr<Sink>> open_fd_sink(int fd, std::string name, std::string header, AckListener* acks);

}  // namespace racesim
