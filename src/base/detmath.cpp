#include "base/detmath.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace racesim::detmath {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A value as the unrounded sum of two doubles.
struct Pair {
  double high;
  double low;
};

/// high + low with |high| ≥ |low|, renormalised (Dekker 1971).
Pair quick_sum(double high, double low) {
  const double sum = high + low;
  return {sum, low - (sum - high)};
}

/// The exact product, by splitting each factor into halves of 26 bits (Dekker 1971).
Pair exact_product(double a, double b) {
  constexpr double kSplit = 134217729;  // 2^27 + 1
  const double a_scaled = a * kSplit;
  const double a_high = a_scaled - (a_scaled - a);
  const double a_low = a - a_high;
  const double b_scaled = b * kSplit;
  const double b_high = b_scaled - (b_scaled - b);
  const double b_low = b - b_high;
  const double product = a * b;
  return {product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
}

/// 2^exponent for a normal result.
double power_of_two(int exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

/// The nearest whole number, for |x| < 2^51: adding 1.5 · 2^52 leaves no bits behind the point.
double nearest(double x) {
  constexpr double kShift = 6755399441055744.0;
  return (x + kShift) - kShift;
}

// ln 2 with 32 bits in the first part, so that whole multiples up to 2^20 of it are exact.
constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;

template <std::size_t N>
using Coefficients = std::array<double, N>;

template <std::size_t N>
constexpr Coefficients<N> inverses(const double (&divisors)[N]) {
  Coefficients<N> result{};
  for (std::size_t i = 0; i < N; ++i) result[i] = 1 / divisors[i];
  return result;
}

/// Σ coefficients[i] · x^i.
template <std::size_t N>
double polynomial(const Coefficients<N>& coefficients, double x) {
  double sum = coefficients[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) sum = sum * x + coefficients[i];
  return sum;
}

/// e^x = 1 + x + x² · (1/2! + x/3! + … + x^11/13!); for |x| ≤ ln 2 / 2 the rest is below 5e-18.
constexpr auto kExp = inverses({2.0, 6.0, 24.0, 120.0, 720.0, 5040.0, 40320.0, 362880.0, 3628800.0,
                                39916800.0, 479001600.0, 6227020800.0});
/// log((1+s)/(1−s)) = 2s + 2s³ · (1/3 + s²/5 + … + s^18/21); for |s| ≤ 0.172 the rest is below 1e-18 of it.
constexpr auto kLog = inverses({3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0, 17.0, 19.0, 21.0});
/// sin x = x + x³ · (−1/3! + x²/5! − … + x^14/17!); for |x| ≤ π/4 the rest is below 1e-19.
constexpr auto kSin = inverses(
    {-6.0, 120.0, -5040.0, 362880.0, -39916800.0, 6227020800.0, -1307674368000.0, 355687428096000.0});
/// cos x = 1 − x²/2 + x⁴ · (1/4! − x²/6! + … − x^14/18!).
constexpr auto kCos = inverses(
    {24.0, -720.0, 40320.0, -3628800.0, 479001600.0, -87178291200.0, 20922789888000.0, -6402373705728000.0});

/// e to the (high + low).
double exp_of(Pair x) {
  if (x.high > 709.79) return kInfinity;
  if (x.high < -745.2) return 0;
  const double multiple = nearest(x.high * 0x1.71547652b82fep+0);
  const Pair reduced = quick_sum(x.high - multiple * kLn2High, x.low - multiple * kLn2Low);
  const double r = reduced.high;
  const double value = 1 + (r + (r * r * polynomial(kExp, r) + reduced.low * (1 + r)));
  // In two steps: the first half keeps the value normal when the result is not.
  const int exponent = static_cast<int>(multiple);
  const int half = exponent / 2;
  return value * power_of_two(half) * power_of_two(exponent - half);
}

/// Natural logarithm to about 2^-57 of the value, for a positive finite x.
Pair log_of(double x) {
  int exponent = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p54;
    exponent = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL);
  if (m > 0x1.6a09e667f3bcdp+0) {  // sqrt 2: keeps |log m| ≤ ln 2 / 2
    m *= 0.5;
    ++exponent;
  }
  // log m = 2 artanh(s), s = f / (2 + f) as a pair; f and the division's remainder are exact.
  const double f = m - 1;
  const Pair divisor = quick_sum(2, f);
  const double s = f / divisor.high;
  const Pair product = exact_product(s, divisor.high);
  const double s_low = ((f - product.high) - product.low - s * divisor.low) / divisor.high;
  const double s2 = s * s;
  const double tail = 2 * (s * (s2 * polynomial(kLog, s2)) + s_low);
  const Pair mantissa = quick_sum(2 * s, tail);
  const double n = exponent;
  if (exponent == 0) return mantissa;
  const Pair whole = quick_sum(n * kLn2High, mantissa.high);
  return quick_sum(whole.high, whole.low + (n * kLn2Low + mantissa.low));
}

// π/2 in parts of 33, 33 and 53 bits: multiples up to 2^20 of the first two are exact.
constexpr double kHalfPi1 = 0x1.921fb544p+0;
constexpr double kHalfPi2 = 0x1.0b4611a6p-34;
constexpr double kHalfPi3 = 0x1.3198a2e037073p-69;
constexpr double kAngleLimit = 1e6;

struct Angle {
  Pair rest;     ///< within ±π/4
  int quadrant;  ///< 0..3
};

Angle reduce(double radians) {
  const double multiple = nearest(radians * 0x1.45f306dc9c883p-1);
  const double first = radians - multiple * kHalfPi1;
  const double second = multiple * kHalfPi2;
  const double high = first - second;
  const double lost = (first - high) - second;
  return {quick_sum(high, lost - multiple * kHalfPi3),
          static_cast<int>(static_cast<std::int64_t>(multiple) & 3)};
}

double sin_of(Pair x) {
  const double z = x.high * x.high;
  return x.high + (x.high * z * polynomial(kSin, z) + x.low * (1 - 0.5 * z));
}

double cos_of(Pair x) {
  const double z = x.high * x.high;
  const double half = 0.5 * z;
  const double head = 1 - half;
  return head + (((1 - head) - half) + (z * z * polynomial(kCos, z) - x.high * x.low));
}

double quadrant_value(Angle angle, int shift) {
  const int quadrant = (angle.quadrant + shift) & 3;
  const double value = (quadrant & 1) == 0 ? sin_of(angle.rest) : cos_of(angle.rest);
  return quadrant < 2 ? value : -value;
}

}  // namespace

double sin(double radians) {
  if (!(radians >= -kAngleLimit && radians <= kAngleLimit)) return kNan;
  if (radians == 0) return radians;
  return quadrant_value(reduce(radians), 0);
}

double cos(double radians) {
  if (!(radians >= -kAngleLimit && radians <= kAngleLimit)) return kNan;
  return quadrant_value(reduce(radians), 1);
}

double exp(double x) {
  if (x != x) return kNan;
  return exp_of({x, 0});
}

double log(double x) {
  if (!(x >= 0)) return kNan;
  if (x == 0) return -kInfinity;
  if (x == kInfinity) return kInfinity;
  const Pair value = log_of(x);
  return value.high + value.low;
}

double pow(double base, double exponent) {
  if (exponent == 0 || base == 1) return 1;
  if (!(base >= 0) || exponent != exponent) return kNan;
  const bool grows = (base > 1) == (exponent > 0);
  if (base == 0 || base == kInfinity || exponent == kInfinity || exponent == -kInfinity)
    return grows ? kInfinity : 0;
  const Pair logarithm = log_of(base);
  // Beyond these products the result is 0 or infinity; the exact product below would overflow on the way.
  const double rough = logarithm.high * exponent;
  if (!(rough < 710)) return kInfinity;
  if (!(rough > -746)) return 0;
  const Pair product = exact_product(logarithm.high, exponent);
  return exp_of(quick_sum(product.high, product.low + logarithm.low * exponent));
}

}  // namespace racesim::detmath
