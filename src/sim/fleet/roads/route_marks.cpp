#include "sim/fleet/roads/route_marks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace racesim::fleet {
namespace {

/// Made-up lights stand where roads cross the lines of this lattice, about every 300 m: whoever comes along
/// the same road meets the same ones.
constexpr double kLatticeLatitude_deg = 0.003;
constexpr double kLatticeLongitude_deg = 0.0045;
/// Crossings nearer than that are one junction.
constexpr double kJunction_deg = 0.0005;
constexpr int kSignalLimitMost_kmh = 70;

LinePoint between(const LinePoint& a, const LinePoint& b, double share) {
  LinePoint point = a;
  point.place = {a.place.latitude_deg + share * (b.place.latitude_deg - a.place.latitude_deg),
                 a.place.longitude_deg + share * (b.place.longitude_deg - a.place.longitude_deg)};
  point.mark = Mark::none;
  return point;
}

bool runs_north_or_south(const LinePoint& a, const LinePoint& b) {
  const Vec along = Plane(a.place).to_plane(b.place);
  return along.y_m * along.y_m > along.x_m * along.x_m;
}

/// Where a coordinate that runs from `a` to `b` passes multiples of `step`, as shares of the way, ascending.
void add_crossings(double a, double b, double step, std::vector<double>& shares) {
  const double first = std::ceil(std::min(a, b) / step);
  const double last = std::floor(std::max(a, b) / step);
  for (double k = first; k <= last; ++k)
    if (a != b) shares.push_back(std::clamp((k * step - a) / (b - a), 0.0, 1.0));
}

}  // namespace

RouteMarks::RouteMarks(std::vector<GivenMark> given) : given_(std::move(given)) {
  std::stable_sort(given_.begin(), given_.end(), [](const GivenMark& a, const GivenMark& b) {
    return a.place.latitude_deg < b.place.latitude_deg;
  });
  for (const GivenMark& mark : given_) (mark.mark == Mark::signal ? has_signals_ : has_stations_) = true;
}

std::uint32_t RouteMarks::signal_id(std::pair<std::int64_t, std::int64_t> junction, GeoPoint place,
                                    const JunctionCycle& cycle, bool is_crossing) {
  const auto [entry, is_new] = junctions_.emplace(junction, static_cast<std::uint32_t>(signals_.size()));
  if (is_new)
    for (const Signal& signal : junction_signals(place, cycle)) signals_.push_back(signal);
  return entry->second + (is_crossing ? 1 : 0);
}

/// Each given mark once on each passing, where the line is nearest to it.
void RouteMarks::lay_given(const std::vector<LinePoint>& line, std::vector<Laid>& laid) {
  constexpr double kNear_deg = kMarkNear_m / kMetresPerDegree;
  std::map<std::size_t, std::pair<double, std::size_t>> passing;  // given → distance and index in laid
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const auto [low, high] = std::minmax(line[i].place.latitude_deg, line[i + 1].place.latitude_deg);
    auto mark =
        std::lower_bound(given_.begin(), given_.end(), low - kNear_deg,
                         [](const GivenMark& m, double latitude) { return m.place.latitude_deg < latitude; });
    const Plane plane(line[i].place);
    const Vec end = plane.to_plane(line[i + 1].place);
    for (; mark != given_.end() && mark->place.latitude_deg <= high + kNear_deg; ++mark) {
      const Vec at = plane.to_plane(mark->place);
      const double share = std::clamp(dot(at, end) / dot(end, end), 0.0, 1.0);
      const double away_m = length_m(at - share * end);
      if (away_m > kMarkNear_m) continue;
      LinePoint point = between(line[i], line[i + 1], share);
      point.mark = mark->mark;
      if (point.mark == Mark::signal)
        point.signal = signal_id(
            {std::llround(mark->place.latitude_deg * 1e7), std::llround(mark->place.longitude_deg * 1e7)},
            mark->place, mark->cycle, runs_north_or_south(line[i], line[i + 1]));
      const double s_m = begin_m_[i] + share * (begin_m_[i + 1] - begin_m_[i]);
      const Laid made{i, share, s_m, point};
      const auto index = static_cast<std::size_t>(mark - given_.begin());
      const auto before = passing.find(index);
      if (before == passing.end() || s_m - laid[before->second.second].s_m > 4 * kMarkNear_m) {
        passing[index] = {away_m, laid.size()};
        laid.push_back(made);
      } else if (away_m < before->second.first) {
        before->second.first = away_m;
        laid[before->second.second] = made;
      }
    }
  }
}

void RouteMarks::lay_signals(const std::vector<LinePoint>& line, std::vector<Laid>& laid) {
  double last_m = 0;
  std::vector<double> shares;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    if (line[i].type != RoadType::urban || line[i].limit_kmh > kSignalLimitMost_kmh) continue;
    const GeoPoint a = line[i].place;
    const GeoPoint b = line[i + 1].place;
    shares.clear();
    add_crossings(a.latitude_deg, b.latitude_deg, kLatticeLatitude_deg, shares);
    add_crossings(a.longitude_deg, b.longitude_deg, kLatticeLongitude_deg, shares);
    std::sort(shares.begin(), shares.end());
    for (const double share : shares) {
      const double s_m = begin_m_[i] + share * (begin_m_[i + 1] - begin_m_[i]);
      if (s_m < last_m + kSignalGapLeast_m || s_m > begin_m_.back() - kSignalGapLeast_m) continue;
      last_m = s_m;
      LinePoint point = between(line[i], line[i + 1], share);
      point.mark = Mark::signal;
      const std::pair junction{std::llround(point.place.latitude_deg / kJunction_deg),
                               std::llround(point.place.longitude_deg / kJunction_deg)};
      const GeoPoint place{static_cast<double>(junction.first) * kJunction_deg,
                           static_cast<double>(junction.second) * kJunction_deg};
      point.signal = signal_id(junction, place, {}, runs_north_or_south(line[i], line[i + 1]));
      laid.push_back({i, share, s_m, point});
    }
  }
}

void RouteMarks::lay_stations(const std::vector<LinePoint>& line, std::vector<Laid>& laid) {
  if (begin_m_.back() < kStationRouteLeast_m) return;
  constexpr double kAside_m = 25;
  const std::vector<Laid> signals = laid;
  for (double wanted_m = kFirstStation_m; wanted_m < begin_m_.back(); wanted_m += kStationEvery_m) {
    for (double s_m = wanted_m; s_m < wanted_m + kStationEvery_m / 2; s_m += kAside_m) {
      const auto after = std::upper_bound(begin_m_.begin() + 1, begin_m_.end() - 1, s_m);
      const auto i = static_cast<std::size_t>(after - begin_m_.begin()) - 1;
      const double gap_m = station_gap_m(line[i].limit_kmh) + kMarkNear_m;
      if (s_m > begin_m_.back() - gap_m) return;
      if (std::any_of(signals.begin(), signals.end(),
                      [&](const Laid& signal) { return std::abs(signal.s_m - s_m) < gap_m; }))
        continue;
      const double share = (s_m - begin_m_[i]) / (begin_m_[i + 1] - begin_m_[i]);
      LinePoint point = between(line[i], line[i + 1], share);
      point.mark = Mark::station;
      laid.push_back({i, share, s_m, point});
      break;
    }
  }
}

std::vector<LinePoint> RouteMarks::lay(const std::vector<LinePoint>& line) {
  begin_m_.assign(1, 0);
  for (std::size_t i = 0; i + 1 < line.size(); ++i)
    begin_m_.push_back(begin_m_.back() + distance_m(line[i].place, line[i + 1].place));
  std::vector<Laid> laid;
  if (!given_.empty()) lay_given(line, laid);
  if (!has_signals_) lay_signals(line, laid);
  if (!has_stations_) lay_stations(line, laid);
  std::stable_sort(laid.begin(), laid.end(), [](const Laid& a, const Laid& b) { return a.s_m < b.s_m; });
  std::vector<LinePoint> made;
  made.reserve(line.size() + laid.size());
  auto next = laid.begin();
  for (std::size_t i = 0; i < line.size(); ++i) {
    made.push_back(line[i]);
    for (; next != laid.end() && next->segment == i; ++next) made.push_back(next->point);
  }
  return made;
}

}  // namespace racesim::fleet
