#include "agg/window_shape.h"

#include <fmt/format.h>

#include <utility>

#include "base/quantity.h"

namespace racesim {
namespace {

constexpr std::int64_t kMillisecond_us = 1000;

Result<std::int64_t> window_duration_us(std::string_view text) {
  const Result<std::int64_t> ns = parse_duration_ns(text);
  if (!ns) return ns;
  const std::int64_t us = *ns / 1000;
  if (*ns == 0)
    return fail(ErrorKind::usage, fmt::format("'{}' is no time, in which nothing lies", text),
                "give 1ms or more: 5s");
  if (*ns % 1000 != 0 || us % kMillisecond_us != 0)
    return fail(ErrorKind::usage, fmt::format("'{}' is not a whole number of milliseconds", text),
                "give 1ms or more: 250ms");
  if (us > kLongestWindow_us)
    return fail(ErrorKind::usage, fmt::format("'{}' is longer than 366 days", text),
                "all that a window holds is kept until it ends; give a shorter one: 1d");
  return us;
}

/// 0: none.
std::int64_t duration_us(const OptionValues& options, std::string_view name) {
  const std::string& text = options.text(name);
  return text == kNoDuration ? 0 : window_duration_us(text).value_or(0);
}

/// Exact, as people type it: "1h30m".
std::string duration_text(std::int64_t us) {
  constexpr std::pair<std::int64_t, const char*> kUnits_ms[] = {
      {86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1000, "s"}, {1, "ms"}};
  std::string text;
  std::int64_t rest_ms = us / kMillisecond_us;
  for (const auto& [unit_ms, name] : kUnits_ms) {
    if (rest_ms >= unit_ms) text += std::to_string(rest_ms / unit_ms) + name;
    rest_ms %= unit_ms;
  }
  return text;
}

}  // namespace

std::string WindowShape::text() const {
  if (sessions()) return "gap " + duration_text(gap_us);
  return slide_us == size_us ? duration_text(size_us)
                             : duration_text(size_us) + "/" + duration_text(slide_us);
}

Done check_window_duration(std::string_view text) {
  if (const auto us = window_duration_us(text); !us) return tl::make_unexpected(us.error());
  return {};
}

Done check_optional_duration(std::string_view text) {
  return text == kNoDuration ? Done() : check_window_duration(text);
}

Result<WindowShape> read_aligned_windows(const OptionValues& options) {
  WindowShape shape;
  shape.size_us = duration_us(options, "window");
  shape.slide_us = duration_us(options, "slide");
  if (shape.slide_us == 0) shape.slide_us = shape.size_us;
  if (shape.slide_us > shape.size_us)
    return fail(ErrorKind::usage,
                fmt::format("--slide: {} is longer than the window of {}, so events would lie in none",
                            options.text("slide"), options.text("window")),
                "give at most the length of --window");
  if ((shape.size_us + shape.slide_us - 1) / shape.slide_us > kMostWindowsOfEvent)
    return fail(ErrorKind::usage,
                fmt::format("--slide: with {} an event lies in more than {} windows of {}",
                            options.text("slide"), kMostWindowsOfEvent, options.text("window")),
                "give a longer --slide, or a shorter --window");
  return shape;
}

bool set_windowing(std::string_view text, OptionValues& options) {
  constexpr std::string_view kGap = "gap ";
  const auto set = [&](std::string_view name, std::string_view value) {
    for (const ContentOption& option : options.options())
      if (option.name == name && check_window_duration(value)) {
        options.set(name, std::string(value));
        return true;
      }
    return false;
  };
  if (text.starts_with(kGap)) return set("gap", text.substr(kGap.size()));
  const std::size_t slash = text.find('/');
  if (!set("window", text.substr(0, slash))) return false;
  return slash == std::string_view::npos || set("slide", text.substr(slash + 1));
}

Result<WindowShape> read_windows(const OptionValues& options) {
  WindowShape shape;
  shape.gap_us = duration_us(options, "gap");
  if (!shape.sessions()) return read_aligned_windows(options);
  for (const std::string_view other : {"window", "slide"})
    if (options.given_by(other) == GivenBy::line)
      return fail(ErrorKind::usage,
                  fmt::format("--gap: session windows have no fixed length, but --{} gives one", other),
                  fmt::format("leave out --gap or --{}", other));
  return shape;
}

}  // namespace racesim
