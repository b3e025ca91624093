#include "model/table.h"

#include <algorithm>

namespace racesim {

bool is_tag(const TableInfo& table, std::string_view path) {
  const auto has = [&](std::span<const std::string_view> paths) {
    return std::find(paths.begin(), paths.end(), path) != paths.end();
  };
  return has(table.key.scope) || has(table.labels);
}

}  // namespace racesim
