// What people ask of stored races.
#pragma once

#include <span>

#include "model/question.h"

namespace racesim::race {

std::span<const Question> questions();

}  // namespace racesim::race
