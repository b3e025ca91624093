#include "io/files/zstd_stream.h"

#include <zstd.h>

#include <string>
#include <utility>

namespace racesim {
namespace {

constexpr std::size_t kOutputBytes = std::size_t{1} << 20;

tl::unexpected<Error> zstd_error(std::size_t code) {
  return fail(ErrorKind::runtime, std::string("zstd: ") + ZSTD_getErrorName(code));
}

}  // namespace

bool is_compressed(std::string_view path) {
  constexpr std::string_view kEnding = ".zst";
  return path.size() > kEnding.size() && path.substr(path.size() - kEnding.size()) == kEnding;
}

struct ZstdStream::Context {
  ZSTD_CCtx* zstd = ZSTD_createCCtx();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { ZSTD_freeCCtx(zstd); }
};

ZstdStream::ZstdStream(std::unique_ptr<Context> context)
    : context_(std::move(context)), buffer_(kOutputBytes) {}

ZstdStream::~ZstdStream() = default;

Result<std::unique_ptr<ZstdStream>> ZstdStream::create(int level) {
  auto context = std::make_unique<Context>();
  if (context->zstd == nullptr) return fail(ErrorKind::runtime, "zstd: out of memory");
  for (const auto& [parameter, value] :
       {std::pair(ZSTD_c_compressionLevel, level), std::pair(ZSTD_c_checksumFlag, 1)}) {
    const std::size_t code = ZSTD_CCtx_setParameter(context->zstd, parameter, value);
    if (ZSTD_isError(code)) return zstd_error(code);
  }
  return std::unique_ptr<ZstdStream>(new ZstdStream(std::move(context)));
}

Result<bool> ZstdStream::step(std::string_view& input, Then then, std::string_view& output) {
  ZSTD_inBuffer in{input.data(), input.size(), 0};
  ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
  const ZSTD_EndDirective directive = then == Then::more    ? ZSTD_e_continue
                                      : then == Then::flush ? ZSTD_e_flush
                                                            : ZSTD_e_end;
  const std::size_t left = ZSTD_compressStream2(context_->zstd, &out, &in, directive);
  if (ZSTD_isError(left)) return zstd_error(left);
  input.remove_prefix(in.pos);
  output = {buffer_.data(), out.pos};
  // With `more`, `left` only hints at what the compressor holds back.
  return input.empty() && (then == Then::more || left == 0);
}

}  // namespace racesim
