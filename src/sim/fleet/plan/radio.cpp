#include "sim/fleet/plan/radio.h"

namespace racesim::fleet {

std::optional<RadioGap> Radio::gap_of(std::uint32_t vehicle, std::int64_t cell) const {
  constexpr double kShare = 0.6;  // of turns in which there is a gap
  const StreamKey key = stream_key(seed_, "fleet.radio", vehicle);
  const auto counter = static_cast<std::uint64_t>(cell) * 4;
  if (unit(draw(key, counter)) >= kShare) return std::nullopt;
  const std::int64_t begin_us =
      cell * kCell_us +
      static_cast<std::int64_t>(below(draw(key, counter + 1), static_cast<std::uint64_t>(kCell_us)));
  // Most gaps are short: a tunnel, a yard.
  const double u = unit(draw(key, counter + 2));
  const auto length_us = static_cast<std::int64_t>((2 + 73 * u * u * u) * 1e6);
  RadioGap gap;
  gap.vehicle = vehicle;
  gap.end_us = begin_us + length_us;
  gap.step_us = std::min<std::int64_t>(4'000, ticks_.period_us() / 3);
  gap.first = ticks_.first_of(vehicle, begin_us);
  gap.last = ticks_.first_of(vehicle, gap.end_us);
  // Packets that are made while the burst goes out queue behind it.
  const std::int64_t phase_us = ticks_.phase_us(vehicle);
  const auto queued = static_cast<std::int64_t>(gap.last - gap.first);
  gap.last += static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, queued * gap.step_us / (ticks_.period_us() + 1 - gap.step_us) - 2));
  while (gap.emit_us(gap.last) > ticks_.time_us(gap.last) + phase_us) ++gap.last;
  if (gap.first == gap.last) return std::nullopt;
  return gap;
}

}  // namespace racesim::fleet
