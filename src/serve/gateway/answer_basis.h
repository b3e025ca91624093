// What an answer was made of, and whether it would be made of the same again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "serve/change_count.h"

namespace racesim::serve {

/// Filled by one thread while the answer is made; afterwards any thread may look at it. The counts outlive
/// it.
class AnswerBasis {
 public:
  /// Before the source is read.
  void add(const ChangeCount& source) {
    const bool known =
        std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) { return part.source == &source; });
    if (!known) parts_.push_back({&source, source.now()});
  }
  /// Something is read whose changes nobody counts: a store, a clock, numbers that grow with each event.
  void add_uncounted() { is_counted_ = false; }

  /// Would a fresh answer be made of the same?
  bool holds() const {
    return is_counted_ && std::all_of(parts_.begin(), parts_.end(),
                                      [](const Part& part) { return part.source->now() == part.count; });
  }

 private:
  struct Part {
    const ChangeCount* source;
    std::uint64_t count;
  };
  std::vector<Part> parts_;
  bool is_counted_ = true;
};

}  // namespace racesim::serve
