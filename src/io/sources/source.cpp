#include "io/sources/source.h"

namespace racesim {

Done Source::rewind() {
  return fail(ErrorKind::busy, "another process writes what " + name() + " holds into the same store",
              "let one of them do it, or give each its own store");
}

}  // namespace racesim
