#include "io/files/byte_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "io/files/compression.h"
#include "io/files/decompress.h"
#include "io/files/input_kind.h"
#include "io/files/read_file.h"

namespace racesim {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;
/// Compressed twice happens to files that a tool packs by itself; more is a mistake, or malice.
constexpr int kLayersMost = 2;
/// With the byte order mark, which may stand in front of them.
constexpr std::string_view kBlanks = " \t\r\n\xEF\xBB\xBF";
/// Shorter lines than any that tells what it is.
constexpr std::size_t kLineBytes = 8;

class PlainSource final : public ByteSource {
 public:
  PlainSource(int fd, std::string name) : fd_(fd), name_(std::move(name)) {
    struct stat info {};
    is_file_ = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  }
  ~PlainSource() override {
    if (fd_ != STDIN_FILENO) ::close(fd_);
  }
  Result<ReadStep> read_within(ByteBuffer& to, int wait_ms) override {
    to.reserve_more(kPiece);
    for (;;) {
      // A named pipe that nobody has opened for writing yet would seem to be at its end.
      if (!is_file_ && !wait_for_bytes(wait_ms)) return ReadStep::nothing;
      const ssize_t count = ::read(fd_, to.data() + to.size(), kPiece);
      if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
        if (wait_ms >= 0) return ReadStep::nothing;
        continue;
      }
      if (count < 0) return tl::make_unexpected(system_error("read " + name_, errno));
      to.set_size(to.size() + static_cast<std::size_t>(count));
      return count > 0 ? ReadStep::bytes : ReadStep::ended;
    }
  }
  Result<std::uint64_t> skip(std::uint64_t bytes, ByteBuffer& beyond) override {
    struct stat info {};
    const off_t at = is_file_ && fstat(fd_, &info) == 0 ? ::lseek(fd_, 0, SEEK_CUR) : -1;
    if (at < 0) return ByteSource::skip(bytes, beyond);
    const auto left = static_cast<std::uint64_t>(std::max<off_t>(info.st_size - at, 0));
    const std::uint64_t skipped = std::min(bytes, left);
    if (::lseek(fd_, static_cast<off_t>(skipped), SEEK_CUR) < 0)
      return tl::make_unexpected(system_error("read " + name_, errno));
    return skipped;
  }

 private:
  /// False: nothing came in that time.
  bool wait_for_bytes(int wait_ms) const {
    pollfd input{fd_, POLLIN, 0};
    for (;;) {
      const int ready = ::poll(&input, 1, wait_ms);
      if (ready < 0 && errno == EINTR && wait_ms < 0) continue;
      return ready > 0;
    }
  }

  const int fd_;
  const std::string name_;
  bool is_file_ = false;
};

/// Gives out what was read ahead, then the rest.
class ReadAheadSource final : public ByteSource {
 public:
  ReadAheadSource(ByteBuffer ahead, std::unique_ptr<ByteSource> rest)
      : ahead_(std::move(ahead)), rest_(std::move(rest)) {}
  Result<ReadStep> read_within(ByteBuffer& to, int wait_ms) override {
    if (ahead_.size() == used_) return rest_->read_within(to, wait_ms);
    to.append(ahead_.view().substr(used_));
    ahead_ = ByteBuffer();
    used_ = 0;
    return ReadStep::bytes;
  }
  Result<std::uint64_t> skip(std::uint64_t bytes, ByteBuffer& beyond) override {
    const std::uint64_t here = std::min<std::uint64_t>(bytes, ahead_.size() - used_);
    used_ += static_cast<std::size_t>(here);
    if (here == bytes) return here;
    const Result<std::uint64_t> there = rest_->skip(bytes - here, beyond);
    if (!there) return there;
    return here + *there;
  }

 private:
  ByteBuffer ahead_;
  std::size_t used_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

/// Looks at the first bytes with the first read(), since a pipe may have none before.
class KnownByItsBytes final : public ByteSource {
 public:
  KnownByItsBytes(std::unique_ptr<ByteSource> from, std::string path, int layers, bool growing)
      : from_(std::move(from)), path_(std::move(path)), layers_(layers), growing_(growing) {}

  Result<ReadStep> read_within(ByteBuffer& to, int wait_ms) override {
    if (!known_) {
      const Result<ReadStep> looked = look(wait_ms);
      if (!looked || *looked != ReadStep::bytes) return looked;
      known_ = true;
    }
    return from_->read_within(to, wait_ms);
  }
  Result<std::uint64_t> skip(std::uint64_t bytes, ByteBuffer& beyond) override {
    return known_ ? from_->skip(bytes, beyond) : ByteSource::skip(bytes, beyond);
  }

 private:
  /// A line tells enough, and the next one may be long in coming. Of a file that grows a byte that nothing
  /// but an event or the name of a column begins with does too.
  bool has_seen_enough() const {
    const std::string_view seen = ahead_.view();
    if (seen.size() >= kInputKindBytes) return true;
    // Blanks in front of it tell nothing.
    const std::string_view content = seen.substr(std::min(seen.find_first_not_of(kBlanks), seen.size()));
    if (content.size() >= kLineBytes && content.find('\n') != std::string_view::npos) return true;
    const InputKind kind = input_kind(seen);
    if (kind == InputKind::gzip || kind == InputKind::zstd) return true;
    return growing_ && !seen.empty() && (seen.front() == '{' || (seen.front() >= 'a' && seen.front() <= 'z'));
  }

  Result<ReadStep> look(int wait_ms) {
    while (!has_seen_enough()) {
      const Result<ReadStep> step = from_->read_within(ahead_, wait_ms);
      if (!step || *step == ReadStep::nothing) return step;
      if (*step == ReadStep::ended && growing_) return step;
      if (*step == ReadStep::ended) break;
    }
    if (const Done done = begin(ahead_.view().substr(0, kInputKindBytes)); !done)
      return tl::make_unexpected(done.error());
    return ReadStep::bytes;
  }

  Done begin(std::string_view first_bytes) {
    const InputKind kind = input_kind(first_bytes);
    if (kind == InputKind::unreadable) return tl::make_unexpected(explain_unreadable(path_, first_bytes));
    const bool compressed = kind != InputKind::lines;
    if (!compressed && layers_ == 0 && !first_bytes.empty() && is_compressed(path_)) return name_lies();
    from_ = std::make_unique<ReadAheadSource>(std::move(ahead_), std::move(from_));
    if (!compressed) return {};
    const std::string name = path_ == "-" ? "the standard input" : path_;
    if (layers_ == kLayersMost)
      return fail(ErrorKind::runtime, "read " + name + ": compressed more than twice", "decompress it first");
    auto inner = kind == InputKind::gzip ? make_gzip_source(std::move(from_), name, growing_)
                                         : make_zstd_source(std::move(from_), name, growing_);
    from_ = std::make_unique<KnownByItsBytes>(std::move(inner), path_, layers_ + 1, growing_);
    return {};
  }

  Done name_lies() const {
    const char* const tool = compression_of(path_) == Compression::gzip ? "gzip" : "zstd";
    return fail(ErrorKind::runtime,
                "read " + path_ + ": " + tool + ": it does not begin like compressed data",
                "if it is plain, give it a name without the ending");
  }

  std::unique_ptr<ByteSource> from_;
  const std::string path_;
  const int layers_;  ///< of compression around these bytes
  const bool growing_;
  ByteBuffer ahead_;
  bool known_ = false;
};

}  // namespace

Result<bool> ByteSource::read(ByteBuffer& to) {
  const Result<ReadStep> step = read_within(to, -1);
  if (!step) return tl::make_unexpected(step.error());
  return *step == ReadStep::bytes;
}

Result<std::uint64_t> ByteSource::skip(std::uint64_t bytes, ByteBuffer& beyond) {
  ByteBuffer piece;
  std::uint64_t left = bytes;
  while (left > 0) {
    piece.clear();
    const Result<bool> more = read(piece);
    if (!more) return tl::make_unexpected(more.error());
    if (!*more) break;
    const std::size_t used = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size()));
    left -= used;
    beyond.append(piece.view().substr(used));
  }
  return bytes - left;
}

Result<std::unique_ptr<ByteSource>> ByteSource::open(const std::string& path) {
  const bool standard = path == "-";
  const int fd = standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return tl::make_unexpected(open_error(path, errno));
  auto source = over(fd, path, false);
  struct stat info {};
  if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode))
    return tl::make_unexpected(system_error("read " + path, EISDIR, "name a file in it"));
  return source;
}

std::unique_ptr<ByteSource> ByteSource::over(int fd, const std::string& path, bool growing) {
  posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  auto plain = std::make_unique<PlainSource>(fd, path == "-" ? "the standard input" : path);
  return std::make_unique<KnownByItsBytes>(std::move(plain), path, 0, growing);
}

}  // namespace racesim
