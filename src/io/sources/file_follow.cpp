// What a followed file does at its end: it grows, is truncated, or gets another name.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "io/sources/file_lane.h"

namespace racesim {
namespace {

/// As many bytes of the file from `offset` on as there are.
std::string bytes_at(int fd, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::pread(fd, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

bool is_same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Whether reading could go on there.
bool holds(const std::string& path, const LanePosition& position) {
  const std::optional<FileMark> mark = parse_file_mark(position.fingerprint);
  const int fd = mark ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return false;
  RecordReader reader(ByteSource::over(fd, path, true), true);
  const Result<std::string> other = reader.resume(position, *mark);
  return other && other->empty();
}

bool is_touched(const struct stat& a, const struct stat& b) {
  return std::pair(a.st_mtim.tv_sec, a.st_mtim.tv_nsec) != std::pair(b.st_mtim.tv_sec, b.st_mtim.tv_nsec);
}

}  // namespace

/// `nothing`: pull() goes on.
Result<ReadStep> FileLane::at_end() {
  done_ = !S_ISREG(info_.st_mode) && !S_ISFIFO(info_.st_mode);
  if (done_) return ReadStep::ended;
  if (S_ISFIFO(info_.st_mode) || moved_) {
    leaving_ = true;
    return ReadStep::nothing;
  }
  const News news = look();
  idle_ = news == News::none;
  leaving_ = news == News::truncated;
  moved_ = news == News::moved;
  if (idle_) ::fstat(fd_, &info_);
  return idle_ ? ReadStep::ended : ReadStep::nothing;
}

/// Nothing more comes in the open file, so the beginning of a line is all that there is of it.
Result<ReadStep> FileLane::leave(RecordBlock& to) {
  // A file that was copied and truncated since it was looked at last may have grown before: the copy has all.
  const std::vector<std::string> copied = moved_ ? std::vector<std::string>() : since_copied();
  if (copied.empty() && reader_->take_rest(to, true)) {
    note(to);
    return ReadStep::bytes;
  }
  openings_.clear();
  for (const std::string& path : copied) openings_.push_back({path, path == copied.front()});
  if (moved_)
    for (const std::string& path : since_moved()) openings_.push_back({path, false});
  openings_.push_back({name_.path, false});
  // A named pipe is opened again before it is closed, so that its next writer does not find it closed.
  const std::unique_ptr<RecordReader> old = std::move(reader_);
  leaving_ = moved_ = idle_ = false;
  const Result<bool> opened = open_next();
  if (!opened) return tl::make_unexpected(opened.error());
  return ReadStep::nothing;
}

/// What happened to the open file since its end was reached.
FileLane::News FileLane::look() const {
  struct stat now {};
  if (::fstat(fd_, &now) != 0) return News::truncated;
  const off_t at = ::lseek(fd_, 0, SEEK_CUR);
  const bool is_plain = at == static_cast<off_t>(reader_->bytes_read());
  if (now.st_size < at) return News::truncated;
  const bool touched = now.st_size > at || is_touched(now, info_);
  if (is_plain && touched && !is_still_there()) return News::truncated;
  // Too few bytes to tell what they are: none was handed out, and they may be others by now.
  if (reader_->bytes_read() == 0 && at > 0 && touched) return News::truncated;
  if (now.st_size > at) return News::more;
  // The one that was found under another name may not even be the last that had the name.
  if (open_path_ != name_.path && !since_moved().empty()) return News::moved;
  struct stat named {};
  if (::stat(name_.path.c_str(), &named) != 0 || is_same_file(named, now)) return News::none;
  // As long as the new file is empty its writer may still be at the old one.
  return named.st_size > 0 || !S_ISREG(named.st_mode) ? News::moved : News::none;
}

/// The last record and what was read behind it.
bool FileLane::is_still_there() const {
  const FileMark mark = reader_->mark();
  if (mark.last_size > 0) {
    const bool overlong = mark.last_size > kLongestRecord + 2;
    const std::size_t size = overlong ? kLongestRecord + 1 : static_cast<std::size_t>(mark.last_size);
    const std::string last = bytes_at(fd_, reader_->next() - mark.last_size, size);
    if (record_hash(overlong ? std::string_view(last) : record_text(last)) != reader_->last_hash())
      return false;
  }
  const std::string_view rest = reader_->unfinished();
  return bytes_at(fd_, reader_->bytes_read() - rest.size(), rest.size()) == rest;
}

/// The files that had the name after the open one, in that order.
std::vector<std::string> FileLane::since_moved() const {
  const std::vector<std::string> names = rotated_names(name_.path);
  const auto is_open = [&](const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && is_same_file(info, info_);
  };
  auto found = std::find_if(names.begin(), names.end(), is_open);
  // It may have been compressed meanwhile.
  const auto is_copy = [&](const std::string& path) { return holds(path, position_); };
  if (found == names.end()) found = std::find_if(names.begin(), names.end(), is_copy);
  if (found == names.end())
    return {};  // it was removed: what came between cannot be told from what came before
  return {std::make_reverse_iterator(found), names.rend()};
}

/// The copy in which the position is, and the files that had the name after it, in that order.
std::vector<std::string> FileLane::since_copied() const {
  if (!S_ISREG(info_.st_mode)) return {};
  const std::vector<std::string> names = rotated_names(name_.path);
  const auto found = std::find_if(names.begin(), names.end(),
                                  [&](const std::string& path) { return holds(path, position_); });
  if (found == names.end()) return {};
  return {std::make_reverse_iterator(std::next(found)), names.rend()};
}

/// Looks for the file of the position among those that had the name: then it is open.
Result<bool> FileLane::find_moved() {
  for (const std::string& path : rotated_names(name_.path)) {
    const Result<std::string> other = open({path, true});
    if (!other) return tl::make_unexpected(other.error());
    if (other->empty() && reader_) return true;
    reader_.reset();
  }
  return false;
}

}  // namespace racesim
