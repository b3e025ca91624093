#include "io/dead_letter.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "io/files/atomic_file.h"
#include "io/stores/store.h"

namespace racesim {
namespace {

// Lines are written in pieces of about this size, each by one write().
constexpr std::size_t kPieceBytes = 1 << 18;

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out += k <= bytes.size() - i ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

// A JSON string, or nothing if the text is not UTF-8.
std::optional<std::string> quoted(std::string_view text) {
  try {
    return nlohmann::json(std::string(text)).dump();
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

std::string quoted_or_escaped(std::string_view text) {
  return nlohmann::json(std::string(text)).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

// The parser takes a NUL for the end of the text, so that is looked for first.
bool is_json(std::string_view text) {
  return text.find('\0') == std::string_view::npos && nlohmann::json::accept(text.begin(), text.end());
}

void append_event(std::string_view line, std::string& out) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  // JSON may have line breaks between its tokens; a record may not.
  const bool one_line = line.find('\n') == std::string_view::npos;
  if (one_line && is_json(line)) {
    out.append("{\"event\":").append(line);
  } else if (const std::optional<std::string> text = quoted(line)) {
    out.append("{\"event\":").append(*text);
  } else {
    out.append("{\"event_base64\":\"").append(base64(line)).append("\"");
  }
}

void sync_folder_of(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);  // the record is in the file whatever this says: some file systems refuse it
  ::close(fd);
}

// A kill in the middle of a write may have left a torn line: the next one must not be glued to it.
bool ends_in_torn_line(int fd) {
  const off_t size = ::lseek(fd, 0, SEEK_END);
  char last = '\n';
  return size > 0 && ::pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

// After a write that left `rest_size` bytes of `lines` undone: cuts the file behind the last whole line and
// returns how many of the lines are in it.
std::size_t keep_whole_lines(int fd, off_t size_before, std::string_view lines, std::size_t rest_size) {
  const std::string_view written = lines.substr(0, lines.size() - rest_size);
  const std::size_t end = written.rfind('\n');
  const std::string_view whole =
      end == std::string_view::npos ? std::string_view() : written.substr(0, end + 1);
  // If the cut fails a torn line stays; the next run starts behind it.
  static_cast<void>(::ftruncate(fd, size_before + static_cast<off_t>(whole.size())) == 0);
  return static_cast<std::size_t>(std::count(whole.begin(), whole.end(), '\n'));
}

}  // namespace

void append_dead_record(const DeadRecord& record, std::string& out) {
  out.append("{\"source\":").append(quoted_or_escaped(record.source));
  out.append(",\"lane\":").append(quoted_or_escaped(record.lane));
  out.append(",\"offset\":").append(std::to_string(record.offset));
  out.append(",\"reason\":").append(quoted_or_escaped(record.reason));
  if (const std::optional<std::string> raw = quoted(record.raw))
    out.append(",\"raw\":").append(*raw);
  else
    out.append(",\"raw_base64\":\"").append(base64(record.raw)).append("\"");
  out.append("}\n");
}

DeadLetter::~DeadLetter() {
  static_cast<void>(close());
}

Done DeadLetter::check() const {
  Done done = check_file_path(path_, Existing::written);
  if (!done) done.error().what = "--dead-letter: " + done.error().what;
  return done;
}

std::size_t DeadLetter::add(std::span<const DeadEvent> events, std::string_view sink, std::string_view error,
                            Persisted persisted) {
  std::string tail = ",\"sink\":" + quoted_or_escaped(sink) + ",\"error\":" + quoted_or_escaped(error);
  tail += persisted == Persisted::no ? ",\"persisted\":\"no\"}\n" : ",\"persisted\":\"possibly\"}\n";

  const std::lock_guard lock(mutex_);
  std::size_t taken = 0, in_piece = 0;
  std::string piece;
  for (std::size_t i = 0; i < events.size(); ++i) {
    append_event(events[i].batch->line(events[i].index), piece);
    piece += tail;
    ++in_piece;
    if (piece.size() < kPieceBytes && i + 1 < events.size()) continue;
    taken += write_locked(piece, in_piece);
    piece.clear();
    in_piece = 0;
  }
  written_ += taken;
  lost_ += events.size() - taken;
  return taken;
}

void DeadLetter::add_lines(std::string_view lines, std::size_t count) {
  const std::lock_guard lock(mutex_);
  const std::size_t taken = write_locked(lines, count);
  written_ += taken;
  lost_ += count - taken;
}

bool DeadLetter::open_locked() {
  if (fd_ >= 0) return true;
  // After an error nothing more is written: records behind a gap would look complete.
  if (closed_ || error_) {
    if (!error_) fail_locked("write", EBADF);
    return false;
  }
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd_ < 0) {
    fail_locked("open", errno);
    return false;
  }
  sync_folder_of(path_);
  return true;
}

std::size_t DeadLetter::write_locked(std::string_view lines, std::size_t count) {
  if (!open_locked()) return 0;
  std::string with_break;
  if (!unsynced_ && ends_in_torn_line(fd_)) {
    with_break.append("\n").append(lines);
    lines = with_break;
  }
  struct stat before {};
  const bool know_size = ::fstat(fd_, &before) == 0 && S_ISREG(before.st_mode);
  std::string_view rest = lines;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno != EINTR) {
      fail_locked("write", errno);
      unsynced_ = true;
      const std::size_t kept = know_size ? keep_whole_lines(fd_, before.st_size, lines, rest.size()) : 0;
      return kept > 0 && !with_break.empty() ? kept - 1 : kept;
    }
  }
  unsynced_ = true;
  return count;
}

void DeadLetter::fail_locked(const char* step, int error_number) {
  if (error_) return;
  error_ = system_error(std::string(step) + " dead-letter file " + path_, error_number,
                        "check free space and rights, or name another file with --dead-letter");
}

Done DeadLetter::sync_locked() {
  if (fd_ >= 0 && unsynced_) {
    // A pipe or a device given as dead-letter file cannot be synced; that is no loss.
    if (::fsync(fd_) != 0 && errno != EINVAL && errno != EROFS) fail_locked("fsync", errno);
    unsynced_ = false;
  }
  if (error_) return tl::make_unexpected(*error_);
  return {};
}

Done DeadLetter::sync() {
  const std::lock_guard lock(mutex_);
  return sync_locked();
}

Done DeadLetter::close() {
  const std::lock_guard lock(mutex_);
  Done result = sync_locked();
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  closed_ = true;
  return result;
}

std::uint64_t DeadLetter::written() const {
  const std::lock_guard lock(mutex_);
  return written_;
}

std::uint64_t DeadLetter::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

std::optional<Error> DeadLetter::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

}  // namespace racesim
