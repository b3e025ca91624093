// Names of fictional people by language group: for users by their country, for artists by their style.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace racesim {

/// Given and family names of one language group, in ASCII, capitalised. Any given name with any family name
/// makes one person; joined in lower case, no two pairs of all groups spell the same (tested), so user names
/// built from a pair and a number need no memory to be unique.
struct NameGroup {
  std::string_view countries;  ///< ISO codes that use it, separated by blanks
  std::vector<std::string_view> given;
  std::vector<std::string_view> family;

  std::size_t pairs() const { return given.size() * family.size(); }
};

/// All groups; the first one serves countries that no group names.
const std::vector<NameGroup>& name_groups();

/// Index of the country's group in name_groups().
std::size_t name_group_of(std::string_view country);

}  // namespace racesim
