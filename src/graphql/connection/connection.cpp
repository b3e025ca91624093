#include "graphql/connection/connection.h"

namespace racesim::graphql {

void declare_page_info(SchemaBuilder& builder) {
  auto info = builder.object<PageInfo>("PageInfo", "What lies around a page of a long list.");
  info.field("hasNextPage", "Boolean!", "Are there rows behind it?",
             [](const PageInfo& self, const Call&, ValueWriter& to) { to.boolean(self.has_next); });
  info.field("hasPreviousPage", "Boolean!", "Are there rows before it?",
             [](const PageInfo& self, const Call&, ValueWriter& to) { to.boolean(self.has_previous); });
  info.field("startCursor", "String", "Of its first row.",
             [](const PageInfo& self, const Call&, ValueWriter& to) {
               if (!self.start.empty()) to.text(self.start);
             });
  info.field("endCursor", "String", "Of its last row.",
             [](const PageInfo& self, const Call&, ValueWriter& to) {
               if (!self.end.empty()) to.text(self.end);
             });
}

FieldDef& add_page_arguments(FieldDef& field, std::uint32_t assumed) {
  field.argument("first", "Int", "So many rows, from the first one on.");
  field.argument("after", "String", "Only rows behind this cursor.");
  field.argument("last", "Int", "So many rows, up to the last one.");
  field.argument("before", "String", "Only rows before this cursor.");
  return field.paged({"first", "last"}, assumed);
}

}  // namespace racesim::graphql
