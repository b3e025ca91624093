#include "io/files/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
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

class PlainSource final : public ByteSource {
 public:
  PlainSource(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  ~PlainSource() override {
    if (fd_ != STDIN_FILENO) ::close(fd_);
  }
  Result<bool> read(ByteBuffer& to) override {
    to.reserve_more(kPiece);
    for (;;) {
      const ssize_t count = ::read(fd_, to.data() + to.size(), kPiece);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return tl::make_unexpected(system_error("read " + name_, errno));
      to.set_size(to.size() + static_cast<std::size_t>(count));
      return count > 0;
    }
  }

 private:
  const int fd_;
  const std::string name_;
};

/// Gives out what was read ahead, then the rest.
class ReadAheadSource final : public ByteSource {
 public:
  ReadAheadSource(ByteBuffer ahead, std::unique_ptr<ByteSource> rest)
      : ahead_(std::move(ahead)), rest_(std::move(rest)) {}
  Result<bool> read(ByteBuffer& to) override {
    if (ahead_.size() == 0) return rest_->read(to);
    to.reserve_more(ahead_.size());
    std::memcpy(to.data() + to.size(), ahead_.data(), ahead_.size());
    to.set_size(to.size() + ahead_.size());
    ahead_ = ByteBuffer();
    return true;
  }

 private:
  ByteBuffer ahead_;
  std::unique_ptr<ByteSource> rest_;
};

/// Looks at the first bytes with the first read(), since a pipe may have none before.
class KnownByItsBytes final : public ByteSource {
 public:
  KnownByItsBytes(std::unique_ptr<ByteSource> from, std::string path, int layers)
      : from_(std::move(from)), path_(std::move(path)), layers_(layers) {}

  Result<bool> read(ByteBuffer& to) override {
    if (!known_) {
      if (const Done looked = look(); !looked) return tl::make_unexpected(looked.error());
      known_ = true;
    }
    return from_->read(to);
  }

 private:
  Done look() {
    ByteBuffer ahead;
    while (ahead.size() < kInputKindBytes) {
      const Result<bool> more = from_->read(ahead);
      if (!more) return tl::make_unexpected(more.error());
      if (!*more) break;
    }
    const std::string_view first_bytes =
        std::string_view(ahead.data(), ahead.size()).substr(0, kInputKindBytes);
    const InputKind kind = input_kind(first_bytes);
    if (kind == InputKind::unreadable) return tl::make_unexpected(explain_unreadable(path_, first_bytes));
    const bool compressed = kind != InputKind::lines;
    if (!compressed && layers_ == 0 && !first_bytes.empty() && is_compressed(path_)) return name_lies();
    from_ = std::make_unique<ReadAheadSource>(std::move(ahead), std::move(from_));
    if (!compressed) return {};
    const std::string name = path_ == "-" ? "the standard input" : path_;
    if (layers_ == kLayersMost)
      return fail(ErrorKind::runtime, "read " + name + ": compressed more than twice", "decompress it first");
    auto inner = kind == InputKind::gzip ? make_gzip_source(std::move(from_), name)
                                         : make_zstd_source(std::move(from_), name);
    from_ = std::make_unique<KnownByItsBytes>(std::move(inner), path_, layers_ + 1);
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
  bool known_ = false;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> ByteSource::open(const std::string& path) {
  const bool standard = path == "-";
  const int fd = standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return tl::make_unexpected(open_error(path, errno));
  std::unique_ptr<ByteSource> source =
      std::make_unique<PlainSource>(fd, standard ? "the standard input" : path);
  struct stat info {};
  if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode))
    return tl::make_unexpected(system_error("read " + path, EISDIR, "name a file in it"));
  posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::make_unique<KnownByItsBytes>(std::move(source), path, 0);
}

}  // namespace racesim
