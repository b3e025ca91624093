#include "sim/registry.h"

#include <vector>

#include "base/check.h"
#include "sim/fleet/entry.h"
#include "sim/plays/entry.h"
#include "sim/race/entry.h"

namespace racesim {
namespace {

/// One line each; the order is that of help and errors.
std::vector<const ScenarioEntry*>& registry() {
  static std::vector<const ScenarioEntry*> entries{
      &race::entry(),
      &plays::entry(),
      &fleet::entry(),
  };
  return entries;
}

}  // namespace

std::span<const ScenarioEntry* const> scenarios() {
  return registry();
}

const ScenarioEntry* find_scenario(std::string_view name) {
  for (const ScenarioEntry* entry : registry())
    if (entry->name == name) return entry;
  return nullptr;
}

void add_scenario(const ScenarioEntry& entry) {
  RACESIM_CHECK(find_scenario(entry.name) == nullptr);
  registry().push_back(&entry);
}

const RowForm* find_row_form(const SchemaInfo& schema) {
  for (const ScenarioEntry* entry : registry())
    for (const RowForm& form : entry->rows)
      if (&form.schema() == &schema) return &form;
  return nullptr;
}

}  // namespace racesim
