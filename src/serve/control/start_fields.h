// What a request says of the run that it wants: names and texts, as the command line would give them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "io/http/server/message.h"
#include "run/config.h"

namespace racesim::serve {

/// A field of a request: "rate_hz" and "5".
struct StartField {
  std::string name, text;
  bool operator==(const StartField&) const = default;
};
using StartFields = std::vector<StartField>;

/// What a run was told, as its manifest has it: the text of the JSON object.
inline constexpr std::string_view kManifestField = "manifest";

/// Turns fields into a run, with the service's own settings below them. Errors name the field.
using Configure = std::function<Result<RunConfig>(const StartFields& fields)>;

/// The query and the body (a JSON object, or a form) of a request. Errors (usage): what is neither, a name
/// that stands twice, a value that is no text, number, true or false, or list of texts.
Result<StartFields> read_start_fields(const http::Request& request);

}  // namespace racesim::serve
