#include "io/files/decompress.h"

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <utility>

namespace racesim {
namespace {

constexpr std::size_t kOutputPiece = std::size_t{256} << 10;
constexpr int kGzipOnly = 15 + 16;  // the largest window; 16 more asks for gzip's header

/// What both have: compressed bytes on their way in.
class DecompressedSource : public ByteSource {
 public:
  Result<ReadStep> read_within(ByteBuffer& to, int wait_ms) final {
    for (;;) {
      // A full piece may have left something behind in the decompressor.
      if (used_ == input_.size() && !full_) {
        input_.clear();
        used_ = 0;
        const Result<ReadStep> step = from_->read_within(input_, wait_ms);
        if (!step || *step == ReadStep::nothing) return step;
        if (*step == ReadStep::ended) return at_end();
      }
      to.reserve_more(kOutputPiece);
      const std::size_t before = to.size();
      if (const Done done = decompress(to); !done) return tl::make_unexpected(done.error());
      full_ = to.size() - before == kOutputPiece;
      if (to.size() > before) return ReadStep::bytes;
    }
  }

 protected:
  DecompressedSource(std::unique_ptr<ByteSource> from, std::string name, const char* tool, bool growing)
      : name_(std::move(name)), from_(std::move(from)), tool_(tool), growing_(growing) {}

  std::string_view input() const { return {input_.data() + used_, input_.size() - used_}; }
  void take(std::size_t bytes) { used_ += bytes; }
  /// Takes from input() and appends at most kOutputPiece bytes, for which there is room.
  virtual Done decompress(ByteBuffer& to) = 0;
  /// Nothing is missing.
  virtual bool is_complete() const = 0;

  const std::string name_;

 private:
  Result<ReadStep> at_end() const {
    if (growing_ || is_complete()) return ReadStep::ended;
    return fail(ErrorKind::runtime, "read " + name_ + ": the compressed data is truncated",
                std::string("the file is truncated; try: ") + tool_ + " -t");
  }

  std::unique_ptr<ByteSource> from_;
  const char* const tool_;  ///< that tests such files
  const bool growing_;
  ByteBuffer input_;
  std::size_t used_ = 0;
  bool full_ = false;
};

class ZstdSource final : public DecompressedSource {
 public:
  ZstdSource(std::unique_ptr<ByteSource> from, std::string name, bool growing)
      : DecompressedSource(std::move(from), std::move(name), "zstd", growing), zstd_(ZSTD_createDCtx()) {}
  ~ZstdSource() override { ZSTD_freeDCtx(zstd_); }

 private:
  Done decompress(ByteBuffer& to) override {
    if (wanted_ == 0 && input().empty()) return {};
    ZSTD_inBuffer in{input().data(), input().size(), 0};
    ZSTD_outBuffer out{to.data() + to.size(), kOutputPiece, 0};
    wanted_ = ZSTD_decompressStream(zstd_, &out, &in);
    if (ZSTD_isError(wanted_)) {
      const bool large = ZSTD_getErrorCode(wanted_) == ZSTD_error_frameParameter_windowTooLarge;
      return fail(ErrorKind::runtime, "read " + name_ + ": zstd: " + ZSTD_getErrorName(wanted_),
                  large ? "it was compressed with --long; send it through: zstd -dc --long=31"
                        : "is it a .zst file, and complete? try: zstd -t");
    }
    take(in.pos);
    to.set_size(to.size() + out.pos);
    return {};
  }
  bool is_complete() const override { return wanted_ == 0; }

  ZSTD_DCtx* const zstd_;
  std::size_t wanted_ = 0;  // 0: a frame is complete
};

class GzipSource final : public DecompressedSource {
 public:
  GzipSource(std::unique_ptr<ByteSource> from, std::string name, bool growing)
      : DecompressedSource(std::move(from), std::move(name), "gzip", growing),
        ready_(inflateInit2(&zlib_, kGzipOnly) == Z_OK) {}
  ~GzipSource() override { inflateEnd(&zlib_); }

 private:
  Done decompress(ByteBuffer& to) override {
    if (!ready_) return broken("out of memory");
    if (complete_) {
      // gzip fills up blocks of tapes with zeros behind the last member, and ignores them as we do.
      take(std::min(input().find_first_not_of('\0'), input().size()));
      if (input().empty()) return {};
      inflateReset(&zlib_);
      complete_ = false;
    }
    zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input().data()));  // zlib does not write to it
    zlib_.avail_in = static_cast<uInt>(input().size());
    zlib_.next_out = reinterpret_cast<Bytef*>(to.data() + to.size());
    zlib_.avail_out = kOutputPiece;
    const std::size_t given = input().size();
    const int code = inflate(&zlib_, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
      return broken(zlib_.msg == nullptr ? zError(code) : zlib_.msg);
    complete_ = code == Z_STREAM_END;
    take(given - zlib_.avail_in);
    to.set_size(to.size() + kOutputPiece - zlib_.avail_out);
    return {};
  }
  bool is_complete() const override { return complete_; }
  Done broken(const std::string& why) const {
    return fail(ErrorKind::runtime, "read " + name_ + ": gzip: " + why,
                "is it a .gz file, and complete? try: gzip -t");
  }

  z_stream zlib_{};
  const bool ready_;
  bool complete_ = true;  // a member is: nothing is open
};

}  // namespace

std::unique_ptr<ByteSource> make_gzip_source(std::unique_ptr<ByteSource> from, std::string name,
                                             bool growing) {
  return std::make_unique<GzipSource>(std::move(from), std::move(name), growing);
}

std::unique_ptr<ByteSource> make_zstd_source(std::unique_ptr<ByteSource> from, std::string name,
                                             bool growing) {
  return std::make_unique<ZstdSource>(std::move(from), std::move(name), growing);
}

}  // namespace racesim
