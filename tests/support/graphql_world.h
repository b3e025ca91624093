// A small service for tests of src/graphql: every kind of type, arguments of every kind, values that fail.
// Its data is a JSON file; tests/graphql/reference.js serves the same schema and data with another library.
//
// A field's value is the property of its name in the parent's object. `{"$ref": "d1"}` stands for the entity
// d1,
// `{"$error": "why"}` fails; an argument `first` cuts a list, and fails if it is negative; fields whose name
// begins with `echo` return their arguments as JSON.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "graphql/schema/schema.h"
#include "graphql/values/value.h"

namespace racesim::graphql::test {

struct World {
  std::unique_ptr<const Schema> schema;
  Value data;  ///< {"entities": {…}, "root": {…}}

  const Value* root() const { return data.find("root"); }
};

/// `data` is the text of tests/graphql/world.json.
Result<std::unique_ptr<World>> make_world(const std::string& data);

}  // namespace racesim::graphql::test
