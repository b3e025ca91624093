// Finds items of a dense list by their hash: open addressing, linear probing, no removal. The list stays with
// its owner, so it can be saved, sorted or walked in the order in which its items came.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/random.h"
#include "model/types.h"

namespace racesim {

class HashIndex {
 public:
  /// Index of the item for which equal(index) holds; else `next`, which the caller appends under that index.
  template <class Equal>
  std::uint32_t find_or_add(std::uint64_t hash, std::uint32_t next, const Equal& equal) {
    if (slots_.empty() || (used_ + 1) * 4 > slots_.size() * 3) grow();
    const auto tag = static_cast<std::uint32_t>(hash);
    std::size_t at = tag & mask_;
    for (; slots_[at].item != kFree; at = (at + 1) & mask_)
      if (slots_[at].tag == tag && equal(slots_[at].item)) return slots_[at].item;
    slots_[at] = {tag, next};
    ++used_;
    return next;
  }
  /// Index of the item, or kNone.
  template <class Equal>
  std::uint32_t find(std::uint64_t hash, const Equal& equal) const {
    if (slots_.empty()) return kNone;
    const auto tag = static_cast<std::uint32_t>(hash);
    for (std::size_t at = tag & mask_; slots_[at].item != kFree; at = (at + 1) & mask_)
      if (slots_[at].tag == tag && equal(slots_[at].item)) return slots_[at].item;
    return kNone;
  }
  void clear() {
    slots_.clear();
    used_ = 0;
  }

  static constexpr std::uint32_t kNone = UINT32_MAX;

 private:
  static constexpr std::uint32_t kFree = UINT32_MAX;
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t item = kFree;
  };

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 16 : slots_.size() * 2);
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.item == kFree) continue;
      std::size_t at = slot.tag & mask_;
      while (slots_[at].item != kFree) at = (at + 1) & mask_;
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0, used_ = 0;
};

/// Producers may count ids up, so all bits go in.
inline std::uint64_t hash_of(const Uuid& id) {
  std::uint64_t high = 0, low = 0;
  std::memcpy(&high, id.bytes.data(), sizeof high);
  std::memcpy(&low, id.bytes.data() + sizeof high, sizeof low);
  return mix64(mix64(high) + low);
}

/// Distinct ids in the order in which they came.
class UuidSet {
 public:
  /// False: it is there.
  bool insert(const Uuid& id) {
    const auto next = static_cast<std::uint32_t>(ids_.size());
    if (index_.find_or_add(hash_of(id), next, [&](std::uint32_t i) { return ids_[i] == id; }) != next)
      return false;
    ids_.push_back(id);
    return true;
  }
  const std::vector<Uuid>& ids() const { return ids_; }

 private:
  std::vector<Uuid> ids_;
  HashIndex index_;
};

}  // namespace racesim
