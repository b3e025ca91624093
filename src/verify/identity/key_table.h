// 64-bit keys to positions in the expected sequence; a key may stand for several positions (copies).
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"

namespace racesim {

/// Open addressing with linear probing; entries go only by purge(). One thread.
class KeyTable {
 public:
  void insert(std::uint64_t key, std::uint64_t position) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    place(key, position);
    ++size_;
  }

  /// Calls visit(position) for each entry of `key`.
  template <class Visit>
  void each(std::uint64_t key, Visit visit) const {
    if (slots_.empty()) return;
    for (std::size_t i = key & mask(); slots_[i].is_used(); i = (i + 1) & mask())
      if (slots_[i].key == key) visit(slots_[i].position());
  }

  /// Drops the entries for which keep(position) is false.
  template <class Keep>
  void purge(Keep keep) {
    std::vector<Slot> old = std::exchange(slots_, {});
    std::size_t kept = 0;
    for (Slot& slot : old) {
      if (slot.is_used() && !keep(slot.position())) slot.behind = 0;
      kept += slot.is_used() ? 1 : 0;
    }
    std::size_t slots = kLeast;
    while (slots < 4 * kept) slots *= 2;
    slots_.resize(slots);
    for (const Slot& slot : old)
      if (slot.is_used()) place(slot.key, slot.position());
    size_ = kept;
  }

  std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t kLeast = 1024;
  struct Slot {
    std::uint64_t key = 0;
    std::uint64_t behind = 0;  ///< one behind the position; 0: the slot is free
    bool is_used() const { return behind != 0; }
    std::uint64_t position() const { return behind - 1; }
  };

  std::size_t mask() const { return slots_.size() - 1; }
  void place(std::uint64_t key, std::uint64_t position) {
    std::size_t i = key & mask();
    while (slots_[i].is_used()) i = (i + 1) & mask();
    slots_[i] = {key, position + 1};
  }
  void grow() {
    purge([](std::uint64_t) { return true; });
    if (2 * (size_ + 1) <= slots_.size()) return;
    RACESIM_CHECK(false);
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace racesim
