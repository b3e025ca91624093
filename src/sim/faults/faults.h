// Faults on purpose: which events arrive late, twice, out of order, damaged or not at all. Decided per event
// from (seed, stream, owner, seq): sink, pace, threads and shards do not change it, nor do the other faults.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/random.h"
#include "model/batch.h"

namespace racesim {

/// Events held back are kept in memory: a day at most.
inline constexpr std::int64_t kLateDelayMost_ns = 86'400'000'000'000;

/// Shares of all events, 0 to 1.
struct FaultRules {
  double late = 0;       ///< sent up to late_delay_ns after their time
  double duplicate = 0;  ///< sent again, within kCopyDelay_ns of the first time
  double reorder = 0;    ///< sent behind the next one to three events of their entity
  double drop = 0;       ///< not sent
  double corrupt = 0;    ///< sent with bytes flipped, overwritten or cut off
  std::int64_t late_delay_ns = 30'000'000'000;

  bool any() const { return late > 0 || duplicate > 0 || reorder > 0 || drop > 0 || corrupt > 0; }
  bool operator==(const FaultRules&) const = default;
};

inline constexpr std::int64_t kCopyDelay_ns = 1'000'000'000;

/// "late=1%,duplicate=0.005,drop=0.1%" into `rules`; what is not named stays as it is. Errors: usage, naming
/// the part that is wrong.
Done parse_faults(std::string_view text, FaultRules& rules);

/// "late=0.01,drop=0.001": the same rules when parsed; empty if there are none.
std::string format_faults(const FaultRules& rules);

/// What happens to one event. A late event is not also reordered, a dropped one suffers nothing else.
struct Disturbance {
  std::uint8_t kinds = 0;  ///< FaultBits; kFaultDuplicate: there is a copy, which suffers what the event does
  bool drop = false;
  bool any() const { return drop || kinds != 0; }
};

/// A value; all methods pure, any thread.
class Faults {
 public:
  Faults(const FaultRules& rules, std::uint64_t seed);

  const FaultRules& rules() const { return rules_; }
  /// Names the event; `stream` is topic_hash() of its stream's name.
  static std::uint64_t event_key(std::uint64_t stream, const EventHead& head) {
    return mix64(mix64(stream + head.owner * kGoldenGamma) + head.seq);
  }
  Disturbance decide(std::uint64_t event_key) const { return any_ ? decide_each(event_key) : Disturbance{}; }
  /// How much later than its time a late event is sent: 1 ns to late_delay_ns, uniform.
  std::int64_t delay_ns(std::uint64_t event_key) const;
  /// The same of the copy, behind the event itself: 0 to kCopyDelay_ns.
  std::int64_t copy_delay_ns(std::uint64_t event_key) const;
  /// How many later events of its entity go before a reordered one: 1 to 3.
  std::uint32_t places_back(std::uint64_t event_key) const;
  /// Damages the `size` bytes of an event (without its line end) and returns how many are left: one at least,
  /// different from before, never a line end among them.
  std::size_t corrupt(std::uint64_t event_key, char* bytes, std::size_t size) const;

 private:
  Disturbance decide_each(std::uint64_t event_key) const;

  FaultRules rules_;
  bool any_;
  std::uint64_t seed_;
};

}  // namespace racesim
