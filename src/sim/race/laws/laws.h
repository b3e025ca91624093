// The laws of cars, laps and checkpoints, under every set of column names: a row is brought back to the
// quantities that its columns tell (facts.h), and each law is judged where these suffice.
#pragma once

#include <memory>

#include "sim/laws.h"

namespace racesim::race {

std::unique_ptr<Laws> make_laws(const LawInput& input);

}  // namespace racesim::race
