// A song play: the event of the plays scenario (topic song-plays, key user_id).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/schema.h"

namespace racesim {

enum class Device : std::uint8_t { mobile, desktop, tablet, smart_speaker, tv };
inline constexpr std::size_t kDeviceCount = 5;
template <>
struct EnumNames<Device> {
  static constexpr std::array<std::string_view, kDeviceCount> names{"mobile", "desktop", "tablet",
                                                                    "smart_speaker", "tv"};
};

struct PlayRow {
  Uuid event_id;
  Uuid song_id;
  Uuid user_id;
  Uuid location_id;
  TimeMs played_at;
  std::uint32_t play_duration_ms;
  Device device_type;
};

template <>
struct Schema<PlayRow> {
  static constexpr std::string_view name = "plays";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("event_id", &PlayRow::event_id), field("song_id", &PlayRow::song_id),
      field("user_id", &PlayRow::user_id), field("location_id", &PlayRow::location_id),
      field("played_at", &PlayRow::played_at), field("play_duration_ms", &PlayRow::play_duration_ms, 0, "ms"),
      field("device_type", &PlayRow::device_type));
};

}  // namespace racesim
