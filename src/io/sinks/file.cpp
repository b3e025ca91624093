#include "io/sinks/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <string_view>
#include <utility>

#include "io/sinks/stream_sink.h"

namespace racesim {
namespace {

/// The descriptor that /dev/stdout, /dev/fd/N and their like name; -1 for other paths. Opening such a path
/// anew would start at the beginning of a redirected file, over what is there.
int named_descriptor(std::string_view path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
    if (path.substr(0, prefix.size()) != prefix) continue;
    int fd = -1;
    const char* end = path.data() + path.size();
    const auto parsed = std::from_chars(path.data() + prefix.size(), end, fd);
    return parsed.ec == std::errc() && parsed.ptr == end ? fd : -1;
  }
  return -1;
}

Result<std::unique_ptr<FdWriter>> open_in_place(const std::string& path, int source_fd) {
  const int fd = source_fd >= 0 ? fcntl(source_fd, F_DUPFD_CLOEXEC, 0)
                                : open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (fd >= 0) return FdWriter::open(fd, FdWriter::Owner::writer);
  if (errno == EACCES || errno == EPERM)
    return fail(ErrorKind::runtime, "open " + path + ": no permission to write to it",
                "look at: ls -l " + shell_quoted(path));
  return tl::make_unexpected(system_error("open " + path, errno));
}

/// Cuts a torn last line off a file that is gone on with, and goes to its end.
Done keep_whole_lines(StreamParts& parts) {
  const std::string& path = parts.file->partial_path();
  std::ifstream in(path, std::ios::binary);
  constexpr std::size_t kPiece = std::size_t{1} << 16;
  std::string piece(kPiece, '\0');
  std::uint64_t done = 0;
  while (in.read(piece.data(), kPiece), in.gcount() > 0) {
    const std::string_view got(piece.data(), static_cast<std::size_t>(in.gcount()));
    if (const std::size_t end = got.rfind('\n'); end != std::string_view::npos)
      parts.kept_bytes = done + end + 1;
    done += got.size();
  }
  if (in.bad()) return tl::make_unexpected(system_error("read " + path, errno));
  const auto size = static_cast<off_t>(parts.kept_bytes);
  if (ftruncate(parts.file->fd(), size) != 0 || lseek(parts.file->fd(), size, SEEK_SET) != size)
    return tl::make_unexpected(system_error("continue with " + path, errno));
  return {};
}

/// Fills in the writer and, for a regular file, the file.
Done open_target(const std::string& path, bool resumed, StreamParts& parts) {
  const int source_fd = named_descriptor(path);
  struct stat info {};
  const bool exists = stat(path.c_str(), &info) == 0;
  Result<std::unique_ptr<FdWriter>> writer;
  if (source_fd < 0 && exists && S_ISFIFO(info.st_mode)) {
    writer = FdWriter::fifo(path);
  } else if (source_fd >= 0 || (exists && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))) {
    writer = open_in_place(path, source_fd);
  } else {
    auto file = AtomicFile::create(path, resumed);
    if (!file) return tl::make_unexpected(file.error());
    parts.file = std::move(*file);
    if (Done kept = resumed ? keep_whole_lines(parts) : Done(); !kept) {
      parts.file->keep_partial();
      return kept;
    }
    writer = FdWriter::open(parts.file->fd(), FdWriter::Owner::caller);
  }
  if (!writer) return tl::make_unexpected(writer.error());
  parts.writer = std::move(*writer);
  return {};
}

}  // namespace

Result<std::unique_ptr<Sink>> open_file_sink(const std::string& path, std::string header, Clock& clock,
                                             AckListener* acks, bool resumed) {
  if (const Done ok = check_ending(path); !ok) return tl::make_unexpected(ok.error());
  StreamParts parts;
  parts.name = "file:" + path;
  parts.header = std::move(header);
  parts.clock = &clock;
  parts.acks = acks;
  if (const Done opened = open_target(path, resumed, parts); !opened)
    return tl::make_unexpected(opened.error());
  auto compressor = Compressor::create(compression_of(path));
  if (!compressor) return tl::make_unexpected(compressor.error());
  parts.compressor = std::move(*compressor);
  return std::make_unique<StreamSink>(std::move(parts));
}

}  // namespace racesim
