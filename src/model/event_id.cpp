#include "model/event_id.h"

namespace racesim {

std::optional<EventIdParts> unpack_event_id(const Uuid& id) noexcept {
  using namespace event_id_detail;
  const std::uint64_t first = load_big_endian(id.bytes.data());
  const std::uint64_t second = load_big_endian(id.bytes.data() + 8);
  if ((first >> 12 & 15) != 4 || second >> 62 != 2) return std::nullopt;

  const std::uint64_t upper = (first >> 16) << 12 | (first & 0xfff);
  std::uint64_t left = upper << 1 | (second >> 61 & 1);
  std::uint64_t right = second & kHalfMask;
  for (std::size_t i = kRounds; i-- > 0;) {
    const std::uint64_t before = right ^ round(left, i);
    right = left;
    left = before;
  }
  if ((right & ((1ULL << kZeroBits) - 1)) != 0) return std::nullopt;
  EventIdParts parts;
  parts.run = static_cast<std::uint32_t>(left >> 29);
  parts.cell = static_cast<std::uint32_t>(left << 3) | static_cast<std::uint32_t>(right >> 58);
  parts.seq = static_cast<std::uint32_t>(right >> kZeroBits);
  return parts;
}

}  // namespace racesim
