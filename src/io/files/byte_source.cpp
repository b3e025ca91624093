#include "io/files/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "io/files/read_file.h"
#include "io/files/zstd_stream.h"

namespace racesim {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;

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

class ZstdSource final : public ByteSource {
 public:
  ZstdSource(std::unique_ptr<ByteSource> from, std::string name)
      : from_(std::move(from)), name_(std::move(name)), zstd_(ZSTD_createDCtx()) {}
  ~ZstdSource() override { ZSTD_freeDCtx(zstd_); }

  Result<bool> read(ByteBuffer& to) override {
    for (;;) {
      if (used_ == input_.size()) {
        input_.clear();
        used_ = 0;
        const Result<bool> more = from_->read(input_);
        if (!more) return more;
        if (!*more) return at_end();
      }
      to.reserve_more(kPiece);
      ZSTD_inBuffer in{input_.data(), input_.size(), used_};
      ZSTD_outBuffer out{to.data() + to.size(), kPiece, 0};
      wanted_ = ZSTD_decompressStream(zstd_, &out, &in);
      if (ZSTD_isError(wanted_))
        return fail(ErrorKind::runtime, "read " + name_ + ": zstd: " + ZSTD_getErrorName(wanted_),
                    "is it a .zst file, and complete? try: zstd -t");
      used_ = in.pos;
      to.set_size(to.size() + out.pos);
      if (out.pos > 0) return true;
    }
  }

 private:
  Result<bool> at_end() const {
    if (wanted_ == 0) return false;
    return fail(ErrorKind::runtime, "read " + name_ + ": the compressed data end in the middle",
                "the file is truncated; try: zstd -t");
  }

  std::unique_ptr<ByteSource> from_;
  const std::string name_;
  ZSTD_DCtx* zstd_;
  ByteBuffer input_;
  std::size_t used_ = 0;
  std::size_t wanted_ = 0;  // 0: a frame is complete
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
  if (is_compressed(path)) source = std::make_unique<ZstdSource>(std::move(source), path);
  return source;
}

}  // namespace racesim
