// The laws of results: places, times, points and penalties fit together.
#pragma once

#include <vector>

#include "sim/laws.h"
#include "sim/race/laws/facts.h"

namespace racesim::race {

class ResultLaws {
 public:
  ResultLaws();
  void check(const ResultFacts& now, const RowPlace& place, std::vector<Breach>& out);
  std::vector<LawCount> counts() const { return book_.counts(); }

 private:
  void check_alone(const ResultFacts& now, std::vector<Breach>& out);
  void check_pair(const ResultFacts& front, const ResultFacts& back, std::vector<Breach>& out);

  LawBook book_;
  std::vector<ResultFacts> session_;  ///< those of the session that came last
};

}  // namespace racesim::race
