#include "sim/race/track/import/track_csv.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "sim/race/track/import/track_cells.h"
#include "sim/race/track/import/track_columns.h"

namespace racesim::race {
namespace {

constexpr CentrelineForm kLines{"line", 100};
constexpr double kFarthest_m = 1e8;  // from the origin; projections of maps reach 20,000 km

constexpr std::string_view kForm =
    "each line is x_m,y_m,w_tr_right_m,w_tr_left_m in metres, as 12.5,-3.25,6.0,6.5; other columns need a "
    "first line of names";

/// Takes the text up to the next line end off the front.
std::string_view take_line(std::string_view& text) {
  const std::size_t at = text.find('\n');
  const std::string_view line = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return trim_blanks(line);
}

class CsvReader {
 public:
  explicit CsvReader(std::string_view name) : name_(name) {}

  Result<Centreline> read(std::string_view text) {
    if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
    for (line_ = 1; !text.empty(); ++line_)
      if (const Done ok = take(take_line(text)); !ok) return tl::make_unexpected(ok.error());
    if (const Done ok = close_circuit(centreline_.points, kLines, name_); !ok)
      return tl::make_unexpected(ok.error());
    centreline_.has_heights = columns_.height.has_value();
    return std::move(centreline_);
  }

 private:
  Done take(std::string_view line) {
    if (line.empty()) return {};
    const bool remark = line.front() == '#';
    if (!separator_ && are_column_names(line)) return take_names(line, remark);
    if (remark) return {};
    if (!separator_) separator_ = separator_of(line);
    CentrePoint point{};
    const std::string why = read_point(split_cells(line, *separator_), point);
    if (!why.empty()) return refuse(why, kForm);
    point.number = line_;
    if (!add_point(centreline_.points, point))
      return refuse(fmt::format("more than {} points", kCentrePointsMost), "best are points 5 m apart");
    return {};
  }

  Done take_names(std::string_view line, bool remark) {
    if (plain_names_) return refuse("a second line of column names", "give names once, before the points");
    plain_names_ = !remark;
    Result<TrackColumns> columns = read_column_names(line);
    if (!columns) return refuse(columns.error().what, columns.error().hint);
    columns_ = std::move(*columns);
    columns_.line = line_;
    return {};
  }

  /// What is wrong with the line, or the point in `point`.
  std::string read_point(const std::vector<std::string_view>& cells, CentrePoint& point) const {
    std::array<double, kTrackColumns> values{};
    for (std::size_t i = 0; i < kTrackColumns; ++i) {
      if (columns_.at[i] >= cells.size()) return count_fault(cells.size());
      if (std::string why = read_value(cells, columns_.at[i], values[i]); !why.empty()) return why;
    }
    if (cells.size() != columns_.count) return count_fault(cells.size());
    if (columns_.height)
      if (std::string why = read_value(cells, *columns_.height, point.z_m); !why.empty()) return why;
    const auto fits = [](double width_m) { return width_m > 0 && width_m < kWidthMost_m; };
    if (!fits(values[2]) || !fits(values[3]))
      return fmt::format("widths {} and {} are not above 0 and below {} m", values[2], values[3],
                         kWidthMost_m);
    point.place = {values[0], values[1]};
    point.right_m = values[2];
    point.left_m = values[3];
    return {};
  }

  static std::string read_value(const std::vector<std::string_view>& cells, std::size_t at, double& value) {
    const std::string_view cell = cells[at].substr(0, 20);
    const std::optional<double> number = number_of(cells[at]);
    if (!number) return fmt::format("column {} is '{}', not a number", at + 1, cell);
    if (!std::isfinite(*number)) return fmt::format("column {} is not finite", at + 1);
    if (std::abs(*number) > kFarthest_m)
      return fmt::format("column {} is {}, farther out than {} km", at + 1, cell, kFarthest_m / 1000);
    value = *number;
    return {};
  }

  std::string count_fault(std::size_t count) const {
    const std::string named = columns_.line > 0 ? fmt::format(", as line {} names them", columns_.line) : "";
    if (count > columns_.count) return fmt::format("more than {} columns{}", columns_.count, named);
    return fmt::format("{} columns instead of {}{}", count, columns_.count, named);
  }

  tl::unexpected<Error> refuse(const std::string& why, std::string_view hint) const {
    return fail(ErrorKind::master_data, fmt::format("{}: line {}: {}", name_, line_, why), std::string(hint));
  }

  std::string_view name_;
  std::size_t line_ = 0;
  TrackColumns columns_;
  bool plain_names_ = false;       ///< a line of names without '#' came by
  std::optional<char> separator_;  ///< known from the first point on
  Centreline centreline_;
};

}  // namespace

Result<Centreline> read_track_csv(std::string_view text, std::string_view name) {
  return CsvReader(name).read(text);
}

}  // namespace racesim::race
