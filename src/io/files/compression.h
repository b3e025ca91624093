// Which files are compressed, and what compresses them piece by piece.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.h"

namespace racesim {

enum class Compression : std::uint8_t { none, gzip, zstd };

/// What a file of this name holds: gzip for .gz, zstd for .zst and .zstd, in capitals or not, none for
/// others.
Compression compression_of(std::string_view path);

/// Whether a file of this name is compressed.
bool is_compressed(std::string_view path);

/// The name without the ending that says so.
std::string_view without_compressed_ending(std::string_view path);

/// Refuses (usage) a name whose ending promises what racesim cannot write: .bz2, .xz, .zip, .parquet …
Done check_ending(std::string_view path);

/// One compressed unit (a zstd frame, a gzip member), made piece by piece. Units may stand behind one another
/// in a file. Used by one thread.
class Compressor {
 public:
  enum class Then : std::uint8_t {
    more,   ///< keep what compresses better with what follows
    flush,  ///< afterwards all of the input can be decoded from the output
    end,    ///< likewise, and the unit is complete
  };

  /// Null for Compression::none. Errors: runtime (no memory).
  static Result<std::unique_ptr<Compressor>> create(Compression kind);
  virtual ~Compressor() = default;

  /// Takes from the front of `input` and points `output` at what has to be written before the next step.
  /// Returns true once `input` is used up and `then` is done; until then call it again.
  virtual Result<bool> step(std::string_view& input, Then then, std::string_view& output) = 0;
};

}  // namespace racesim
