// The laws of vehicles, judged on their packets alone.
#pragma once

#include <memory>

#include "sim/laws.h"

namespace racesim::fleet {

std::unique_ptr<Laws> make_laws(const LawInput& input);

}  // namespace racesim::fleet
