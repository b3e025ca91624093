// Keys of expected events by position, made only when somebody asks: ahead of the cursor, and behind it as
// far as events are kept.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "verify/identity/key_table.h"

namespace racesim {

class LineIndex {
 public:
  /// Positions before `end` from the cursor on are in. `key_at(position)` gives the key.
  template <class KeyAt>
  void cover_ahead(std::uint64_t cursor, std::uint64_t end, KeyAt key_at) {
    if (end_ < cursor) {
      holes_.emplace_back(end_, cursor);
      end_ = cursor;
    }
    for (; end_ < end; ++end_) table_.insert(key_at(end_), end_);
  }
  /// And all between `kept` and the cursor.
  template <class KeyAt>
  void cover_behind(std::uint64_t kept, std::uint64_t cursor, KeyAt key_at) {
    cover_ahead(cursor, cursor, key_at);
    for (const auto& [first, last] : holes_)
      for (std::uint64_t p = std::max(first, kept); p < last; ++p) table_.insert(key_at(p), p);
    holes_.clear();
  }
  template <class Visit>
  void each(std::uint64_t key, Visit visit) const {
    table_.each(key, visit);
  }
  /// Now and then: drops what keep(position) does not want.
  template <class Keep>
  void tidy(std::size_t most, Keep keep) {
    if (table_.size() <= most) return;
    table_.purge(keep);
  }

 private:
  KeyTable table_;
  std::uint64_t end_ = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> holes_;
};

}  // namespace racesim
