// What lies in one window of event time of one car, one vehicle, or of all plays: a row of the aggregation
// "window".
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/schema.h"

namespace racesim {

enum class WindowType : std::uint8_t { window };
template <>
struct EnumNames<WindowType> {
  static constexpr std::array<std::string_view, 1> names{"window"};
};

/// Whose events they are: the name of their schema.
enum class WindowStream : std::uint8_t { telemetry, fleet, plays };
template <>
struct EnumNames<WindowStream> {
  static constexpr std::array<std::string_view, 3> names{"telemetry", "fleet", "plays"};
};

/// Of (run, stream, key, windowing) there is one row for each start.
struct WindowRow {
  WindowType type;
  Hex32 run;  ///< 0 where the events name none
  WindowStream stream;
  Text key;        ///< car, vehicle_id; "all" for plays
  Text windowing;  ///< "5s"; sliding: "1m/10s"; sessions: "gap 30s"
  TimeMs window_start;
  TimeMs window_end;  ///< not in it; of a session its last event and the gap, rounded up
  std::uint64_t samples;
  Maybe<std::int64_t> avg_speed_mkmh;  ///< 0.001 km/h, half away from zero
  Maybe<std::int32_t> min_speed_dkmh;  ///< 0.1 km/h
  Maybe<std::int32_t> max_speed_dkmh;
  Maybe<std::int64_t> avg_engine_drpm;  ///< 0.1 rpm, half away from zero
  Maybe<std::int32_t> max_engine_rpm;
  Maybe<std::int64_t> listened_ms;   ///< of plays: their durations added up
  Maybe<std::int64_t> late;          ///< of the samples: came behind the watermark
  Maybe<std::int64_t> dropped_late;  ///< of the key: came too late for all of their windows, while this one
                                     ///< was the next to end; both missing where an engine cannot tell
  bool is_final;                     ///< nothing can change it any more
};
template <>
struct Schema<WindowRow> {
  static constexpr std::string_view name = "window";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("type", &WindowRow::type), field("run", &WindowRow::run), field("stream", &WindowRow::stream),
      field("key", &WindowRow::key), field("windowing", &WindowRow::windowing),
      field("window_start", &WindowRow::window_start), field("window_end", &WindowRow::window_end),
      field("samples", &WindowRow::samples), field("avg_speed_kmh", &WindowRow::avg_speed_mkmh, 3, "km/h"),
      field("min_speed_kmh", &WindowRow::min_speed_dkmh, 1, "km/h"),
      field("max_speed_kmh", &WindowRow::max_speed_dkmh, 1, "km/h"),
      field("avg_engine_rpm", &WindowRow::avg_engine_drpm, 1, "rpm"),
      field("max_engine_rpm", &WindowRow::max_engine_rpm, 0, "rpm"),
      field("listened_ms", &WindowRow::listened_ms, 0, "ms"), field("late", &WindowRow::late),
      field("dropped_late", &WindowRow::dropped_late), field("is_final", &WindowRow::is_final));
};

}  // namespace racesim
