// The laws of samples: values in their ranges, and a sample follows from the one before it.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/laws.h"
#include "sim/race/laws/facts.h"

namespace racesim::race {

class SampleLaws {
 public:
  SampleLaws();
  void check(const SampleFacts& now, const RowPlace& place, std::vector<Breach>& out);
  std::vector<LawCount> counts() const { return book_.counts(); }

 private:
  void check_ranges(const SampleFacts& now, std::vector<Breach>& out);
  void check_range(std::size_t law, std::string_view name, double value, double low, double high,
                   std::vector<Breach>& out);
  void check_order(const SampleFacts& last, const SampleFacts& now, bool follows, std::vector<Breach>& out);
  void check_motion(const SampleFacts& last, const SampleFacts& now, std::vector<Breach>& out);

  LawBook book_;
  std::unordered_map<std::string, SampleFacts> last_;  ///< by owner
};

}  // namespace racesim::race
