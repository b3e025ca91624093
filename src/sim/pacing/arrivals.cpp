#include "sim/pacing/arrivals.h"

namespace racesim {

void fill_arrivals(StreamKey key, std::uint64_t index, ArrivalBlock& moments) {
  static_assert(kArrivalBlock == std::uint64_t{1} << 10, "a moment has 10 whole bits");
  constexpr int kUnusedBits = 64 - 10 - kArrivalFractionBits;
  // One bucket per mean gap: a counting sort leaves at most a few neighbours in the wrong order.
  ArrivalBlock draws;
  std::array<std::uint16_t, kArrivalBlock + 1> starts{};
  for (std::uint64_t i = 0; i < kArrivalBlock; ++i) {
    draws[i] = draw(key, index * kArrivalBlock + i) >> kUnusedBits;
    ++starts[(draws[i] >> kArrivalFractionBits) + 1];
  }
  for (std::uint64_t i = 1; i <= kArrivalBlock; ++i)
    starts[i] = static_cast<std::uint16_t>(starts[i] + starts[i - 1]);
  for (const std::uint64_t moment : draws) moments[starts[moment >> kArrivalFractionBits]++] = moment;
  for (std::size_t i = 1; i < kArrivalBlock; ++i) {
    const std::uint64_t moment = moments[i];
    std::size_t at = i;
    for (; at > 0 && moments[at - 1] > moment; --at) moments[at] = moments[at - 1];
    moments[at] = moment;
  }
}

}  // namespace racesim
