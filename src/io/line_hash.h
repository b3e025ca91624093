// What an event's line is recognised by when it is read back.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace racesim {

/// XXH3-128 of an event's bytes without the line end, low half first.
using LineHash = std::array<std::uint64_t, 2>;
LineHash hash_line(std::string_view line);

}  // namespace racesim
