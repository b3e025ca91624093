// The laws of what race control says: a red flag stops everybody, and penalties show in the result.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "model/batch.h"
#include "sim/laws.h"
#include "sim/race/laws/facts.h"

namespace racesim::race {

class EventLaws {
 public:
  EventLaws();
  /// Of race control or a result; rows of other kinds are passed over.
  void check(const RowBatch& rows, std::size_t i, std::vector<Breach>& out);
  void check_speed(const SampleFacts& now, std::vector<Breach>& out);
  std::vector<LawCount> counts() const { return book_.counts(); }

 private:
  void hear(const RowBatch& rows, std::size_t i);
  void check_result(const RowBatch& rows, std::size_t i, std::vector<Breach>& out);

  LawBook book_;
  bool heard_ = false;                        ///< race control is part of what is judged
  std::map<int, std::int64_t> red_since_us_;  ///< by session, while it holds
  /// By session and car: seconds given and not served, in ms.
  std::map<std::pair<int, int>, std::int64_t> penalties_ms_;
};

}  // namespace racesim::race
