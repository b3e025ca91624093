// Counter-based random numbers: a draw is a pure function of (key, counter), so any event can be made
// without those before it. The generator is two rounds of the SplitMix64 finaliser (Steele, Lea, Flood:
// "Fast splittable pseudorandom number generators", 2014; constants of Stafford's Mix13), each keyed.
// docs/adr/0002-random-streams.md holds the measurement against Philox4x32-10.
#pragma once

#include <cstdint>
#include <string_view>

namespace racesim {

/// Names one stream of draws. Make it with stream_key(); two different (seed, topic, entity) give
/// unrelated streams.
struct StreamKey {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  bool operator==(const StreamKey&) const = default;
};

constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

inline constexpr std::uint64_t kGoldenGamma = 0x9e3779b97f4a7c15ULL;

/// 64 uniform bits for `counter` in the stream.
constexpr std::uint64_t draw(StreamKey key, std::uint64_t counter) noexcept {
  return mix64(mix64(key.a + counter * kGoldenGamma) ^ key.b);
}

/// FNV-1a, to turn a topic's name into a number at compile time.
constexpr std::uint64_t topic_hash(std::string_view name) noexcept {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return h;
}

/// The key of (seed, topic, entity). `topic` says what is drawn ("faults.drop"), `entity` for whom.
constexpr StreamKey stream_key(std::uint64_t seed, std::uint64_t topic, std::uint64_t entity) noexcept {
  const std::uint64_t base = mix64(seed + kGoldenGamma) ^ topic;
  const std::uint64_t a = mix64(base + mix64(entity + kGoldenGamma));
  return {a, mix64(a ^ (entity + 0x2545f4914f6cdd1dULL))};
}
constexpr StreamKey stream_key(std::uint64_t seed, std::string_view topic, std::uint64_t entity) noexcept {
  return stream_key(seed, topic_hash(topic), entity);
}

/// Uniform in [0, 1), 53 bits. Through a signed integer: that conversion is one instruction.
constexpr double unit(std::uint64_t bits) noexcept {
  return static_cast<double>(static_cast<std::int64_t>(bits >> 11)) * 0x1.0p-53;
}

/// Uniform in [0, n) by multiply-high (Lemire 2019, without the rejection step: bias below n / 2^64).
constexpr std::uint64_t below(std::uint64_t bits, std::uint64_t n) noexcept {
  return static_cast<std::uint64_t>((static_cast<unsigned __int128>(bits) * n) >> 64);
}

/// `condition ? a : b` without a branch, for conditions that are random: a wrong guess costs some 15 cycles,
/// and compilers turn the plain form into a branch as they please.
constexpr std::uint64_t choose(bool condition, std::uint64_t a, std::uint64_t b) noexcept {
  const std::uint64_t mask = 0 - static_cast<std::uint64_t>(condition);
  return b ^ ((a ^ b) & mask);
}

}  // namespace racesim
