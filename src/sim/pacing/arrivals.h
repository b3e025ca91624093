// Poisson arrivals that can be looked up: which moments the events of a block have, without those before it.
#pragma once

#include <array>
#include <cstdint>

#include "base/random.h"

namespace racesim {

/// Events per block. A block of n events takes exactly as long as n events at the constant rate, so the mean
/// rate is exact; within it the moments are n sorted uniform draws, which is a Poisson process given its
/// total. The price: counts over windows of m events vary by sqrt(m·(1 − m/1024)) instead of sqrt(m).
inline constexpr std::uint64_t kArrivalBlock = 1024;
/// Moments are in units of 2^-40 of the mean gap.
inline constexpr int kArrivalFractionBits = 40;

using ArrivalBlock = std::array<std::uint64_t, kArrivalBlock>;

/// The moments of block `index`, ascending, each below kArrivalBlock << kArrivalFractionBits.
void fill_arrivals(StreamKey key, std::uint64_t index, ArrivalBlock& moments);

}  // namespace racesim
