#include "run/replay/parse_replay.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "base/quantity.h"
#include "base/time_text.h"

namespace racesim {
namespace {

constexpr const char* kSeekHint = "a time (2026-07-05T14:10:00Z), +90s, lap:12 or offset:1000";
constexpr const char* kFilterHint = "FIELD=VALUE, as in car=63, car=63,44 or speed_kmh=250..300";

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (text.empty() || code != std::errc{} || stop != end) return std::nullopt;
  return value;
}

Result<SeekPoint> counted(SeekPoint::Kind kind, std::string_view text, std::string_view number) {
  std::int64_t value = 0;
  const char* const end = number.data() + number.size();
  const auto [stop, code] = std::from_chars(number.data(), end, value);
  if (number.empty() || code != std::errc{} || stop != end || value < 0)
    return fail(ErrorKind::usage, "'" + std::string(text) + "' has no whole number behind the colon",
                kSeekHint);
  return SeekPoint{kind, value};
}

Result<FieldFilter::Range> range_of(std::string_view text) {
  FieldFilter::Range range;
  range.text = text;
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    range.lo = range.hi = number_of(text);
    return range;
  }
  range.is_range = true;
  const std::string_view lo = text.substr(0, dots), hi = text.substr(dots + 2);
  range.lo = number_of(lo);
  range.hi = number_of(hi);
  if ((!lo.empty() && !range.lo) || (!hi.empty() && !range.hi) || (lo.empty() && hi.empty()))
    return fail(ErrorKind::usage, "'" + std::string(text) + "' is not a range of numbers", kFilterHint);
  if (range.lo && range.hi && *range.lo > *range.hi)
    return fail(ErrorKind::usage, "'" + std::string(text) + "' is empty: it ends before it begins",
                kFilterHint);
  return range;
}

bool is_in(const FieldFilter::Range& range, std::string_view value) {
  if (!range.is_range && value == range.text) return true;
  if (!range.lo && !range.hi) return false;
  const std::optional<double> number = number_of(value);
  return number && (!range.lo || *number >= *range.lo) && (!range.hi || *number <= *range.hi);
}

}  // namespace

Result<SeekPoint> parse_seek(std::string_view text) {
  if (text.starts_with("lap:")) return counted(SeekPoint::Kind::lap, text, text.substr(4));
  if (text.starts_with("offset:")) return counted(SeekPoint::Kind::offset, text, text.substr(7));
  if (text.starts_with("+")) {
    const Result<std::int64_t> duration = parse_duration_ns(text.substr(1));
    if (!duration) return fail(ErrorKind::usage, duration.error().what, kSeekHint);
    return SeekPoint{SeekPoint::Kind::after, *duration};
  }
  const Result<std::int64_t> time_ns = parse_datetime(text, "UTC");
  if (!time_ns) return fail(ErrorKind::usage, time_ns.error().what, kSeekHint);
  return SeekPoint{SeekPoint::Kind::time, *time_ns};
}

Result<FieldFilter> parse_filter(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size())
    return fail(ErrorKind::usage, "'" + std::string(text) + "' names no field with a value", kFilterHint);
  FieldFilter filter;
  filter.text = text;
  filter.field = text.substr(0, equals);
  for (std::string_view rest = text.substr(equals + 1);;) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    Result<FieldFilter::Range> range = range_of(rest.substr(0, comma));
    if (!range) return tl::make_unexpected(range.error());
    filter.any_of.push_back(std::move(*range));
    if (comma == rest.size()) return filter;
    rest.remove_prefix(comma + 1);
  }
}

bool passes(const FieldFilter& filter, std::string_view value) {
  return std::any_of(filter.any_of.begin(), filter.any_of.end(),
                     [&](const FieldFilter::Range& range) { return is_in(range, value); });
}

}  // namespace racesim
