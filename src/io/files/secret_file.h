// Secrets come from files, never from the command line or a log.
#pragma once

#include <string>

#include "base/error.h"

namespace racesim {

/// The one word that the file holds, without the line end that editors add. `option` named it, for messages.
/// Errors: usage; the secret is in none of them.
Result<std::string> read_secret(const std::string& path, const std::string& option);

}  // namespace racesim
