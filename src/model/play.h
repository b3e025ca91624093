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

/// `Id`: how the row names what the master data have, by value or by reference.
template <class Id>
struct PlayRowOf {
  Uuid event_id;
  Id song_id;
  Id user_id;
  Id location_id;
  TimeMs played_at;
  std::uint32_t play_duration_ms;
  Device device_type;
};
using PlayRow = PlayRowOf<Uuid>;
/// As the scenario makes them: their ids point into its own copy of the master data.
using ReadyPlayRow = PlayRowOf<UuidRef>;

template <class Id>
struct Schema<PlayRowOf<Id>> {
  using Row = PlayRowOf<Id>;
  static constexpr std::string_view name = "plays";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("event_id", &Row::event_id), field("song_id", &Row::song_id), field("user_id", &Row::user_id),
      field("location_id", &Row::location_id), field("played_at", &Row::played_at),
      field("play_duration_ms", &Row::play_duration_ms, 0, "ms"), field("device_type", &Row::device_type));
};

}  // namespace racesim
