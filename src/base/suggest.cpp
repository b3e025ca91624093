#include "base/suggest.h"

#include <fmt/format.h>

#include <algorithm>

namespace racesim {

// Three rows of the usual table are enough: a swap looks back by two.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string closest(std::string_view typed, const std::vector<std::string>& candidates) {
  std::string best;
  // Short names allow one slip, longer ones up to three.
  std::size_t best_distance = std::min<std::size_t>(3, std::max<std::size_t>(1, (typed.size() + 1) / 3)) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(typed, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

Error unknown_choice(std::string_view typed, const std::vector<std::string>& choices) {
  const std::string meant = closest(typed, choices);
  return {ErrorKind::usage, fmt::format("'{}' is not known", typed),
          fmt::format("one of: {}{}", fmt::join(choices, ", "),
                      meant.empty() ? "" : "   did you mean: " + meant)};
}

}  // namespace racesim
