#include "run/replay/lane_digest.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

namespace racesim {

struct LaneDigest::State {
  XXH3_state_t xxh;
};

LaneDigest::LaneDigest() : state_(std::make_unique<State>()) {
  XXH3_128bits_reset(&state_->xxh);
}
LaneDigest::~LaneDigest() = default;

void LaneDigest::add(const RecordBlock& block, std::uint64_t most) {
  const auto count = static_cast<std::size_t>(
      std::min<std::uint64_t>(block.size(), most - std::min(most, reading_.records)));
  if (count == 0) return;
  const std::uint32_t bytes = block.ends[count - 1];
  XXH3_128bits_update(&state_->xxh, block.text.data(), bytes);
  reading_.records += count;
  reading_.bytes += bytes;
}

LaneReading LaneDigest::reading() const {
  LaneReading reading = reading_;
  const XXH128_hash_t hash = XXH3_128bits_digest(&state_->xxh);
  reading.hash = {hash.high64, hash.low64};
  return reading;
}

}  // namespace racesim
