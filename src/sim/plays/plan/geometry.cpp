#include "sim/plays/plan/geometry.h"

#include <algorithm>
#include <cmath>

namespace racesim::plays {
namespace {

constexpr double kHourMs = 3'600'000;
constexpr double kTurnMs = 3 * kHourMs;    // sessions of up to three hours fit between two turns
constexpr double kCellPlays = 500;         // so that the last session, cut to the quota, weighs little
constexpr double kCellSessions = 500'000;  // bounds the memory of one time cell's plan
constexpr double kClassListeners = 64;     // fewer would not be a fair sample of habits and places
constexpr double kShardListeners = 1024;
constexpr double kMaxShards = 8;
constexpr double kCrowded_per_h = 10;  // plays per listener: more than a third of all hours spent listening
constexpr double kSlicePlays = 16'384;

}  // namespace

Geometry make_geometry(const PlaysContent& content, const Frame& frame, const Audience& audience) {
  Geometry g;
  g.endless = content.volume_per_minute;
  if (frame.end_ms) g.span_ms = *frame.end_ms - frame.start_ms;
  const double plays_per_ms = g.endless
                                  ? static_cast<double>(content.volume) / 60'000
                                  : static_cast<double>(content.volume) / static_cast<double>(g.span_ms);
  const double listeners = std::max(1.0, static_cast<double>(audience.registered_count(frame.start_ms)));

  // Few plays have longer cells rather than fewer shards, so that also a small run has parts.
  double shards = std::min(kMaxShards, listeners / kShardListeners);
  if (!g.endless) shards = std::min(shards, static_cast<double>(content.volume) / kCellPlays);
  g.shards = static_cast<std::uint32_t>(std::max(1.0, shards));

  const double memory_ms = kCellSessions * kMeanSessionPlays / plays_per_ms;
  double cell_ms = std::max(std::min(kTurnMs, memory_ms), kCellPlays * g.shards / plays_per_ms);
  const double most_classes = std::max(1.0, listeners / (kClassListeners * g.shards));
  double classes = std::max(2.0, std::ceil(kTurnMs / cell_ms) + 1);
  // Nobody listens that much: turns would leave most listeners idle, so all of them listen all the time.
  if (plays_per_ms * kHourMs / listeners > kCrowded_per_h) classes = 1;
  if (classes > most_classes) {
    classes = std::floor(most_classes);
    if (classes >= 2) cell_ms = std::max(cell_ms, kTurnMs / (classes - 1));
  }
  g.classes = static_cast<std::uint32_t>(classes);
  // 2^40 ms is 35 years: even one play a year keeps its cells within 64-bit arithmetic.
  g.cell_ms = static_cast<std::int64_t>(std::clamp(cell_ms, 1.0, 0x1p40));

  if (!g.endless) {
    g.cell_count = std::max<std::int64_t>(1, g.span_ms / g.cell_ms);
    if (g.cell_count < 2) g.classes = 1;
    g.classes = static_cast<std::uint32_t>(std::min<std::int64_t>(g.classes, g.cell_count));
    g.cell_count -= g.cell_count % g.classes;
    g.cell_ms = g.span_ms / g.cell_count;
  }
  const double slice_ms = std::clamp(kSlicePlays / plays_per_ms, 1.0, 0x1p31);
  while (static_cast<double>(2LL << g.slice_shift) <= slice_ms) ++g.slice_shift;
  return g;
}

}  // namespace racesim::plays
