// The forms in which master data is written and read.
#pragma once

#include <array>
#include <string_view>

namespace racesim {

struct MasterFormat {
  std::string_view name;     ///< also the file's extension
  std::string_view encoder;  ///< a name of encoder_formats()
  std::string_view decoder;  ///< a name of the decoders' registry
  bool is_array;             ///< rows stand in one JSON array
};

inline constexpr std::array kMasterFormats{MasterFormat{"csv", "csv", "csv", false},
                                           MasterFormat{"json", "json", "json-array", true},
                                           MasterFormat{"jsonl", "json", "json", false}};

}  // namespace racesim
