// One zstd frame, compressed piece by piece.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace racesim {

/// Whether a file of this name is compressed: it ends in .zst, and is not only that.
bool is_compressed(std::string_view path);

/// The frame carries a content checksum. Frames may stand behind one another in a file. Used by one thread.
class ZstdStream {
 public:
  enum class Then : std::uint8_t {
    more,   ///< keep what compresses better with what follows
    flush,  ///< afterwards all of the input can be decoded from the output
    end,    ///< likewise, and the frame is complete
  };

  static Result<std::unique_ptr<ZstdStream>> create(int level);

  ZstdStream(const ZstdStream&) = delete;
  ZstdStream& operator=(const ZstdStream&) = delete;
  ~ZstdStream();

  /// Takes from the front of `input` and points `output` at what has to be written before the next step.
  /// Returns true once `input` is used up and `then` is done; until then call it again.
  Result<bool> step(std::string_view& input, Then then, std::string_view& output);

 private:
  struct Context;
  explicit ZstdStream(std::unique_ptr<Context> context);

  std::unique_ptr<Context> context_;
  std::vector<char> buffer_;
};

}  // namespace racesim
