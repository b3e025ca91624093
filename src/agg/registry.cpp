#include <algorithm>
#include <string>
#include <vector>

#include "agg/entry.h"
#include "agg/laps/entry.h"
#include "agg/standings/entry.h"
#include "agg/top_songs/entry.h"
#include "agg/violations/entry.h"
#include "agg/windows/entry.h"
#include "base/suggest.h"

namespace racesim {

std::span<const AggregationEntry* const> aggregations() {
  // A new aggregation is its folder and a line here.
  static const std::vector<const AggregationEntry*> entries{
      &laps::entry(), &standings::entry(), &top_songs::entry(), &violations::entry(), &windows::entry(),
  };
  return entries;
}

Result<const AggregationEntry*> find_aggregation(std::string_view name) {
  std::vector<std::string> known;
  for (const AggregationEntry* entry : aggregations()) {
    if (entry->name == name) return entry;
    known.emplace_back(entry->name);
  }
  return tl::make_unexpected(unknown_choice(name, known));
}

}  // namespace racesim
