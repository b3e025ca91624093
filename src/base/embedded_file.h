// A file that is part of the program. cmake/RacesimEmbed.cmake puts them there.
#pragma once

#include <string_view>

namespace racesim {

struct EmbeddedFile {
  std::string_view name;  ///< without folder; without ending too, unless it was put there WITH_ENDINGS
  std::string_view text;
};

}  // namespace racesim
