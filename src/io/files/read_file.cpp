#include "io/files/read_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "io/files/input_kind.h"

namespace racesim {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 16;

/// Closes on every way out.
struct OpenFile {
  int fd;
  ~OpenFile() { ::close(fd); }
};

}  // namespace

Error open_error(const std::string& path, int error_number) {
  const std::string partial = path + ".partial";
  const bool unfinished = error_number == ENOENT && ::access(partial.c_str(), F_OK) == 0;
  return system_error(
      "read " + path, error_number,
      unfinished ? "there is " + partial + ": its run is still going, or was stopped or killed" : "");
}

Result<std::string> read_file(const std::string& path, std::size_t most_bytes) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return tl::make_unexpected(open_error(path, errno));
  const OpenFile file{fd};
  std::string text;
  std::array<char, kChunk> chunk;
  for (;;) {
    const ssize_t count = ::read(file.fd, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return tl::make_unexpected(system_error("read " + path, errno));
    if (count == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > most_bytes)
      return fail(ErrorKind::runtime,
                  "read " + path + ": larger than the " + std::to_string(most_bytes >> 20) + " MiB expected");
  }
}

Result<std::string> read_text_file(const std::string& path, std::size_t most_bytes) {
  Result<std::string> text = read_file(path, most_bytes);
  if (!text) return text;
  if (std::optional<Error> foreign = explain_foreign(path, *text)) return tl::make_unexpected(*foreign);
  return text;
}

}  // namespace racesim
