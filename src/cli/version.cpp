// Alone in its file, because every commit compiles it anew.
#include "cli/version.h"

namespace racesim::cli {

std::string version() {
  return RACESIM_VERSION;
}

std::string commit() {
  return RACESIM_COMMIT;
}

}  // namespace racesim::cli
