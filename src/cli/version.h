// What this binary is.
#pragma once

#include <string>

namespace racesim::cli {

/// "0.1.0"
std::string version();
/// Of the sources: 12 hex digits, or "unknown".
std::string commit();
/// "racesim 0.1.0" and a newline; as JSON: version, commit, compiler, library versions, features.
std::string version_text(bool json);

}  // namespace racesim::cli
