// The streams of the race, in the order of docs and of StreamInfo.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace racesim::race {

enum class Stream : std::uint8_t { telemetry, checkpoints, laps, race_control, results };
inline constexpr std::size_t kStreamCount = 5;

/// By Stream.
inline constexpr std::array<std::string_view, kStreamCount> kStreamNames{
    "telemetry", "checkpoints", "laps", "race-control", "results"};
inline constexpr std::array<std::string_view, kStreamCount> kStreamTopics{
    "f1-telemetry", "f1-checkpoints", "f1-laps", "f1-race-control", "f1-results"};

}  // namespace racesim::race
