// Lights and fuel stations along the routes of a user's file.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/fleet/roads/route_maker.h"
#include "sim/fleet/roads/signal.h"
#include "sim/fleet/roads/signal_cycles.h"

namespace racesim::fleet {

/// A light or a station that a file gives.
struct GivenMark {
  GeoPoint place;
  Mark mark = Mark::signal;
  JunctionCycle cycle;
};

inline constexpr double kMarkNear_m = 20;
inline constexpr double kSignalGapLeast_m = 200;
inline constexpr double kFirstStation_m = 2'000;
inline constexpr double kStationEvery_m = 8'000;
/// Shorter lines get no made-up station.
inline constexpr double kStationRouteLeast_m = 4'000;

/// Lays marks on lines, one line after another, and numbers the lights.
class RouteMarks {
 public:
  explicit RouteMarks(std::vector<GivenMark> given);

  /// The line with points added where marks are. Neighbouring points must differ.
  std::vector<LinePoint> lay(const std::vector<LinePoint>& line);

  std::vector<Signal> take_signals() { return std::move(signals_); }

 private:
  /// At `share` of a segment.
  struct Laid {
    std::size_t segment;
    double share;
    double s_m;
    LinePoint point;
  };
  void lay_given(const std::vector<LinePoint>& line, std::vector<Laid>& laid);
  void lay_signals(const std::vector<LinePoint>& line, std::vector<Laid>& laid);
  void lay_stations(const std::vector<LinePoint>& line, std::vector<Laid>& laid);
  std::uint32_t signal_id(std::pair<std::int64_t, std::int64_t> junction, GeoPoint place,
                          const JunctionCycle& cycle, bool is_crossing);

  std::vector<GivenMark> given_;  ///< by latitude
  bool has_signals_ = false;
  bool has_stations_ = false;
  std::vector<double> begin_m_;  ///< of the segments of the line that is being laid, and its end
  std::map<std::pair<std::int64_t, std::int64_t>, std::uint32_t> junctions_;
  std::vector<Signal> signals_;
};

}  // namespace racesim::fleet
