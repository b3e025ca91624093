#include "io/sources/record_block.h"

namespace racesim {

void RecordBlock::clear() {
  text.clear();
  ends.clear();
  offsets.clear();
  gap = empty = ticket = 0;
  more = torn = false;
}

}  // namespace racesim
