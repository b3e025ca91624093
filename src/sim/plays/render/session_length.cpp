#include "sim/plays/render/session_length.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/detmath.h"
#include "sim/plays/draws.h"

namespace racesim::plays {
namespace {

// Lengths of sessions in plays: log-normal, so that most are short and some fill an evening; the Spotify
// sessions of Brost, Mehrotra and Jehan 2019 have 10 to 20 tracks, cut off at both ends.
constexpr double kMedianPlays = 7.0;
constexpr double kSigmaPlays = 0.8;
// Successive sessions of a listener are alike (Zhang et al. 2013): this share of the variance goes by the
// week, 0.45; here the square roots of both shares.
constexpr double kWeekPart = 0.6708203932499369;
constexpr double kSessionPart = 0.7416198487095663;

constexpr std::size_t kLengthSteps = 512;

/// Plays by standard normal z from -4 to 4.
const std::array<std::uint16_t, kLengthSteps>& session_lengths() {
  static const auto table = [] {
    std::array<std::uint16_t, kLengthSteps> lengths{};
    for (std::size_t i = 0; i < kLengthSteps; ++i) {
      const double z = (static_cast<double>(i) + 0.5) * 8.0 / kLengthSteps - 4.0;
      const double plays = kMedianPlays * detmath::exp(kSigmaPlays * z) + 0.5;
      lengths[i] = static_cast<std::uint16_t>(std::clamp(plays, 1.0, static_cast<double>(kMostSessionPlays)));
    }
    return lengths;
  }();
  return table;
}

}  // namespace

double mean_session_length(std::uint32_t most) {
  double sum = 0, weights = 0;
  for (std::size_t i = 0; i < kLengthSteps; ++i) {
    const double z = (static_cast<double>(i) + 0.5) * 8.0 / kLengthSteps - 4.0;
    const double weight = detmath::exp(-z * z / 2);
    sum += weight * std::min<double>(session_lengths()[i], most);
    weights += weight;
  }
  return sum / weights;
}

std::uint32_t session_length(double week_z, std::uint64_t bits) {
  const double z = kWeekPart * week_z + kSessionPart * roughly_normal(bits);
  const double step = (z + 4.0) * (static_cast<double>(kLengthSteps) / 8.0);
  return session_lengths()[static_cast<std::size_t>(
      std::clamp(step, 0.0, static_cast<double>(kLengthSteps - 1)))];
}

double week_length_factor(double week_z) {
  constexpr double kWeekSigma = kSigmaPlays * kWeekPart;
  return detmath::exp(kWeekSigma * week_z - kWeekSigma * kWeekSigma / 2);
}

}  // namespace racesim::plays
