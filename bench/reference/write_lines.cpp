// The least that a writer of events can do, as the reference of bench/whole_program.py: copies ready lines
// into a buffer and writes it. Usage: write_lines LINES_FILE COUNT OUT, where OUT is a file or '-' for
// stdout. Lines are those of LINES_FILE, again and again. A file is synced to the disk, as racesim's are.
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

std::vector<std::string> read_lines(const char* path) {
  std::vector<std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(line + '\n');
  return lines;
}

bool write_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t taken = write(fd, data, size);
    if (taken < 0) return false;
    data += taken;
    size -= static_cast<std::size_t>(taken);
  }
  return true;
}

bool write_lines(int fd, const std::vector<std::string>& lines, std::uint64_t count) {
  std::vector<char> buffer(kBufferBytes);
  std::size_t used = 0;
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string& line = lines[at];
    if (++at == lines.size()) at = 0;
    if (used + line.size() > buffer.size()) {
      if (!write_all(fd, buffer.data(), used)) return false;
      used = 0;
    }
    std::memcpy(buffer.data() + used, line.data(), line.size());
    used += line.size();
  }
  return write_all(fd, buffer.data(), used);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: write_lines LINES_FILE COUNT OUT\n", stderr);
    return 2;
  }
  const std::vector<std::string> lines = read_lines(argv[1]);
  const bool to_stdout = std::strcmp(argv[3], "-") == 0;
  const int fd = to_stdout ? STDOUT_FILENO : open(argv[3], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (to_stdout) fcntl(fd, F_SETPIPE_SZ, 1 << 20);  // refused unless it is a pipe
  const bool written =
      fd >= 0 && !lines.empty() && write_lines(fd, lines, std::strtoull(argv[2], nullptr, 10));
  if (!written || (!to_stdout && fsync(fd) != 0)) {
    std::perror("write_lines");
    return 1;
  }
  return 0;
}
