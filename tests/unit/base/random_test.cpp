// Goal: the random streams never change, and what is drawn from them is as good as what is drawn from Philox.
// Method: known answers; then one battery for both generators on fixed seeds. Statistics are compared with
// their distribution under true randomness at about five standard deviations (a true generator fails a bound
// once in 10^6), over neighbouring counters, streams, topics and seeds, since that is how the generators are
// used.
#include "base/random.h"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <vector>

namespace racesim {
namespace {

TEST(Random, KnownAnswers) {
  // The first output of SplitMix64 seeded with 1234567, as its author's program prints it.
  EXPECT_EQ(mix64(1234567 + kGoldenGamma), 6457827717110365317ULL);
  EXPECT_EQ(topic_hash(""), 0xcbf29ce484222325ULL);
  EXPECT_EQ(topic_hash("a"), 0xaf63dc4c8601ec8cULL);
  const StreamKey key = stream_key(42, "plays.session", 7);
  EXPECT_EQ(key.a, 0x8d610a618d69b952ULL);
  EXPECT_EQ(key.b, 0x832e2d6a01775d59ULL);
  EXPECT_EQ(draw(key, 0), 0xf500664abda92941ULL);
  EXPECT_EQ(draw(key, 1), 0x90519f42f485bbfcULL);
  EXPECT_EQ(draw(key, ~0ULL), 0x1d889265c9d9e1f7ULL);
  EXPECT_EQ(draw(stream_key(0, "", 0), 0), 0xb946f4ae1f9a8f04ULL);
  static_assert(draw(stream_key(1, "x", 2), 3) == draw(stream_key(1, topic_hash("x"), 2), 3));
}

TEST(Random, UnitAndBelowKeepTheirRange) {
  EXPECT_EQ(unit(0), 0.0);
  EXPECT_EQ(unit(~0ULL), 1.0 - 0x1p-53);
  EXPECT_LT(unit(~0ULL), 1.0);
  EXPECT_EQ(unit(1ULL << 63), 0.5);
  EXPECT_EQ(below(~0ULL, 10), 9U);
  EXPECT_EQ(below(0, 10), 0U);
  EXPECT_EQ(below(1ULL << 63, 10), 5U);
  EXPECT_EQ(below(~0ULL, ~0ULL), ~0ULL - 1);
}

/// 64 bits of (seed, topic, entity, counter): what the product uses.
struct KeyedMix {
  static std::uint64_t bits(std::uint64_t seed, std::uint64_t topic, std::uint64_t entity,
                            std::uint64_t counter) {
    return draw(stream_key(seed, topic, entity), counter);
  }
};

/// The same from Philox4x32-10: seed and topic are the key, entity and counter the block.
struct Philox {
  static std::uint64_t bits(std::uint64_t seed, std::uint64_t topic, std::uint64_t entity,
                            std::uint64_t counter) {
    const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
    const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
    const r123::Philox4x32::ctr_type block = {{low(counter), high(counter), low(entity), high(entity)}};
    const r123::Philox4x32::key_type key = {{low(seed) ^ high(topic), high(seed) ^ low(topic)}};
    const r123::Philox4x32::ctr_type out = r123::Philox4x32()(block, key);
    return out[0] | static_cast<std::uint64_t>(out[1]) << 32;
  }
};

TEST(Random, TheReferenceIsPhilox) {
  // The first vector of Random123's known answers: all zero.
  EXPECT_EQ(Philox::bits(0, 0, 0, 0), 0xe169c58d6627e8d5ULL);
}

constexpr std::uint64_t kTopic = topic_hash("test.battery");
constexpr double kSigmas = 5;

/// The ways in which the product walks through draws; index i of each is another point of the generator.
template <class G>
std::array<std::function<std::uint64_t(std::uint64_t)>, 6> walks() {
  return {
      [](std::uint64_t i) { return G::bits(1, kTopic, 0, i); },            // along one stream
      [](std::uint64_t i) { return G::bits(1, kTopic, i, 0); },            // the first draw of each entity
      [](std::uint64_t i) { return G::bits(i, kTopic, 3, 0); },            // the same draw for each seed
      [](std::uint64_t i) { return G::bits(1, kTopic + i, 3, 0); },        // topics with neighbouring hashes
      [](std::uint64_t i) { return G::bits(2, kTopic, 5, i << 32); },      // counters packed in the high half
      [](std::uint64_t i) { return G::bits(3, kTopic, i / 16, i % 16); },  // a few draws of each entity
  };
}

template <class G>
class RandomBattery : public ::testing::Test {};
using Generators = ::testing::Types<KeyedMix, Philox>;
TYPED_TEST_SUITE(RandomBattery, Generators);

/// (χ² − degrees) in standard deviations.
double chi_square_sigmas(const std::vector<std::uint32_t>& bins, double expected) {
  double sum = 0;
  for (const std::uint32_t count : bins) sum += (count - expected) * (count - expected) / expected;
  const double degrees = static_cast<double>(bins.size() - 1);
  return (sum - degrees) / std::sqrt(2 * degrees);
}

TYPED_TEST(RandomBattery, EquidistributionOfHighLowAndMiddleBits) {
  constexpr std::uint64_t kDraws = 1 << 18;
  for (const auto& walk : walks<TypeParam>()) {
    for (const int shift : {0, 27, 54}) {
      std::vector<std::uint32_t> bins(1024);
      for (std::uint64_t i = 0; i < kDraws; ++i) ++bins[(walk(i) >> shift) & 1023];
      EXPECT_LT(std::abs(chi_square_sigmas(bins, kDraws / 1024.0)), kSigmas) << shift;
    }
  }
}

TYPED_TEST(RandomBattery, PairsAndTriplesOfSuccessiveDrawsFillTheSpace) {
  constexpr std::uint64_t kDraws = 3 << 17;
  for (const auto& walk : walks<TypeParam>()) {
    std::vector<std::uint32_t> pairs(1024), triples(4096), low_triples(4096);
    for (std::uint64_t i = 0; i < kDraws; i += 3) {
      const std::uint64_t a = walk(i), b = walk(i + 1), c = walk(i + 2);
      ++pairs[(a >> 59) << 5 | b >> 59];
      ++triples[(a >> 60) << 8 | (b >> 60) << 4 | c >> 60];
      ++low_triples[(a & 15) << 8 | (b & 15) << 4 | (c & 15)];
    }
    constexpr double kGroups = kDraws / 3.0;
    EXPECT_LT(std::abs(chi_square_sigmas(pairs, kGroups / 1024)), kSigmas);
    EXPECT_LT(std::abs(chi_square_sigmas(triples, kGroups / 4096)), kSigmas);
    EXPECT_LT(std::abs(chi_square_sigmas(low_triples, kGroups / 4096)), kSigmas);
  }
}

TYPED_TEST(RandomBattery, UnitIsUniformByKolmogorovSmirnov) {
  // sqrt(n) · D exceeds 2.7 with probability 2·exp(−2 · 2.7²) = 1e-6.
  constexpr std::uint64_t kDraws = 100'000;
  for (const auto& walk : walks<TypeParam>()) {
    std::vector<double> values(kDraws);
    for (std::uint64_t i = 0; i < kDraws; ++i) values[i] = unit(walk(i));
    std::sort(values.begin(), values.end());
    double distance = 0;
    for (std::uint64_t i = 0; i < kDraws; ++i)
      distance = std::max({distance, values[i] - static_cast<double>(i) / kDraws,
                           static_cast<double>(i + 1) / kDraws - values[i]});
    EXPECT_LT(distance * std::sqrt(static_cast<double>(kDraws)), 2.7);
  }
}

TYPED_TEST(RandomBattery, NeighboursAreUncorrelated) {
  constexpr std::uint64_t kDraws = 100'000;
  for (const auto& walk : walks<TypeParam>()) {
    std::vector<std::uint64_t> bits(kDraws + 16);
    for (std::uint64_t i = 0; i < bits.size(); ++i) bits[i] = walk(i);
    for (const std::size_t lag : {1U, 2U, 3U, 4U, 8U, 16U}) {
      double products = 0;
      double distance = 0;
      for (std::size_t i = 0; i < kDraws; ++i) {
        products += (unit(bits[i]) - 0.5) * (unit(bits[i + lag]) - 0.5);
        distance += std::popcount(bits[i] ^ bits[i + lag]);
      }
      const double root = std::sqrt(static_cast<double>(kDraws));
      EXPECT_LT(std::abs(products * 12 / root), kSigmas) << lag;  // variance of a product: 1/144
      EXPECT_LT(std::abs(distance - 32.0 * kDraws) / (4 * root), kSigmas) << lag;  // of a distance: 16
    }
  }
}

TYPED_TEST(RandomBattery, NoBitIsBiased) {
  constexpr std::uint64_t kDraws = 1 << 17;
  for (const auto& walk : walks<TypeParam>()) {
    std::array<std::int64_t, 64> ones{};
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      const std::uint64_t bits = walk(i);
      for (std::size_t b = 0; b < 64; ++b) ones[b] += static_cast<std::int64_t>(bits >> b & 1);
    }
    for (const std::int64_t count : ones)
      EXPECT_LT(std::abs(static_cast<double>(count) - kDraws / 2.0) / std::sqrt(kDraws / 4.0), kSigmas);
  }
}

/// The largest deviation from one half of any (input bit, output bit) pair, in standard deviations.
template <class F>
double worst_avalanche(F f, int input_bits) {
  constexpr std::uint64_t kTrials = 4096;
  double worst = 0;
  for (int in = 0; in < input_bits; ++in) {
    std::array<std::int64_t, 64> flips{};
    for (std::uint64_t trial = 0; trial < kTrials; ++trial) {
      const std::uint64_t x = trial * 0x10001;
      const std::uint64_t changed = f(x) ^ f(x ^ (std::uint64_t{1} << in));
      for (std::size_t b = 0; b < 64; ++b) flips[b] += static_cast<std::int64_t>(changed >> b & 1);
    }
    for (const std::int64_t count : flips)
      worst =
          std::max(worst, std::abs(static_cast<double>(count) - kTrials / 2.0) / std::sqrt(kTrials / 4.0));
  }
  return worst;
}

TYPED_TEST(RandomBattery, EveryInputBitChangesEveryOutputBitHalfTheTime) {
  // 4,096 pairs of bits per input: six standard deviations keep the false alarms below 1e-5.
  using G = TypeParam;
  EXPECT_LT(worst_avalanche([](std::uint64_t x) { return G::bits(1, kTopic, 2, x); }, 64), 6);
  EXPECT_LT(worst_avalanche([](std::uint64_t x) { return G::bits(1, kTopic, x, 2); }, 64), 6);
  EXPECT_LT(worst_avalanche([](std::uint64_t x) { return G::bits(1, x, 2, 3); }, 64), 6);
  EXPECT_LT(worst_avalanche([](std::uint64_t x) { return G::bits(x, kTopic, 2, 3); }, 64), 6);
}

TYPED_TEST(RandomBattery, BirthdaySpacings) {
  // Marsaglia: of 4,096 birthdays in a year of 2^32 days, equal spacings are Poisson with mean 4096³ / 2^34
  // = 4.
  constexpr std::uint64_t kBirthdays = 4096;
  constexpr std::uint64_t kYears = 60;
  for (const auto& walk : walks<TypeParam>()) {
    std::uint64_t equal = 0;
    for (std::uint64_t year = 0; year < kYears; ++year) {
      std::vector<std::uint32_t> days(kBirthdays);
      for (std::uint64_t i = 0; i < kBirthdays; ++i)
        days[i] = static_cast<std::uint32_t>(walk(year * kBirthdays + i) >> 16);
      std::sort(days.begin(), days.end());
      for (std::size_t i = kBirthdays - 1; i > 0; --i) days[i] -= days[i - 1];
      std::sort(days.begin(), days.end());
      for (std::size_t i = 1; i < kBirthdays; ++i) equal += days[i] == days[i - 1] ? 1 : 0;
    }
    const double mean = 4.0 * kYears;
    EXPECT_LT(std::abs(static_cast<double>(equal) - mean) / std::sqrt(mean), kSigmas);
  }
}

TYPED_TEST(RandomBattery, GapsBetweenVisitsAreGeometric) {
  // Knuth's gap test for visits to [0, 1/16): gaps of 0..62 and longer, 63 degrees of freedom.
  constexpr std::size_t kLongest = 63;
  constexpr std::uint32_t kVisits = 20'000;
  for (const auto& walk : walks<TypeParam>()) {
    std::vector<std::uint32_t> gaps(kLongest + 1);
    std::size_t gap = 0;
    std::uint32_t visits = 0;
    for (std::uint64_t i = 0; visits < kVisits; ++i) {
      if (walk(i) >> 60 != 0) {
        ++gap;
        continue;
      }
      ++gaps[std::min(gap, kLongest)];
      gap = 0;
      ++visits;
    }
    double sum = 0;
    double left = 1;
    for (std::size_t g = 0; g <= kLongest; ++g) {
      const double expected = kVisits * (g == kLongest ? left : left / 16);
      sum += (gaps[g] - expected) * (gaps[g] - expected) / expected;
      left *= 15.0 / 16;
    }
    EXPECT_LT(std::abs(sum - kLongest) / std::sqrt(2.0 * kLongest), kSigmas);
  }
}

TYPED_TEST(RandomBattery, StreamsOfNeighbourNamesDoNotOverlap) {
  // 2^20 draws of 2^12 streams: among 64-bit values a repeat is expected once in 2^25 such runs.
  std::vector<std::uint64_t> values;
  for (std::uint64_t entity = 0; entity < 4096; ++entity)
    for (std::uint64_t counter = 0; counter < 256; ++counter)
      values.push_back(
          TypeParam::bits(entity % 4, kTopic + entity % 8, entity / 32, counter + (entity & 24) * 64));
  std::sort(values.begin(), values.end());
  EXPECT_EQ(std::adjacent_find(values.begin(), values.end()), values.end());
}

}  // namespace
}  // namespace racesim
