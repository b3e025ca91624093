#include "io/sources/file_lane.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/quantity.h"
#include "io/files/atomic_file.h"
#include "io/files/read_file.h"

namespace racesim {
namespace {

std::int64_t ns_of(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

bool is_unchanged(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && ns_of(a.st_mtim) == ns_of(b.st_mtim);
}

}  // namespace

FileLane::FileLane(FileName name, bool follow)
    : name_(std::move(name)), follow_(follow), openings_{{name_.path, true}} {
  position_.source = kFileSourceName;
  position_.lane = name_.path;
}

bool FileLane::has_read(dev_t device, ino_t number) const {
  return std::find(read_files_.begin(), read_files_.end(), std::pair(device, number)) != read_files_.end();
}

Result<ReadStep> FileLane::pull(RecordBlock& to, int wait_ms) {
  for (;;) {
    if (done_) return ReadStep::ended;
    if (!reader_) {
      const Result<bool> opened = open_next();
      if (!opened) return tl::make_unexpected(opened.error());
      if (!*opened) return ReadStep::ended;
      continue;
    }
    Result<ReadStep> step = ReadStep::ended;
    if (!idle_ && !leaving_) {
      step = reader_->read(to, wait_ms);
      if (step && *step == ReadStep::bytes) note(to);
      if (!step || *step != ReadStep::ended) return step;
    }
    if (!follow_) {
      done_ = true;
      reader_.reset();
      return ReadStep::ended;
    }
    step = leaving_ ? leave(to) : at_end();
    if (step && *step == ReadStep::nothing) continue;
    return step;
  }
}

void FileLane::note(RecordBlock& to) {
  to.before = position_;
  position_.next = static_cast<std::int64_t>(reader_->next());
  position_.last_hash = reader_->last_hash();
  position_.consumed += to.size();
  FileMark mark = reader_->mark();
  struct stat now {};
  if (reader_->is_at_end() && ::fstat(fd_, &now) == 0 && S_ISREG(now.st_mode) && is_unchanged(now, info_)) {
    mark.whole_size = static_cast<std::uint64_t>(now.st_size);
    mark.whole_time_ns = ns_of(now.st_mtim);
  }
  position_.fingerprint = to_text(mark);
  to.after = position_;
  header_ = reader_->header();
  if (read_files_.empty() || !has_read(info_.st_dev, info_.st_ino))
    read_files_.emplace_back(info_.st_dev, info_.st_ino);
}

/// False: there is nothing to open, or not yet.
Result<bool> FileLane::open_next() {
  const Opening opening = openings_.front();
  const Result<std::string> other = open(opening);
  if (!other) return tl::make_unexpected(other.error());
  if (other->empty()) {
    if (done_ || !reader_) return false;
    openings_.pop_front();
    return true;
  }
  reader_.reset();
  if (!follow_) return tl::make_unexpected(changed(*other));
  const Result<bool> found = find_moved();
  if (!found) return found;
  if (!*found) openings_.front().resume = false;
  return true;
}

/// Makes reader_ of it, or with `follow` leaves it null if there is no such file. Returns why it is not the
/// file of the position; empty: it is, or there is none.
Result<std::string> FileLane::open(const Opening& opening) {
  const int fd = ::open(opening.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  const bool gone = fd < 0 && errno == ENOENT && follow_;
  if (fd < 0 && !gone) return tl::make_unexpected(open_error(opening.path, errno));
  if (gone) {
    const bool known = opening.resume && position_.next > 0;
    return known && !rotated_names(name_.path).empty() ? std::string("it is gone") : std::string();
  }
  const std::string& shown = opening.path == name_.path ? name_.shown : opening.path;
  reader_ = std::make_unique<RecordReader>(ByteSource::over(fd, shown, follow_), follow_);
  fd_ = fd;
  open_path_ = opening.path;
  leaving_ = moved_ = idle_ = false;
  if (::fstat(fd, &info_) == 0 && S_ISDIR(info_.st_mode))
    return tl::make_unexpected(system_error("read " + name_.shown, EISDIR, "name a file in it"));
  const bool known = opening.resume && position_.next > 0 && S_ISREG(info_.st_mode);
  return known ? resume() : std::string();
}

Result<std::string> FileLane::resume() {
  const std::optional<FileMark> mark = parse_file_mark(position_.fingerprint);
  if (!mark)
    return fail(
        ErrorKind::runtime,
        "read " + name_.shown + ": its position was kept in a form that is not known here",
        "another version of racesim may have kept it; read the file anew: racesim ingest --from stdin < " +
            shell_quoted(name_.path));
  const bool same = mark->whole_size > 0 && mark->whole_size == static_cast<std::uint64_t>(info_.st_size) &&
                    mark->whole_time_ns == ns_of(info_.st_mtim);
  if (same && !follow_) {
    done_ = true;
    return std::string();
  }
  return reader_->resume(position_, *mark);
}

Error FileLane::changed(const std::string& why) const {
  const std::string next = format_count(static_cast<std::uint64_t>(position_.next));
  return {
      ErrorKind::runtime,
      "read " + name_.shown + ": it was read up to byte " + next + " before, but is another file now: " + why,
      "with --follow it is read as a new one; or read it anew, what is stored already is told by its id: "
      "racesim ingest --from stdin < " +
          shell_quoted(name_.path)};
}

}  // namespace racesim
