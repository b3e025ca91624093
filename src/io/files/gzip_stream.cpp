#include "io/files/gzip_stream.h"

#include <zlib.h>

#include <algorithm>
#include <string>
#include <vector>

namespace racesim {
namespace {

constexpr int kGzipLevel = 6;
constexpr int kWindowBits = 15 + 16;  // the largest window; 16 more asks for gzip instead of zlib
constexpr int kMemoryLevel = 8;       // zlib's default
constexpr std::size_t kGzipOutputBytes = std::size_t{1} << 18;
constexpr std::size_t kGzipInputMost = std::size_t{1} << 30;  // zlib counts in 32 bits

class GzipStream final : public Compressor {
 public:
  GzipStream() : buffer_(kGzipOutputBytes) {}
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  ~GzipStream() override { deflateEnd(&zlib_); }

  Done prepare() {
    if (deflateInit2(&zlib_, kGzipLevel, Z_DEFLATED, kWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK)
      return fail(ErrorKind::runtime, "gzip: out of memory");
    return {};
  }

  Result<bool> step(std::string_view& input, Then then, std::string_view& output) override {
    const std::size_t given = std::min(input.size(), kGzipInputMost);
    zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));  // zlib does not write to it
    zlib_.avail_in = static_cast<uInt>(given);
    zlib_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
    zlib_.avail_out = static_cast<uInt>(buffer_.size());
    const bool last = given == input.size();
    const int directive = !last || then == Then::more ? Z_NO_FLUSH
                          : then == Then::flush       ? Z_SYNC_FLUSH
                                                      : Z_FINISH;
    const int code = deflate(&zlib_, directive);
    // Z_BUF_ERROR: a flush had nothing left to do.
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
      return fail(ErrorKind::runtime, std::string("gzip: ") + zError(code));
    input.remove_prefix(given - zlib_.avail_in);
    output = {buffer_.data(), buffer_.size() - zlib_.avail_out};
    if (!input.empty()) return false;
    return then == Then::more || (then == Then::end ? code == Z_STREAM_END : zlib_.avail_out > 0);
  }

 private:
  z_stream zlib_{};
  std::vector<char> buffer_;
};

}  // namespace

Result<std::unique_ptr<Compressor>> make_gzip_stream() {
  auto stream = std::make_unique<GzipStream>();
  if (const Done ready = stream->prepare(); !ready) return tl::make_unexpected(ready.error());
  return stream;
}

}  // namespace racesim
