// A small race whose lines tests move about by hand.
#pragma once

#include <string>
#include <vector>

#include "support/verify_world.h"

namespace racesim::verify_test {

using Lines = std::vector<std::string>;

inline const SmallRun& small_race() {
  static const SmallRun run = make_run(race_run(3, 300));
  return run;
}

inline std::string joined(const SmallRun& run, const Lines& lines) {
  std::string text = run.header;
  for (const std::string& line : lines) text += line;
  return text;
}

inline std::string named_of(const SmallRun& run, const Lines& lines, const VerifyOptions& options = {}) {
  return named(verify_text(run, joined(run, lines), options).findings);
}

inline Lines without(Lines lines, std::size_t first, std::size_t last) {
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(first),
              lines.begin() + static_cast<std::ptrdiff_t>(last));
  return lines;
}

inline Lines with_inserted(Lines lines, std::size_t at, const Lines& more) {
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), more.begin(), more.end());
  return lines;
}

inline VerifyOptions small_window() {
  VerifyOptions options;
  options.window = 64;
  options.history_bytes = 0;
  return options;
}

/// Telemetry events of one car, as indices.
inline std::vector<std::size_t> of_entity(const SmallRun& run, std::uint32_t entity) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < run.sent.size(); ++i)
    if (run.sent[i].stream == 0 && run.sent[i].head.entity == entity) all.push_back(i);
  return all;
}

}  // namespace racesim::verify_test
