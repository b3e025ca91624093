#include "sim/laws.h"

#include <algorithm>

namespace racesim {

void LawBook::saw(std::string_view subject) {
  if (std::find(subjects_.begin(), subjects_.end(), subject) == subjects_.end()) subjects_.push_back(subject);
}

std::vector<LawCount> LawBook::counts() const {
  std::vector<LawCount> counts;
  for (std::size_t i = 0; i < laws_.size(); ++i) {
    const bool had_rows = std::find(subjects_.begin(), subjects_.end(), laws_[i].subject) != subjects_.end();
    counts.push_back({laws_[i], judged_[i], had_rows});
  }
  return counts;
}

}  // namespace racesim
