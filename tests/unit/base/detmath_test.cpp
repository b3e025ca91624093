// Goal: the deterministic functions are accurate to 2e-13 or better and give the very same bits everywhere.
// Method: dense grids against libm in long double with the stated error, the edges of every range, and known
// bit patterns that any change of an operation or its order would break.
#include "base/detmath.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/random.h"

namespace racesim {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Largest relative error of `f` against `reference` over pseudo-random points of [low, high).
template <class F, class Reference>
double worst_error(F f, Reference reference, double low, double high) {
  const StreamKey key = stream_key(3, "test.detmath", 0);
  double worst = 0;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    const double x = low + (high - low) * unit(draw(key, i));
    const long double wanted = reference(static_cast<long double>(x));
    const long double error = std::fabs((static_cast<long double>(f(x)) - wanted) / wanted);
    worst = std::max(worst, static_cast<double>(error));
  }
  return worst;
}

const auto sin_reference = [](long double x) { return std::sin(x); };
const auto cos_reference = [](long double x) { return std::cos(x); };
const auto exp_reference = [](long double x) { return std::exp(x); };
const auto log_reference = [](long double x) { return std::log(x); };

TEST(DetMath, SineAndCosine) {
  for (const double range : {0.5, 7.0, 1000.0, 1e6}) {
    EXPECT_LT(worst_error(detmath::sin, sin_reference, -range, range), 1.6e-16);
    EXPECT_LT(worst_error(detmath::cos, cos_reference, -range, range), 1.6e-16);
  }
}

TEST(DetMath, SineAndCosineAtTheirZeros) {
  for (int n = 1; n < 318'000; n += 1'234) {
    const double x = n * 0x1.921fb54442d18p+1;  // the double next to nπ
    EXPECT_NEAR(static_cast<double>(detmath::sin(x) / std::sin(static_cast<long double>(x))), 1, 1e-9) << n;
  }
  EXPECT_EQ(detmath::sin(0.0), 0.0);
  EXPECT_EQ(detmath::cos(0.0), 1.0);
  EXPECT_EQ(detmath::sin(1e-300), 1e-300);
}

TEST(DetMath, Exponential) {
  EXPECT_LT(worst_error(detmath::exp, exp_reference, -1, 1), 1.6e-16);
  EXPECT_LT(worst_error(detmath::exp, exp_reference, -708, 709.7), 1.6e-16);
  EXPECT_EQ(detmath::exp(0), 1);
  EXPECT_EQ(detmath::exp(710), kInfinity);
  EXPECT_EQ(detmath::exp(-746), 0);
  EXPECT_LT(detmath::exp(709.782), kInfinity);
  // Below the normal numbers a result is a whole multiple of the smallest one.
  EXPECT_NEAR(detmath::exp(-740) / std::exp(-740.0), 1, 1e-1);
}

TEST(DetMath, Logarithm) {
  EXPECT_LT(worst_error(detmath::log, log_reference, 0, 1), 1.6e-16);
  EXPECT_LT(worst_error(detmath::log, log_reference, 0.9, 1.1), 1.6e-16);
  EXPECT_LT(worst_error(detmath::log, log_reference, 1, 1e300), 1.6e-16);
  EXPECT_EQ(detmath::log(1), 0);
  EXPECT_EQ(detmath::log(0), -kInfinity);
  EXPECT_EQ(detmath::log(kInfinity), kInfinity);
  EXPECT_NEAR(detmath::log(5e-324), std::log(5e-324), 1e-12);
}

TEST(DetMath, LogarithmAndExponentialAreInverse) {
  for (double x = 1e-300; x < 1e300; x *= 1.7) EXPECT_NEAR(detmath::exp(detmath::log(x)) / x, 1, 2e-13);
}

TEST(DetMath, Power) {
  const StreamKey key = stream_key(4, "test.detmath", 0);
  double worst_near = 0;
  double worst_far = 0;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    const double base = std::exp(1400 * unit(draw(key, 2 * i)) - 700);
    const double size = 1400 * unit(draw(key, 2 * i + 1)) - 700;  // of the logarithm of the result
    const double exponent = size / std::log(base);
    const long double wanted = std::pow(static_cast<long double>(base), static_cast<long double>(exponent));
    const auto error = static_cast<double>(std::fabs(detmath::pow(base, exponent) / wanted - 1));
    (std::abs(size) < 30 ? worst_near : worst_far) =
        std::max(std::abs(size) < 30 ? worst_near : worst_far, error);
  }
  EXPECT_LT(worst_near, 4e-16);
  EXPECT_LT(worst_far, 1e-14);
}

TEST(DetMath, PowerAtTheEdges) {
  EXPECT_EQ(detmath::pow(0, 0), 1);
  EXPECT_EQ(detmath::pow(0, 2), 0);
  EXPECT_EQ(detmath::pow(0, -2), kInfinity);
  EXPECT_EQ(detmath::pow(1, 1e300), 1);
  EXPECT_EQ(detmath::pow(2, 10), 1024);
  EXPECT_EQ(detmath::pow(2, 1024), kInfinity);
  EXPECT_EQ(detmath::pow(0.5, 1e10), 0);
  EXPECT_EQ(detmath::pow(0.5, -1e300), kInfinity);
  EXPECT_EQ(detmath::pow(kInfinity, -1), 0);
  EXPECT_EQ(detmath::pow(2, kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(detmath::pow(-1, 2)));
}

TEST(DetMath, NotANumber) {
  for (const double value :
       {detmath::sin(kNan), detmath::cos(kNan), detmath::exp(kNan), detmath::log(kNan), detmath::pow(kNan, 2),
        detmath::pow(2, kNan), detmath::sin(kInfinity), detmath::cos(1.1e6), detmath::log(-1)})
    EXPECT_TRUE(std::isnan(value));
}

/// A sum over the bits of many results: one changed bit changes it.
template <class F>
std::uint64_t fingerprint(F f, double low, double high) {
  const StreamKey key = stream_key(9, "test.detmath", 1);
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i)
    sum = mix64(sum ^ std::bit_cast<std::uint64_t>(f(low + (high - low) * unit(draw(key, i)))));
  return sum;
}

TEST(DetMath, BitsNeverChange) {
  EXPECT_EQ(std::bit_cast<std::uint64_t>(detmath::sin(1.0)), 0x3feaed548f090ceeULL);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(detmath::cos(1.0)), 0x3fe14a280fb5068cULL);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(detmath::exp(1.0)), 0x4005bf0a8b145769ULL);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(detmath::log(10.0)), 0x40026bb1bbb55516ULL);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(detmath::pow(10.0, 0.5)), 0x40094c583ada5b52ULL);
  EXPECT_EQ(fingerprint(detmath::sin, -1e4, 1e4), 0x92d319973469b06fULL);
  EXPECT_EQ(fingerprint(detmath::cos, -1e4, 1e4), 0xbf8216f4818da0c2ULL);
  EXPECT_EQ(fingerprint(detmath::exp, -700, 700), 0x90c4f03050c78462ULL);
  EXPECT_EQ(fingerprint(detmath::log, 0, 1e6), 0x1604fafd2a14aea9ULL);
  EXPECT_EQ(fingerprint([](double x) { return detmath::pow(x, 1.7); }, 0, 1e6), 0x9f58e5b6ba949d35ULL);
}

}  // namespace
}  // namespace racesim
