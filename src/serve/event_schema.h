// Events as JSON Schemas (draft 7, which AsyncAPI and OpenAPI take).
#pragma once

#include <string>

#include "model/schema.h"

namespace racesim::serve {

/// The whole event as docs/formats/json.md has it; a JSON text.
std::string event_json_schema(const SchemaInfo& schema);

}  // namespace racesim::serve
