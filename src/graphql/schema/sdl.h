// A schema as text, in the schema definition language.
#pragma once

#include <string>

#include "graphql/schema/schema.h"

namespace racesim::graphql {

/// Types in the order of their declaration, without what every schema has.
std::string print_sdl(const Schema& schema);

}  // namespace racesim::graphql
