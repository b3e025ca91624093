#include "io/files/compression.h"

#include <algorithm>
#include <array>
#include <string>

#include "io/files/atomic_file.h"
#include "io/files/gzip_stream.h"
#include "io/files/zstd_stream.h"

namespace racesim {
namespace {

/// An ending, and what a file of that name holds.
struct CompressedEnding {
  std::string_view text;
  Compression kind;
};
constexpr std::array kCompressedEndings{
    CompressedEnding{".gz", Compression::gzip},
    CompressedEnding{".gzip", Compression::gzip},
    CompressedEnding{".zst", Compression::zstd},
    CompressedEnding{".zstd", Compression::zstd},
};

/// What some programs would take the file for that racesim cannot write.
constexpr std::array<std::string_view, 14> kEndingsOfOthers{".bz2", ".xz",     ".lzma",    ".lz4", ".br",
                                                            ".sz",  ".snappy", ".zip",     ".tar", ".tgz",
                                                            ".7z",  ".orc",    ".parquet", ".avro"};

bool ends_in(std::string_view path, std::string_view ending) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.size() <= ending.size()) return false;
  return std::equal(ending.begin(), ending.end(), name.end() - static_cast<std::ptrdiff_t>(ending.size()),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b); });
}

const CompressedEnding* find_ending(std::string_view path) {
  for (const CompressedEnding& ending : kCompressedEndings)
    if (ends_in(path, ending.text)) return &ending;
  return nullptr;
}

}  // namespace

Compression compression_of(std::string_view path) {
  const CompressedEnding* const found = find_ending(path);
  return found == nullptr ? Compression::none : found->kind;
}

bool is_compressed(std::string_view path) {
  return find_ending(path) != nullptr;
}

std::string_view without_compressed_ending(std::string_view path) {
  const CompressedEnding* const found = find_ending(path);
  return found == nullptr ? path : path.substr(0, path.size() - found->text.size());
}

Done check_ending(std::string_view path) {
  for (const std::string_view ending : kEndingsOfOthers) {
    if (!ends_in(path, ending)) continue;
    const std::string stem(path.substr(0, path.size() - ending.size()));
    return fail(ErrorKind::usage,
                "write " + std::string(path) +
                    ": racesim writes lines, plain, as .gz or as .zst, and not as " + std::string(ending),
                "choose --sink " + shell_quoted("file:" + stem + ".zst") + " or write " + shell_quoted(stem) +
                    " and turn it into " + std::string(ending) + " afterwards");
  }
  return {};
}

Result<std::unique_ptr<Compressor>> Compressor::create(Compression kind) {
  switch (kind) {
    case Compression::none:
      break;
    case Compression::gzip:
      return make_gzip_stream();
    case Compression::zstd:
      return make_zstd_stream();
  }
  return nullptr;
}

}  // namespace racesim
