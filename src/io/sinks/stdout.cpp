#include "io/sinks/stdout.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "io/sinks/stream_sink.h"

namespace racesim {

Result<std::unique_ptr<Sink>> open_fd_sink(int fd, std::string name, std::string header, AckListener* acks) {
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0)
    return fail(ErrorKind::runtime, "write " + name + ": it is closed",
                "send the events elsewhere: --sink file:PATH");
  if ((flags & O_ACCMODE) == O_RDONLY)
    return fail(ErrorKind::runtime, "write " + name + ": it is closed, or open for reading only",
                "send the events elsewhere: --sink file:PATH");
  auto writer = FdWriter::open(fd, FdWriter::Owner::caller);
  if (!writer) return tl::make_unexpected(writer.error());
  StreamParts parts;
  parts.name = std::move(name);
  parts.writer = std::move(*writer);
  parts.header = std::move(header);
  parts.acks = acks;
  return std::make_unique<StreamSink>(std::move(parts));
}

Result<std::unique_ptr<Sink>> open_stdout_sink(std::string header, AckListener* acks) {
  return open_fd_sink(STDOUT_FILENO, "stdout", std::move(header), acks);
}

}  // namespace racesim
