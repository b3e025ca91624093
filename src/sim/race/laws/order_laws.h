// The laws of the order of the cars: what the samples of one moment say together.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/laws.h"
#include "sim/race/laws/facts.h"

namespace racesim::race {

/// A moment is judged when the next one begins, so that it is whole where nothing is late or lost.
class OrderLaws {
 public:
  OrderLaws();
  void check(const SampleFacts& now, const RowPlace& place, std::vector<Breach>& out);
  std::vector<LawCount> counts() const { return book_.counts(); }

 private:
  struct Car {
    SampleFacts last;
    bool in_moment = false;
    /// When it last was elsewhere than on the track: until its next checkpoint the gap stays what it was
    /// before it stood, in a box or behind a red flag, and says nothing of its place.
    double halt_gap_s = kUnknown;
  };
  bool is_whole() const;
  void judge_moment(std::vector<Breach>& out);
  void judge_places(std::vector<Breach>& out);
  void judge_gaps(std::vector<Breach>& out);
  void begin(const SampleFacts& now);

  LawBook book_;
  std::map<std::string, Car> cars_;  ///< of the session, by owner
  double session_ = kUnknown;
  std::int64_t moment_us_ = INT64_MIN;
  bool all_cars_ = false;  ///< once the places were 1 to n without a gap: no car of the session is elsewhere
  std::map<int, const Car*> places_;  ///< of the moment: who runs, by position
};

}  // namespace racesim::race
