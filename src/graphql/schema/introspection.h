// A schema that describes itself, as the specification has it (October 2021, section 4): the types __Schema,
// __Type and so on, and the fields __schema, __type and __typename.
#pragma once

#include "graphql/schema/builder.h"

namespace racesim::graphql {

void declare_introspection(SchemaBuilder& builder);
void declare_meta_fields(FieldDef& schema_field, FieldDef& type_field, FieldDef& typename_field);

}  // namespace racesim::graphql
