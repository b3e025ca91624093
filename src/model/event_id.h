// The event_id of a play: a UUID in version-4 form that carries (run, cell, seq), scattered.
// Layout and known answers: docs/formats/event-id.md.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

#include "model/types.h"

namespace racesim {

/// Which event of which run. Session and index in the session follow from rendering the cell again.
struct EventIdParts {
  std::uint32_t run = 0;   ///< the run's name
  std::uint32_t cell = 0;  ///< ordinal of the quota cell
  std::uint32_t seq = 0;   ///< 0-based position in the cell
  bool operator==(const EventIdParts&) const = default;
};

namespace event_id_detail {

inline constexpr int kRounds = 4;
inline constexpr int kZeroBits = 26;  ///< behind seq: what is not zero there was not made by racesim
inline constexpr std::uint64_t kHalfMask = (1ULL << 61) - 1;

// Outputs of SplitMix64 from topic_hash("racesim event_id 1"); the multipliers made odd.
inline constexpr std::array<std::uint64_t, kRounds> kAdd{0xb7125722f4c2ea00ULL, 0xd3dc75793ecd3d59ULL,
                                                         0x803d35ce737d2999ULL, 0x27b046d8f50b8a43ULL};
inline constexpr std::array<std::uint64_t, kRounds> kMultiply{0x745348c7ebc357b1ULL, 0x315a069827ecee9fULL,
                                                              0x3982ab3f5b66188dULL, 0x5d972e1a3ea45cd3ULL};

constexpr std::uint64_t fold(std::uint64_t x, std::uint64_t m) noexcept {
  const unsigned __int128 product = static_cast<unsigned __int128>(x) * m;
  return static_cast<std::uint64_t>(product >> 64) ^ static_cast<std::uint64_t>(product);
}

constexpr std::uint64_t round(std::uint64_t half, std::size_t i) noexcept {
  return fold(half + kAdd[i], kMultiply[i]) & kHalfMask;
}

/// `value` most significant byte first, as the text shows it.
inline void store_big_endian(std::uint8_t* to, std::uint64_t value) noexcept {
  value = __builtin_bswap64(value);
  std::memcpy(to, &value, 8);
}
inline std::uint64_t load_big_endian(const std::uint8_t* from) noexcept {
  std::uint64_t value = 0;
  std::memcpy(&value, from, 8);
  return __builtin_bswap64(value);
}

}  // namespace event_id_detail

/// Runs once per event: four multiplications, no branch, no memory beside the result.
inline Uuid pack_event_id(const EventIdParts& parts) noexcept {
  using namespace event_id_detail;
  std::uint64_t left = static_cast<std::uint64_t>(parts.run) << 29 | parts.cell >> 3;
  std::uint64_t right =
      static_cast<std::uint64_t>(parts.cell & 7) << 58 | static_cast<std::uint64_t>(parts.seq) << kZeroBits;
  for (std::size_t i = 0; i < kRounds; ++i) {
    const std::uint64_t mixed = left ^ round(right, i);
    left = right;
    right = mixed;
  }
  // 122 bits are left · 2^61 + right: 48, version, 12, variant, 62.
  const std::uint64_t upper = left >> 1;
  Uuid id;
  store_big_endian(id.bytes.data(), (upper >> 12) << 16 | 0x4000 | (upper & 0xfff));
  store_big_endian(id.bytes.data() + 8, 1ULL << 63 | (left & 1) << 61 | right);
  return id;
}

/// The parts, or nothing for a UUID that racesim did not make (wrongly something in one of 2^26 random ones).
std::optional<EventIdParts> unpack_event_id(const Uuid& id) noexcept;

}  // namespace racesim
