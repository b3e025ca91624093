// Definitions of types in a request. None is executed, so nothing is kept of them; but their grammar tells
// where the next definition begins.
#pragma once

#include "graphql/language/token_reader.h"

namespace racesim::graphql {

/// Does a definition or an extension of types begin here (behind its description)?
bool begins_type_system(const TokenReader& reader);

/// Reads over it; fails where it is none.
void skip_type_system(TokenReader& reader);

}  // namespace racesim::graphql
