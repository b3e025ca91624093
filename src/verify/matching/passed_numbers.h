// How far the numbers of each owner have been passed, in a few words per owner.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/batch.h"
#include "verify/identity/identity.h"
#include "verify/matching/expected.h"

namespace racesim {

/// Of events whose turn is over, came they or not. Numbers need not come in their order. One thread.
class PassedNumbers {
 public:
  explicit PassedNumbers(std::size_t streams) : numbers_(streams) {}

  void pass(std::uint32_t stream, const EventHead& head, std::uint8_t faults) {
    std::vector<Numbers>& owners = numbers_[stream];
    if (head.owner >= owners.size()) owners.resize(head.owner + std::size_t{1} + owners.size() / 2);
    Numbers& numbers = owners[head.owner];
    numbers.behind = std::max(numbers.behind, head.seq + 1);
    if ((faults & kFaultDuplicate) == 0) ++numbers.count;
  }
  /// `count` events of one batch.
  void pass_run(const ExpectedSequence::Event& from, std::size_t count) {
    const WireBatch& batch = from.batch();
    const EventHead* const heads = batch.heads.data() + from.i;
    const std::uint8_t* const faults = batch.faults.empty() ? nullptr : batch.faults.data() + from.i;
    const bool one_stream = batch.spans.empty();
    std::uint32_t stream = from.stream();
    for (std::size_t k = 0; k < count; ++k) {
      if (!one_stream) stream = batch.stream_of(from.i + k);
      pass(stream, heads[k], faults == nullptr ? std::uint8_t{0} : faults[k]);
    }
  }
  /// An event with that number or a higher one has been passed. The owner may be any number.
  bool has_passed(const Identity& identity) const {
    const std::vector<Numbers>& owners = numbers_[identity.stream];
    return identity.owner < owners.size() && identity.seq < owners[identity.owner].behind;
  }
  /// Of an owner of which has_passed(): and all with lower ones, so that the event itself has been passed.
  bool have_all_passed(const Identity& identity) const {
    const Numbers& numbers = numbers_[identity.stream][identity.owner];
    return numbers.count >= numbers.behind;
  }

 private:
  struct Numbers {
    std::uint64_t behind = 0;  ///< one behind the highest of them
    std::uint64_t count = 0;
  };
  std::vector<std::vector<Numbers>> numbers_;  ///< by stream and owner
};

}  // namespace racesim
