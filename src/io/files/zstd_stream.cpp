#include "io/files/zstd_stream.h"

#include <zstd.h>

#include <string>
#include <utility>
#include <vector>

namespace racesim {
namespace {

constexpr int kZstdLevel = 3;
constexpr std::size_t kZstdOutputBytes = std::size_t{1} << 20;

tl::unexpected<Error> zstd_error(std::size_t code) {
  return fail(ErrorKind::runtime, std::string("zstd: ") + ZSTD_getErrorName(code));
}

class ZstdStream final : public Compressor {
 public:
  ZstdStream() : zstd_(ZSTD_createCCtx()), buffer_(kZstdOutputBytes) {}
  ZstdStream(const ZstdStream&) = delete;
  ZstdStream& operator=(const ZstdStream&) = delete;
  ~ZstdStream() override { ZSTD_freeCCtx(zstd_); }

  Done prepare() {
    if (zstd_ == nullptr) return fail(ErrorKind::runtime, "zstd: out of memory");
    for (const auto& [parameter, value] :
         {std::pair(ZSTD_c_compressionLevel, kZstdLevel), std::pair(ZSTD_c_checksumFlag, 1)}) {
      const std::size_t code = ZSTD_CCtx_setParameter(zstd_, parameter, value);
      if (ZSTD_isError(code)) return zstd_error(code);
    }
    return {};
  }

  Result<bool> step(std::string_view& input, Then then, std::string_view& output) override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
    const ZSTD_EndDirective directive = then == Then::more    ? ZSTD_e_continue
                                        : then == Then::flush ? ZSTD_e_flush
                                                              : ZSTD_e_end;
    const std::size_t left = ZSTD_compressStream2(zstd_, &out, &in, directive);
    if (ZSTD_isError(left)) return zstd_error(left);
    input.remove_prefix(in.pos);
    output = {buffer_.data(), out.pos};
    // With `more`, `left` only hints at what the compressor holds back.
    return input.empty() && (then == Then::more || left == 0);
  }

 private:
  ZSTD_CCtx* const zstd_;
  std::vector<char> buffer_;
};

}  // namespace

Result<std::unique_ptr<Compressor>> make_zstd_stream() {
  auto stream = std::make_unique<ZstdStream>();
  if (const Done ready = stream->prepare(); !ready) return tl::make_unexpected(ready.error());
  return stream;
}

}  // namespace racesim
