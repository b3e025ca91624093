#include "io/kafka/producing/murmur2.h"

#include <cstring>

#include "base/check.h"

namespace racesim::kafka {
namespace {

constexpr std::uint32_t kSeed = 0x9747b28c;
constexpr std::uint32_t kMultiply = 0x5bd1e995;

std::uint32_t load_little_endian(const char* from) noexcept {
  std::uint32_t word = 0;
  for (int i = 3; i >= 0; --i) word = word << 8 | static_cast<unsigned char>(from[i]);
  return word;
}

}  // namespace

std::uint32_t murmur2(std::string_view key) noexcept {
  std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(key.size());
  std::size_t at = 0;
  for (; at + 4 <= key.size(); at += 4) {
    std::uint32_t word = load_little_endian(key.data() + at) * kMultiply;
    word = (word ^ word >> 24) * kMultiply;
    hash = hash * kMultiply ^ word;
  }
  const std::size_t rest = key.size() - at;
  for (std::size_t i = rest; i > 0; --i)
    hash ^= static_cast<std::uint32_t>(static_cast<unsigned char>(key[at + i - 1])) << (8 * (i - 1));
  if (rest > 0) hash *= kMultiply;
  hash = (hash ^ hash >> 13) * kMultiply;
  return hash ^ hash >> 15;
}

std::int32_t partition_of(std::string_view key, std::int32_t partitions) noexcept {
  RACESIM_CHECK(partitions > 0);
  // Java clears the sign instead of taking the absolute value.
  return static_cast<std::int32_t>(murmur2(key) & 0x7fffffff) % partitions;
}

}  // namespace racesim::kafka
