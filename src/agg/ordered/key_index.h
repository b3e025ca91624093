// Numbers for whatever rows belong to: each key has a dense slot, found without hashing where keys come round
// in the order in which they came before, as the cars of one tick do.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "agg/state.h"

namespace racesim {

class KeyIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  /// Slot of the key, or kNone.
  std::uint32_t find(std::uint64_t key) {
    if (last_ != kNone) {
      const std::uint32_t next = slots_[last_].follower;
      if (next != kNone && slots_[next].used && slots_[next].key == key) return last_ = next;
      if (slots_[last_].used && slots_[last_].key == key) return last_;
    }
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return kNone;
    return note(found->second);
  }
  /// A key that is not there yet gets the lowest free slot.
  std::uint32_t add(std::uint64_t key) {
    std::uint32_t slot = 0;
    while (slot < slots_.size() && slots_[slot].used) ++slot;
    if (slot == slots_.size()) slots_.emplace_back();
    slots_[slot] = {key, kNone, true};
    by_key_.emplace(key, slot);
    return note(slot);
  }
  void remove(std::uint32_t slot) {
    by_key_.erase(slots_[slot].key);
    slots_[slot].used = false;
  }

  /// Slots are below this; some may be free.
  std::uint32_t size() const { return static_cast<std::uint32_t>(slots_.size()); }
  bool used(std::uint32_t slot) const { return slots_[slot].used; }
  std::uint64_t key(std::uint32_t slot) const { return slots_[slot].key; }

  void save(StateWriter& out) const {
    out.put(static_cast<std::uint64_t>(slots_.size()));
    for (const Slot& slot : slots_) {
      out.put(slot.key);
      out.put(static_cast<std::uint8_t>(slot.used ? 1 : 0));
    }
  }
  void load(StateReader& in) {
    slots_.assign(in.count(9), {});
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
      slots_[i].key = in.get<std::uint64_t>();
      slots_[i].used = in.get<std::uint8_t>() != 0;
      if (slots_[i].used) by_key_.emplace(slots_[i].key, i);
    }
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t follower = kNone;  ///< came next, the last time
    bool used = false;
  };

  std::uint32_t note(std::uint32_t slot) {
    if (last_ != kNone) slots_[last_].follower = slot;
    return last_ = slot;
  }

  std::vector<Slot> slots_;
  std::unordered_map<std::uint64_t, std::uint32_t> by_key_;
  std::uint32_t last_ = kNone;
};

}  // namespace racesim
