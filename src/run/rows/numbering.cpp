#include "run/rows/numbering.h"

#include <algorithm>

namespace racesim {

Numbering::Came Numbering::note(const std::string& owner, std::uint64_t seq, bool in_order) {
  Owner& known = owners_[owner];
  if (seq < known.next) {
    if (known.holes.erase(seq) == 0) return Came::again;
    --holes_;
    return Came::missed;
  }
  if (!known.fresh && in_order && seq > known.next + kLeap && seq != known.leapt_to) {
    known.leapt_to = seq + 1;
    return Came::leapt;
  }
  const Came came = !known.fresh && seq == known.next ? Came::next : Came::ahead;
  if (!known.fresh || !in_order)
    for (std::uint64_t hole = known.next; hole < seq && holes_ < kMostHoles; ++hole, ++holes_)
      known.holes.insert(known.holes.end(), hole);
  // The number that leapt was right.
  if (known.leapt_to == seq && seq > 0) holes_ -= known.holes.erase(seq - 1);
  known.leapt_to = 0;
  known.next = std::max(known.next, seq + 1);
  known.fresh = false;
  return came;
}

void Numbering::take_back(const std::string& owner, std::uint64_t seq) {
  Owner& known = owners_[owner];
  if (seq < known.next && holes_ < kMostHoles && known.holes.insert(seq).second) ++holes_;
}

}  // namespace racesim
