#include "io/line_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace racesim {

LineHash hash_line(std::string_view line) {
  const XXH128_hash_t hash = XXH3_128bits(line.data(), line.size());
  return {hash.low64, hash.high64};
}

}  // namespace racesim
